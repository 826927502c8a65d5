package pane

import (
	"fmt"
	"math"

	"clipbench/tui/canvas"
	"clipbench/tui/chart"
	"clipbench/tui/live"
	"clipbench/tui/theme"
	"clipbench/workbench/runlog"
)

// Compare sets runs side by side: one metric's curves, the values at a step, the configuration keys that differ.
type Compare struct {
	Theme  *theme.Theme
	Runs   []*live.Run
	Tint   func(*live.Run) int
	Charts *Charts
	Top    int // how far the tables are scrolled

	longest int
}

// Scroll moves the tables by some lines.
func (p *Compare) Scroll(by int) { p.Top = min(max(0, p.Top+by), max(0, p.longest-1)) }

// Draw draws the chart above and the tables below it, beside each other if there is room.
func (p *Compare) Draw(a Area) string {
	c := canvas.New(a.W, a.H)
	chartH := min(max(5, a.H*2/5), 24)
	if a.H < 9 {
		chartH = a.H
	}
	p.Charts.drawPlain(c, Area{0, 0, a.W, chartH})
	y, h := chartH, a.H-chartH
	if h < 2 {
		return c.String()
	}
	values, differences := p.values(), p.differences()
	p.longest = max(len(values.rows), len(differences.rows))
	if a.W >= 110 {
		left := a.W / 2
		p.drawTable(c, Area{0, y, left - 1, h}, values)
		p.drawTable(c, Area{left + 1, y, a.W - left - 1, h}, differences)
		return c.String()
	}
	p.longest = len(values.rows) + len(differences.rows) + 2
	first := min(h, min(len(values.rows)+2, h/2+h%2))
	if p.Top > 0 { // scrolling goes through the second table once the first is short
		first = min(first, 2+max(0, len(values.rows)-p.Top))
	}
	p.drawTable(c, Area{0, y, a.W, first}, values)
	p.drawTable(c, Area{0, y + first, a.W, h - first}, differences)
	return c.String()
}

// drawPlain draws the focused chart alone.
func (p *Charts) drawPlain(c *canvas.Canvas, a Area) {
	name := p.Focused()
	p.areas, p.shown = nil, nil
	if name == "" {
		for i, line := range p.none() {
			c.Text(a.X+2, a.Y+1+i, a.W-3, line, p.Theme.Faint)
		}
		return
	}
	p.areas, p.shown = []Area{a}, []string{name}
	p.drawChart(c, name, a)
}

// table is a title, and rows of a name and one value for every run.
type table struct {
	title string
	empty string
	rows  []tableRow
}

type tableRow struct {
	name   string
	values []string
	best   int // which is the best, -1 for none
}

// At is the step whose values are compared: the cursor's, or the last that all runs have reached.
func (p *Compare) At() (step int, ok bool) {
	if step, ok := p.Charts.CursorStep(); ok {
		return step, true
	}
	step = math.MaxInt
	for _, r := range p.Runs {
		if r.History != nil && r.History.Len() > 0 {
			step, ok = min(step, r.History.Step(r.History.Len()-1)), true
		}
	}
	return step, ok
}

func (p *Compare) values() table {
	step, ok := p.At()
	if !ok {
		return table{title: "values", empty: "no metrics yet"}
	}
	t := table{title: "values at step " + chart.Count(step), empty: "no metrics yet"}
	for _, name := range metricsOf(p.Runs, func(string) bool { return true }) {
		row := tableRow{name: name, best: -1}
		best := math.NaN()
		for i, r := range p.Runs {
			v, found := valueAt(r.History, name, step)
			if !found {
				row.values = append(row.values, "–")
				continue
			}
			row.values = append(row.values, chart.Value(v))
			if judged(name) && len(p.Runs) > 1 && (math.IsNaN(best) || v != best && v < best == runlog.LowerIsBetter(name)) {
				best, row.best = v, i
			}
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// valueAt is a metric's last value up to a step.
func valueAt(h *runlog.History, name string, step int) (float64, bool) {
	if h == nil || h.Column(name) == nil {
		return 0, false
	}
	column := h.Column(name)
	i := column.At(h.RowAt(step+1)) - 1
	if i < 0 {
		return 0, false
	}
	return column.Value(i), true
}

func (p *Compare) differences() table {
	if len(p.Runs) < 2 {
		return table{title: "configuration", empty: "pin other runs with space in the list of runs to compare them with this one"}
	}
	keys, values := live.Differences(p.Runs)
	t := table{title: fmt.Sprintf("configuration: %d keys differ", len(keys)), empty: "the configurations are the same"}
	if len(keys) == 1 {
		t.title = "configuration: one key differs"
	}
	for i, key := range keys {
		t.rows = append(t.rows, tableRow{name: key, values: values[i], best: -1})
	}
	return t
}

// drawTable draws a title, the runs' names and the rows from Top on.
func (p *Compare) drawTable(c *canvas.Canvas, a Area, t table) {
	if a.H < 1 || a.W < 10 {
		return
	}
	rule(c, p.Theme, a.X, a.Y, a.W, t.title, p.Theme.Faint)
	if len(t.rows) == 0 {
		if a.H > 1 {
			c.Text(a.X+2, a.Y+1, a.W-3, t.empty, p.Theme.Faint)
		}
		return
	}
	nameW, valueW := p.tableWidths(a.W, t)
	x := a.X + 2 + nameW + 1
	for _, r := range p.Runs {
		if a.H > 1 && x+valueW <= a.X+a.W {
			style, _ := p.Theme.Tinted(p.Tint(r))
			c.TextRight(x, a.Y+1, valueW, r.Name, style)
		}
		x += valueW + 1
	}
	top := max(0, min(p.Top, len(t.rows)-(a.H-2)))
	for y := 2; y < a.H && top+y-2 < len(t.rows); y++ {
		p.drawRow(c, a, y, t.rows[top+y-2], nameW, valueW)
	}
}

func (p *Compare) drawRow(c *canvas.Canvas, a Area, y int, row tableRow, nameW, valueW int) {
	c.Text(a.X+2, a.Y+y, nameW, row.name, p.Theme.Text)
	x := a.X + 2 + nameW + 1
	for i, v := range row.values {
		if x+valueW > a.X+a.W {
			return
		}
		style := p.Theme.Text
		if i == row.best {
			style = p.Theme.Good.With(canvas.Bold)
		}
		c.TextRight(x, a.Y+y, valueW, v, style)
		x += valueW + 1
	}
}

// tableWidths gives the names what they need, at most half, and parts the rest among the runs.
func (p *Compare) tableWidths(w int, t table) (name, value int) {
	widest := 0
	for _, row := range t.rows {
		name = max(name, canvas.Width(row.name))
		for _, v := range row.values {
			widest = max(widest, canvas.Width(v))
		}
	}
	for _, r := range p.Runs {
		widest = max(widest, min(canvas.Width(r.Name), 20))
	}
	name = min(name, max(10, w/2-3))
	room := (w-3-name)/max(1, len(p.Runs)) - 1
	return name, max(6, min(widest, room))
}
