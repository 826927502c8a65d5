package pane

import (
	"fmt"
	"slices"
	"time"

	"clipbench/tui/canvas"
	"clipbench/tui/live"
	"clipbench/tui/query"
	"clipbench/tui/theme"
	"clipbench/workbench/runlog"
)

// Runs is the table of runs, and as Side a narrow list of them. It holds which run is under the cursor and which are
// pinned, that is, shown in the charts beside it.
type Runs struct {
	Theme   *theme.Theme
	Store   *live.Store
	Now     time.Time
	SortBy  int // a column
	Reverse bool
	Filter  string
	Err     error // of the filter

	wanted  query.Query
	cursor  string   // the folder of the run under the cursor
	pinned  []string // folders
	tints   map[string]int
	changes int
	rows    []*live.Run
	rowsKey string
	top     int
	table   cache[string]
	side    cache[string]
}

// SetFilter parses a query; one that cannot be parsed takes nothing away.
func (p *Runs) SetFilter(text string) {
	p.Filter = text
	p.wanted, p.Err = query.Parse(text)
	p.changes++
}

// Rows are the runs that the filter takes, in the order of the sort.
func (p *Runs) Rows() []*live.Run {
	key := fmt.Sprint(p.Store.Version(), p.changes, p.SortBy, p.Reverse)
	if key == p.rowsKey {
		return p.rows
	}
	p.rowsKey, p.rows = key, nil
	for _, r := range p.Store.Runs {
		if p.wanted == nil || p.Err != nil || p.wanted(r) {
			p.rows = append(p.rows, r)
		}
	}
	order := columns[p.SortBy].order
	slices.SortStableFunc(p.rows, func(a, b *live.Run) int {
		if p.Reverse {
			a, b = b, a
		}
		return order(a, b)
	})
	return p.rows
}

// Selected is the run under the cursor, or nil. A cursor whose run is not shown any more goes to the newest.
func (p *Runs) Selected() *live.Run {
	rows := p.Rows()
	for _, r := range rows {
		if r.Dir == p.cursor {
			return r
		}
	}
	if len(rows) == 0 {
		return nil
	}
	best := rows[0]
	for _, r := range rows {
		if livelier(r, best) {
			best = r
		}
	}
	p.cursor = best.Dir
	p.changes++
	return best
}

// livelier prefers what runs now, then what was begun last.
func livelier(a, b *live.Run) bool {
	if x, y := a.State == runlog.Running, b.State == runlog.Running; x != y {
		return x
	}
	return a.Overview.Created.After(b.Overview.Created)
}

// Select puts the cursor on a run by its folder.
func (p *Runs) Select(dir string) { p.cursor = dir; p.changes++ }

// Move moves the cursor by some lines.
func (p *Runs) Move(by int) {
	rows := p.Rows()
	if at := slices.Index(rows, p.Selected()); at >= 0 {
		p.Select(rows[min(max(0, at+by), len(rows)-1)].Dir)
	}
}

// At is the run on line y of the table or of the side list, or nil.
func (p *Runs) At(y int) *live.Run {
	if i := p.top + y - 1; y >= 1 && i < len(p.Rows()) {
		return p.Rows()[i]
	}
	return nil
}

// Pin adds the run under the cursor to those shown together, or takes it away.
func (p *Runs) Pin() {
	r := p.Selected()
	if r == nil {
		return
	}
	p.changes++
	if i := slices.Index(p.pinned, r.Dir); i >= 0 {
		p.pinned = slices.Delete(p.pinned, i, i+1)
		return
	}
	p.pinned = append(p.pinned, r.Dir)
}

// Unpin takes all pins away.
func (p *Runs) Unpin() { p.pinned = nil; p.changes++ }

// Pinned reports whether a run is pinned.
func (p *Runs) Pinned(r *live.Run) bool { return slices.Contains(p.pinned, r.Dir) }

// Shown are the runs to be drawn together: the pinned ones, and the selected one last, on top.
func (p *Runs) Shown() []*live.Run {
	selected := p.Selected()
	var out []*live.Run
	for _, dir := range p.pinned {
		if r := p.Store.Find(dir); r != nil && r != selected {
			out = append(out, r)
		}
	}
	if selected != nil {
		out = append(out, selected)
	}
	return out
}

// Tint is the run's colour, which it keeps: the first that no other run shown has.
func (p *Runs) Tint(r *live.Run) int {
	if tint, ok := p.tints[r.Dir]; ok {
		return tint
	}
	taken := map[int]bool{}
	for _, dir := range p.pinned {
		if tint, ok := p.tints[dir]; ok {
			taken[tint] = true
		}
	}
	tint := 0
	for taken[tint] {
		tint++
	}
	if !p.Pinned(r) {
		return tint
	}
	if p.tints == nil {
		p.tints = map[string]int{}
	}
	p.tints[r.Dir] = tint
	return tint
}

// SortNext sorts by the next column that has an order.
func (p *Runs) SortNext() { p.SortBy = (p.SortBy + 1) % len(columns) }

// key is what a drawing depends on besides its kind.
func (p *Runs) key(a Area) string {
	return fmt.Sprint(p.Store.Version(), p.changes, p.SortBy, p.Reverse, a.W, a.H, p.Now.Unix()/5)
}

// Draw draws the table.
func (p *Runs) Draw(a Area) string {
	return p.table.get(p.key(a), func() string { return p.drawTable(a).String() })
}

// DrawSide draws the narrow list.
func (p *Runs) DrawSide(a Area) string {
	return p.side.get(p.key(a), func() string { return p.drawSide(a).String() })
}

