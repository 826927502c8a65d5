package chart

import (
	"math"
	"sort"

	"clipbench/tui/canvas"
)

// LabelWidth is how many cells the labels of the vertical axis need when the chart is h cells high.
func (c *Chart) LabelWidth(h int) int {
	width := 1
	if c.XAxis {
		h--
	}
	for _, tick := range c.yTicks(h) {
		width = max(width, canvas.Width(tick.Label))
	}
	return width
}

func (c *Chart) yTicks(h int) []Tick {
	f := c.frame(2, h)
	if !f.ok {
		return nil
	}
	return f.yTicks(h)
}

func (f *frame) yTicks(h int) []Tick {
	scale, lo, hi := Linear, f.y0, f.y1
	if f.logY {
		scale, lo, hi = Log, math.Pow(10, f.y0), math.Pow(10, f.y1)
	}
	return scale.atLeastTwo(lo, hi, max(1, min(6, h/2)))
}

// atLeastTwo are about n ticks, or some more where so few round places would leave less than two: one label says
// nothing of a scale.
func (s Scale) atLeastTwo(lo, hi float64, n int) []Tick {
	ticks := s.Ticks(lo, hi, n)
	for more := 1; len(ticks) < 2 && more <= 4; more++ {
		ticks = s.Ticks(lo, hi, n+more)
	}
	return ticks
}

// drawAxes draws a quiet line at the left and the labels around it.
func (c *Chart) drawAxes(out *canvas.Canvas, f *frame) {
	for y := range f.h {
		out.Set(c.Gutter, y, c.Theme.Glyphs.VLine, c.Theme.Rule)
	}
	if !f.ok {
		return
	}
	for _, tick := range c.labelled(f) {
		out.TextRight(0, f.line(tick), c.Gutter, tick.Label, c.Theme.Faint)
	}
	if c.XAxis {
		c.drawXLabels(out, f)
	}
}

// line is the line of the screen that a place on the vertical axis lies in.
func (f *frame) line(tick Tick) int { return f.row(tick.Value) / f.raster.subY }

// labelled are the ticks that get a label, each on a line of its own; where they would stand at uneven distances for
// want of lines, the first and the last.
func (c *Chart) labelled(f *frame) []Tick {
	var out []Tick
	tight := false
	for _, tick := range f.yTicks(f.h) {
		y := f.line(tick)
		if y < 0 || y >= f.h {
			continue
		}
		if n := len(out); n > 0 {
			above := f.line(out[n-1])
			if y >= above {
				continue
			}
			tight = tight || y == above-1
		}
		out = append(out, tick)
	}
	if tight && len(out) > 2 {
		return []Tick{out[0], out[len(out)-1]}
	}
	return out
}

// drawXLabels puts every label under its place, leaving out those that would touch the one before.
func (c *Chart) drawXLabels(out *canvas.Canvas, f *frame) {
	scale, lo, hi := c.XScale, f.x0, f.x1
	if f.logX {
		scale, lo, hi = Log, math.Pow(10, f.x0), math.Pow(10, f.x1)
	}
	free := c.Gutter + 1
	for _, tick := range scale.atLeastTwo(lo, hi, max(2, f.w/12)) {
		at := min(max(0, f.column(tick.Value)), f.raster.columns()-1)/f.raster.subX + c.Gutter + 1
		w := canvas.Width(tick.Label)
		x := min(max(c.Gutter+1, at-w/2), out.W-w)
		if x < free {
			continue
		}
		out.Text(x, f.h, w, tick.Label, c.Theme.Faint)
		free = x + w + 1
	}
}

// drawCursor draws the line that is looked at.
func (c *Chart) drawCursor(out *canvas.Canvas, f *frame) {
	x := f.column(c.Cursor)
	if math.IsNaN(c.Cursor) || x < 0 || x >= f.raster.columns() {
		return
	}
	for y := range f.h {
		out.Set(c.Gutter+1+x/f.raster.subX, y, c.Theme.Glyphs.Cursor, c.Theme.Faint)
	}
}

// drawBad marks where values are NaN or infinite: +Inf at the top, the others at the bottom.
func (c *Chart) drawBad(out *canvas.Canvas, f *frame, l Line) {
	v := l.Raw.Values
	x := -1
	for k := 0; k < v.Bads(); {
		i := v.Bad(k)
		column := f.column(l.Raw.X(i))
		if column >= f.raster.columns() {
			return
		}
		if column >= 0 {
			x = column / f.raster.subX
			y := f.h - 1
			if math.IsInf(v.Value(i), 1) {
				y = 0
			}
			out.Set(c.Gutter+1+x, y, c.Theme.Glyphs.Bad, c.Theme.Bad)
		}
		k += 1 + sort.Search(v.Bads()-k-1, func(m int) bool { // the first bad value in another cell
			next := f.column(l.Raw.X(v.Bad(k + 1 + m)))
			return next >= 0 && next/f.raster.subX != x
		})
	}
}
