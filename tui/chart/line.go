package chart

import (
	"math"
	"sort"

	"clipbench/workbench/runlog"
)

// drawLines draws all raw lines and then all smoothed ones above them.
func (c *Chart) drawLines(f *frame) {
	for _, line := range c.Lines {
		strong, shade := c.Theme.Tinted(line.Tint)
		glyph := c.Theme.Glyphs.Dots[line.Tint%len(c.Theme.Glyphs.Dots)]
		if line.Smooth == nil {
			f.raster.pen(2, strong, glyph, c.dash(line))
		} else {
			f.raster.pen(1, shade, '.', 0)
		}
		f.curve(line.Raw)
	}
	for _, line := range c.Lines {
		if line.Smooth == nil {
			continue
		}
		strong, _ := c.Theme.Tinted(line.Tint)
		f.raster.pen(2, strong, c.Theme.Glyphs.Dots[line.Tint%len(c.Theme.Glyphs.Dots)], c.dash(line))
		f.curve(Data{Values: line.Smooth, X: line.Raw.X})
	}
}

// dash tells lines apart where colours do not.
func (c *Chart) dash(l Line) int {
	if !c.Theme.Mode.NoColor || len(c.Lines) == 1 {
		return 0
	}
	return l.Tint % 4
}

// sparse is how many columns of dots a point must have to itself, on the average, to be marked as one.
const sparse = 8

// points marks the points of a line that has few: they are what was measured, the line only joins them.
func (f *frame) points(d Data) {
	columns := f.raster.columns()
	n := d.Values.Len()
	i := sort.Search(n, func(i int) bool { return f.column(d.X(i)) >= 0 })
	j := i + sort.Search(n-i, func(k int) bool { return f.column(d.X(i+k)) >= columns })
	if (j-i)*sparse > columns {
		return
	}
	for ; i < j; i++ {
		if v := d.Values.Value(i); f.shows(v) {
			f.blob(f.column(d.X(i)), f.row(v))
		}
	}
}

// blob is a dot big enough to be seen alone.
func (f *frame) blob(x, y int) {
	f.raster.span(x, y-1, y)
	f.raster.span(x^1, y-1, y)
}

// curve draws one line column by column: the range of the values that lie in it, joined to the column before
// unless a value that is none lies between.
func (f *frame) curve(d Data) {
	n := d.Values.Len()
	start := sort.Search(n, func(i int) bool { return f.column(d.X(i)) >= 0 })
	last := stroke{f: f, d: d, index: -1}
	if start > 0 { // the point before the field, for the line that comes in from it
		last.move(start - 1)
	}
	for i := start; i < n; {
		column := f.column(d.X(i))
		if column >= f.raster.columns() { // the point beyond the field, for the line that leaves it
			last.lineTo(i)
			break
		}
		j := i + sort.Search(n-i, func(k int) bool { return f.column(d.X(i+k)) > column })
		f.piece(&last, column, i, j)
		i = j
	}
	last.end()
	f.points(d)
}

// piece draws the points i to j, which lie in one column.
func (f *frame) piece(last *stroke, column, i, j int) {
	r := rangeOf(last.d.Values, i, j, f.logY)
	if r.Empty() {
		return
	}
	first, end := i, j-1
	for !f.shows(last.d.Values.Value(first)) {
		first++
	}
	for !f.shows(last.d.Values.Value(end)) {
		end--
	}
	last.lineTo(first)
	f.raster.span(column, f.row(r.Min), f.row(r.Max))
	if j-i > 1 {
		last.alone = false
	}
	last.index = end
}

// shows reports whether a value has a place on the vertical axis.
func (f *frame) shows(v float64) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (!f.logY || v > 0)
}

// stroke is the pen's way along a line.
type stroke struct {
	f     *frame
	d     Data
	index int  // the last point drawn, -1 for none
	alone bool // nothing was joined to it yet
}

// move lifts the pen to a point, if it can be shown.
func (s *stroke) move(i int) {
	if s.f.shows(s.d.Values.Value(i)) {
		s.index, s.alone = i, false
	}
}

// lineTo draws from the last point to point i, if nothing in between breaks the line.
func (s *stroke) lineTo(i int) {
	if !s.f.shows(s.d.Values.Value(i)) {
		return
	}
	if s.index < 0 || s.broken(s.index, i) {
		s.end()
		s.index, s.alone = i, true
		return
	}
	x0, y0, x1, y1 := s.at(s.index), s.rowOf(s.index), s.at(i), s.rowOf(i)
	s.f.raster.segment(x0, y0, x1, y1)
	s.index, s.alone = i, false
}

// at is a point's column; the points outside are as far outside as the slope of the line needs.
func (s *stroke) at(i int) int {
	n := float64(s.f.raster.columns())
	at := part(s.f.scaleX(s.d.X(i)), s.f.x0, s.f.x1) * n
	return int(math.Floor(min(max(at, -1e6), 1e6)))
}

func (s *stroke) rowOf(i int) int {
	n := float64(s.f.raster.rows() - 1)
	at := (1 - part(s.f.scaleY(s.d.Values.Value(i)), s.f.y0, s.f.y1)) * n
	return int(math.Floor(min(max(at, -1e6), 1e6) + 0.5))
}

// broken reports whether a value that cannot be shown lies between two points.
func (s *stroke) broken(from, to int) bool {
	if to-from <= 1 {
		return false
	}
	if s.f.logY {
		for i := from + 1; i < to; i++ {
			if !s.f.shows(s.d.Values.Value(i)) {
				return true
			}
		}
		return false
	}
	v := s.d.Values
	k := sort.Search(v.Bads(), func(k int) bool { return v.Bad(k) > from })
	return k < v.Bads() && v.Bad(k) < to
}

// end makes a point without neighbours big enough to be seen.
func (s *stroke) end() {
	if s.index < 0 || !s.alone {
		return
	}
	s.f.blob(s.at(s.index), s.rowOf(s.index))
	s.alone = false
}

// Nearest is the point of a line whose X is nearest to x; -1 if there is none.
func (l *Line) Nearest(x float64) int {
	n := l.Raw.Values.Len()
	i := sort.Search(n, func(i int) bool { return l.Raw.X(i) >= x })
	if i == n || i > 0 && x-l.Raw.X(i-1) < l.Raw.X(i)-x {
		i--
	}
	return i
}

// Smoothed is the exponential mean of a series with its start not biased towards zero (Adam's correction): the raw
// value at weight 0, the whole past at 1. What is not finite passes through and leaves no trace.
type Smoothed struct {
	Series runlog.Series
	Weight float64
	mean   float64
	debias float64
}

// Extend takes in what the source has more than the smoothed; a source that was cut is smoothed anew.
func (s *Smoothed) Extend(source *runlog.Series) {
	for i := s.Series.Len(); i < source.Len(); i++ {
		v := source.Value(i)
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			s.mean = s.Weight*s.mean + (1-s.Weight)*v
			s.debias = s.Weight*s.debias + (1 - s.Weight)
			v = s.mean / s.debias
		}
		s.Series.Push(v)
	}
}