func (p *Runs) drawTable(a Area) *canvas.Canvas {
	c := canvas.New(a.W, a.H)
	shown, widths := fitColumns(a.W, p.longestName())
	x := 2
	for i, col := range shown {
		style, title := p.Theme.Faint, col.title
		if col.title == columns[p.SortBy].title {
			style = p.Theme.Accent
			title = p.arrow() + " " + title
		}
		if col.left {
			c.Text(x, 0, widths[i], title, style)
		} else {
			c.TextRight(x, 0, widths[i], title, style)
		}
		x += widths[i] + 1
	}
	rows := p.Rows()
	selected := p.Selected()
	p.top = scrolled(p.top, max(0, slices.Index(rows, selected)), len(rows), a.H-1)
	for y := 1; y < a.H && p.top+y-1 < len(rows); y++ {
		r := rows[p.top+y-1]
		p.drawRow(c, y, r, shown, widths)
		if r == selected {
			c.Tint(0, y, a.W, p.Theme.Selected)
		}
	}
	if len(rows) == 0 {
		p.drawNone(c)
	}
	return c
}

// longestName is the width of the widest name.
func (p *Runs) longestName() int {
	n := 0
	for _, r := range p.Rows() {
		n = max(n, canvas.Width(r.Name))
	}
	return n
}

func (p *Runs) arrow() string {
	if p.Reverse {
		return p.Theme.Glyphs.Up
	}
	return p.Theme.Glyphs.Down
}

func (p *Runs) drawRow(c *canvas.Canvas, y int, r *live.Run, shown []column, widths []int) {
	p.drawMarks(c, y, r)
	x := 2
	for i, col := range shown {
		switch col.title {
		case "RUN":
			c.Text(x, y, widths[i], r.Name, p.nameStyle(r))
		case "TREND":
			style, _ := p.Theme.Tinted(p.Tint(r))
			if !p.Pinned(r) && r != p.Selected() {
				style = p.Theme.Faint
			}
			spark(c, p.Theme, x, y, widths[i], r.Overview.Spark, style)
		default:
			text, style := col.cell(p.Theme, r, p.Now)
			if col.left {
				c.Text(x, y, widths[i], text, style)
			} else {
				c.TextRight(x, y, widths[i], text, style)
			}
		}
		x += widths[i] + 1
	}
}

// drawMarks draws the state's glyph and the pin.
func (p *Runs) drawMarks(c *canvas.Canvas, y int, r *live.Run) {
	style := p.Theme.State(r.State)
	if len(r.Overview.Flags) > 0 || r.Gone {
		style = p.Theme.Bad
	}
	c.Set(0, y, p.Theme.Glyphs.State[r.State], style)
	if p.Pinned(r) {
		tint, _ := p.Theme.Tinted(p.Tint(r))
		c.Set(1, y, p.Theme.Glyphs.Pin, tint)
	}
}

// nameStyle is the run's colour if it is drawn in the charts.
func (p *Runs) nameStyle(r *live.Run) canvas.Style {
	style := p.Theme.Text
	if p.Pinned(r) || r == p.Selected() {
		style, _ = p.Theme.Tinted(p.Tint(r))
	}
	if p.Pinned(r) {
		style = style.With(canvas.Bold)
	}
	return style
}

// drawNone says why there is nothing.
func (p *Runs) drawNone(c *canvas.Canvas) {
	for i, line := range p.none() {
		c.Text(2, 2+i, c.W-3, line, p.Theme.Faint)
	}
}

func (p *Runs) none() []string {
	switch {
	case p.Store.Err != nil:
		return []string{p.Store.Err.Error(), "waiting for it to appear; a run begins with: clipbench train RECIPE --run NAME"}
	case !p.Store.Listed:
		return []string{"reading " + p.Store.Root + " …"}
	case len(p.Store.Runs) > 0:
		return []string{fmt.Sprintf("none of the %d runs matches %q", len(p.Store.Runs), p.Filter)}
	}
	return []string{"no runs in " + p.Store.Root + " yet", "a run begins with: clipbench train RECIPE --run NAME"}
}

func (p *Runs) drawSide(a Area) *canvas.Canvas {
	c := canvas.New(a.W, a.H)
	rows := p.Rows()
	selected := p.Selected()
	c.Text(2, 0, a.W-3, p.sideTitle(), p.Theme.Faint)
	p.top = scrolled(p.top, max(0, slices.Index(rows, selected)), len(rows), a.H-1)
	for y := 1; y < a.H && p.top+y-1 < len(rows); y++ {
		r := rows[p.top+y-1]
		p.drawMarks(c, y, r)
		note, style := sideNote(p.Theme, r)
		c.Text(2, y, a.W-5-canvas.Width(note), r.Name, p.nameStyle(r))
		c.TextRight(0, y, a.W-2, note, style)
		if r == selected {
			c.Tint(0, y, a.W-1, p.Theme.Selected)
		}
	}
	for y := range a.H {
		c.Set(a.W-1, y, p.Theme.Glyphs.VLine, p.Theme.Rule)
	}
	return c
}

func (p *Runs) sideTitle() string {
	if p.Filter != "" {
		return fmt.Sprintf("%d of %d: %s", len(p.Rows()), len(p.Store.Runs), p.Filter)
	}
	return fmt.Sprintf("%d runs", len(p.Rows()))
}

// sideNote is the most telling fact that fits beside a name.
func sideNote(t *theme.Theme, r *live.Run) (string, canvas.Style) {
	o := &r.Overview
	switch {
	case len(o.Flags) > 0:
		return FlagText(o.Flags[:1]), t.Bad
	case r.State == runlog.Running && o.Total > 0:
		return fmt.Sprintf("%d%%", 100*o.Step/o.Total), t.Faint
	case r.State == runlog.Running || r.State == runlog.Finished:
		return "", t.Faint
	}
	return string(r.State), t.State(r.State)
}
