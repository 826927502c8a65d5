package pane

import (
	"fmt"
	"math"
	"strings"

	"clipbench/tui/canvas"
	"clipbench/tui/chart"
	"clipbench/tui/live"
	"clipbench/tui/theme"
	"clipbench/workbench/runlog"
)

// gutter is what every chart leaves for its labels, so that all plots of a screen stand in line.
const gutter = 6

// drawChart draws a metric's title and chart into an area of c, or copies what was drawn before.
func (p *Charts) drawChart(c *canvas.Canvas, name string, a Area) {
	if a.W < 12 || a.H < 2 {
		return
	}
	key := p.chartKey(name, a)
	last, ok := p.drawn[name]
	if !ok || last.key != key {
		if p.drawn == nil || len(p.drawn) > 256 {
			p.drawn = map[string]drawn{}
		}
		last = drawn{key, p.freshChart(name, a)}
		p.drawn[name] = last
	}
	c.Draw(a.X, a.Y, last.picture)
}

// drawn is a chart's last picture and what it was drawn from.
type drawn struct {
	key     string
	picture *canvas.Canvas
}

// chartKey is everything that a chart's picture depends on.
func (p *Charts) chartKey(name string, a Area) string {
	var b strings.Builder
	fmt.Fprint(&b, a.W, a.H, *p.Look, p.Whole(), p.logY[name], p.yViews[name], p.marked(name), p.Theme.Mode, p.Single)
	for _, r := range p.Runs {
		if r.History == nil {
			continue
		}
		if column := r.History.Column(name); column != nil {
			fmt.Fprintf(&b, "%s %d %p %d %d", r.Dir, p.Tint(r), column, column.Len(), column.Cuts())
		}
	}
	return b.String()
}

// marked reports that the chart bears the mark of the focus.
func (p *Charts) marked(name string) bool { return !p.Quiet && name == p.Focused() }

func (p *Charts) freshChart(name string, a Area) *canvas.Canvas {
	c := canvas.New(a.W, a.H)
	built := p.build(name)
	p.drawTitle(c, name, built)
	// The last column stays free, so that charts do not touch.
	c.Draw(0, 1, built.Draw(a.W-1, a.H-1))
	return c
}

// build is the chart of a metric as things are.
func (p *Charts) build(name string) *chart.Chart {
	out := &chart.Chart{Theme: p.Theme, View: chart.Whole(), XScale: p.Look.Axis.scale(), Cursor: p.Look.Cursor, Gutter: gutter, XAxis: true}
	out.View.LogX, out.View.LogY = p.Look.LogX, p.logY[name]
	w := p.Look.sensible(p.Look.window(p.Whole())) // one for all charts: what happened together stands together
	out.View.X0, out.View.X1 = w.Min, w.Max
	if y, ok := p.yViews[name]; ok {
		out.View.Y0, out.View.Y1 = y.Min, y.Max
	}
	for _, r := range p.Runs {
		if line, ok := p.line(r, name); ok {
			out.Lines = append(out.Lines, line)
		}
	}
	return out
}

// line is a run's curve of a metric; false if it has none.
func (p *Charts) line(r *live.Run, name string) (chart.Line, bool) {
	if r.History == nil {
		return chart.Line{}, false
	}
	column := r.History.Column(name)
	if column == nil || column.Len() == 0 {
		return chart.Line{}, false
	}
	history, axis := r.History, p.Look.Axis
	x := func(i int) float64 { return axis.of(history, column.Row(i)) }
	line := chart.Line{Raw: chart.Data{Values: &column.Series, X: x}, Tint: p.Tint(r)}
	if weight := p.Look.Weight(); weight > 0 && smoothable(name) && column.Len() >= fewest {
		line.Smooth = p.smoothed(r, column, weight)
	}
	return line, true
}

// smoothed goes on smoothing where it left off, or begins anew if values were taken away or the weight changed.
func (p *Charts) smoothed(r *live.Run, column *runlog.Column, weight float64) *runlog.Series {
	key := r.Dir + "\x00" + column.Name
	s := p.smooth[key]
	if s == nil || s.source != column || s.cuts != column.Cuts() || s.Weight != weight {
		if p.smooth == nil || len(p.smooth) > 64 {
			p.smooth = map[string]*smoothed{}
		}
		s = &smoothed{Smoothed: chart.Smoothed{Weight: weight}, source: column, cuts: column.Cuts()}
		p.smooth[key] = s
	}
	s.Extend(&column.Series)
	return &s.Series
}

