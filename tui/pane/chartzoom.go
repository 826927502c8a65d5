package pane

import (
	"math"
	"sort"

	"clipbench/tui/chart"
	"clipbench/workbench/runlog"
)

// Whole is the range of the horizontal axis over all runs shown.
func (p *Charts) Whole() runlog.Range {
	all := runlog.Nothing()
	for _, r := range p.Runs {
		if r.History == nil || r.History.Len() == 0 {
			continue
		}
		all = all.With(p.Look.Axis.of(r.History, 0)).With(p.Look.Axis.of(r.History, r.History.Len()-1))
	}
	return all
}

// ZoomX makes the part shown smaller or larger.
func (p *Charts) ZoomX(factor float64) { p.Look.Zoom(factor, p.Whole()) }

// PanX moves the part shown by a share of its width.
func (p *Charts) PanX(by float64) { p.Look.Pan(by, p.Whole()) }

// ZoomY makes the range of the focused chart's values smaller or larger around its middle.
func (p *Charts) ZoomY(factor float64) {
	p.moveY(func(lo, hi float64) (float64, float64) {
		middle, half := (lo+hi)/2, (hi-lo)/2*factor
		return middle - half, middle + half
	})
}

// PanY moves the range of the focused chart's values by a share of its height.
func (p *Charts) PanY(by float64) {
	p.moveY(func(lo, hi float64) (float64, float64) {
		shift := (hi - lo) * by
		return lo + shift, hi + shift
	})
}

// moveY changes the focused chart's range of values, as its axis measures them.
func (p *Charts) moveY(change func(lo, hi float64) (float64, float64)) {
	name := p.Focused()
	if name == "" {
		return
	}
	built := p.build(name)
	now := built.YRange()
	lo, hi := now.Min, now.Max
	if built.View.LogY {
		lo, hi = math.Log10(lo), math.Log10(hi)
	}
	if !(hi > lo) {
		half := math.Max(math.Abs(lo)*0.1, 1e-9)
		lo, hi = lo-half, hi+half
	}
	lo, hi = change(lo, hi)
	if built.View.LogY {
		lo, hi = math.Pow(10, lo), math.Pow(10, hi)
	}
	if !(hi > lo) || math.IsInf(hi-lo, 0) {
		return
	}
	if p.yViews == nil {
		p.yViews = map[string]runlog.Range{}
	}
	p.yViews[name] = runlog.Range{Min: lo, Max: hi}
}

// Reset shows everything of every chart.
func (p *Charts) Reset() {
	p.Look.Reset()
	p.yViews = nil
}

// Changed reports that some chart does not show everything.
func (p *Charts) Changed() bool { return p.Look.Zoomed() || len(p.yViews) > 0 }

// Inspect puts the cursor on the end of what is shown, or takes it away.
func (p *Charts) Inspect() {
	if !math.IsNaN(p.Look.Cursor) {
		p.Look.Cursor = math.NaN()
		return
	}
	if w := p.Look.window(p.Whole()); !w.Empty() {
		p.Look.Cursor = w.Max
	}
}

// MoveCursor moves the cursor to the next point of the focused chart's top line that lies in another column of the
// screen; a far move, by a tenth of what is shown.
func (p *Charts) MoveCursor(by int, far bool) {
	name := p.Focused()
	built := p.build(name)
	if math.IsNaN(p.Look.Cursor) || len(built.Lines) == 0 {
		return
	}
	w := p.Look.window(p.Whole())
	scaled := p.Look.scaled(w)
	line := built.Lines[len(built.Lines)-1]
	apart := (scaled.Max - scaled.Min) / float64(max(20, p.plotWidth(name)))
	if far {
		apart = (scaled.Max - scaled.Min) / 10
	}
	at := line.Nearest(p.Look.Cursor)
	next := line.Nearest(p.Look.fromScale(p.Look.toScale(line.Raw.X(at)) + float64(by)*apart))
	if next == at { // fewer points than columns: the neighbour
		next = min(max(0, at+by), line.Raw.Values.Len()-1)
	}
	p.Look.Cursor = math.Min(math.Max(line.Raw.X(next), w.Min), w.Max)
}

// plotWidth is how many cells wide the focused chart's plot is.
func (p *Charts) plotWidth(name string) int {
	for i, shown := range p.shown {
		if shown == name {
			return p.areas[i].W - gutter - 2
		}
	}
	return 0
}

// LookAt puts the cursor on a step of the top run, and the step into sight.
func (p *Charts) LookAt(step int) {
	if len(p.Runs) == 0 || p.Runs[len(p.Runs)-1].History == nil {
		return
	}
	h := p.Runs[len(p.Runs)-1].History
	if h.Len() == 0 {
		return
	}
	p.Look.Cursor = p.Look.Axis.of(h, min(h.RowAt(step), h.Len()-1))
	if w := p.Look.window(p.Whole()); p.Look.Cursor < w.Min || p.Look.Cursor > w.Max {
		p.Look.Reset()
	}
}

// CursorStep is the step of the top run at the cursor; false without a cursor.
func (p *Charts) CursorStep() (step int, ok bool) {
	if math.IsNaN(p.Look.Cursor) || len(p.Runs) == 0 || p.Runs[len(p.Runs)-1].History == nil {
		return 0, false
	}
	h := p.Runs[len(p.Runs)-1].History
	row := sort.Search(h.Len(), func(i int) bool { return p.Look.Axis.of(h, i) >= p.Look.Cursor })
	if h.Len() == 0 {
		return 0, false
	}
	return h.Step(min(row, h.Len()-1)), true
}

// CursorText says where the cursor is, in the axis's unit and by step.
func (p *Charts) CursorText() string {
	step, ok := p.CursorStep()
	if !ok {
		return ""
	}
	if p.Look.Axis == Steps {
		return p.Look.Axis.format(p.Look.Cursor)
	}
	return p.Look.Axis.format(p.Look.Cursor) + ", step " + chart.Count(step)
}

// At is the metric whose chart lies at a cell of the pane, and where on the horizontal axis the cell is;
// "" where there is none.
func (p *Charts) At(x, y int) (metric string, place float64) {
	for i, a := range p.areas {
		if !a.Holds(x, y) {
			continue
		}
		w := p.Look.scaled(p.Look.window(p.Whole()))
		part := float64(x-a.X-gutter-1) / float64(max(1, a.W-gutter-3))
		return p.shown[i], p.Look.fromScale(w.Min + min(max(part, 0), 1)*(w.Max-w.Min))
	}
	return "", math.NaN()
}