// drawTitle draws the metric's name and values at the left and its best value at the right; the name gives way first.
func (p *Charts) drawTitle(c *canvas.Canvas, name string, built *chart.Chart) {
	x, end := 2, c.W-2
	style := p.Theme.Strong
	if p.marked(name) {
		style = p.Theme.Accent
		c.Set(0, 0, p.Theme.Glyphs.Mark, p.Theme.Accent)
	}
	first := ""
	if n := len(built.Lines); n > 0 {
		first, _ = p.valueText(built.Lines[n-1])
	}
	best := p.bestText(name, built)
	group, short := titleParts(name, end-x-len(first)-len(best)-3)
	if canvas.Width(group+short)+len(first)+len(best)+3 > end-x {
		best = ""
		group, short = titleParts(name, end-x-len(first)-1)
	}
	bestStyle := p.Theme.Faint
	if strings.HasPrefix(best, string(p.Theme.Glyphs.Bad)) {
		bestStyle = p.Theme.Warn
	}
	c.TextRight(x, 0, end-x, best, bestStyle)
	end -= canvas.Width(best)
	x += c.Text(x, 0, end-x, group, p.Theme.Faint)
	x += c.Text(x, 0, end-x, short, style) + 1
	for i := len(built.Lines) - 1; i >= 0 && x < end-2; i-- { // the selected run's first
		text, style := p.valueText(built.Lines[i])
		x += c.Text(x, 0, end-x, text, style) + 1
	}
}

// titleParts is a metric's name in its group and below it, without the group or cut where the room is too small.
func titleParts(name string, room int) (group, short string) {
	i := strings.LastIndexByte(name, '/') + 1
	group, short = name[:i], name[i:]
	if canvas.Width(name) <= room {
		return group, short
	}
	return "", canvas.FitMiddle(short, max(8, room))
}

// valueText is a line's value: at the cursor, or its last; with how many were NaN or infinite.
func (p *Charts) valueText(l chart.Line) (string, canvas.Style) {
	i := l.Raw.Values.Len() - 1
	if !math.IsNaN(p.Look.Cursor) {
		i = l.Nearest(p.Look.Cursor)
	}
	v := l.Raw.Values.Value(i)
	style, _ := p.Theme.Tinted(l.Tint)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return chart.Value(v), p.Theme.Bad
	}
	text := chart.Value(v)
	if l.Smooth != nil && p.Single {
		text += " (" + chart.Value(l.Smooth.Value(i)) + " smoothed)"
	}
	return text, style
}

// bestText is the best value of the top line with its step, and a count of what is no number.
func (p *Charts) bestText(name string, built *chart.Chart) string {
	if len(built.Lines) == 0 {
		return ""
	}
	top := p.Runs[len(p.Runs)-1]
	if top.History == nil || top.History.Column(name) == nil {
		return ""
	}
	column := top.History.Column(name)
	var parts []string
	if n := column.Bads(); n > 0 {
		parts = append(parts, fmt.Sprintf("%c%d", p.Theme.Glyphs.Bad, n))
	}
	if judged(name) {
		lower := runlog.LowerIsBetter(name)
		if i := column.Best(lower); i >= 0 {
			sign := p.Theme.Glyphs.Up
			if lower {
				sign = p.Theme.Glyphs.Down
			}
			parts = append(parts, sign+" "+chart.Value(column.Value(i))+"@"+chart.Count(top.History.Step(column.Row(i))))
		}
	}
	return strings.Join(parts, "  ")
}

// DrawLegend names the runs in their colours, the selected one first, in w cells.
func DrawLegend(t *theme.Theme, runs []*live.Run, tint func(*live.Run) int, w int) string {
	c := canvas.New(w, 1)
	x := 2
	for i := len(runs) - 1; i >= 0; i-- {
		style, _ := t.Tinted(tint(runs[i]))
		x += c.Text(x, 0, w-x, string(t.Glyphs.Mark)+runs[i].Name, style) + 2
	}
	return c.String()
}
