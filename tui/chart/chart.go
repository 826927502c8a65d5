// Package chart draws lines of any length into a few cells, losing no spike: every column of dots shows the exact
// range of the values that lie in it.
package chart

import (
	"math"
	"sort"

	"clipbench/tui/canvas"
	"clipbench/tui/theme"
	"clipbench/workbench/runlog"
)

// Data is a line's points in the order of X, which never falls.
type Data struct {
	Values *runlog.Series
	X      func(i int) float64
}

// Line is one curve. Smooth, where it has values, is drawn over the raw line, which is then faint.
type Line struct {
	Raw    Data
	Smooth *runlog.Series
	Tint   int // which of the theme's series
}

// View is the part of the plane that is shown. NaN bounds are found from the data.
type View struct {
	X0, X1, Y0, Y1 float64
	LogX, LogY     bool
}

// Whole shows everything.
func Whole() View {
	nan := math.NaN()
	return View{X0: nan, X1: nan, Y0: nan, Y1: nan}
}

// Chart is what Draw needs besides the lines. The last line lies on top.
type Chart struct {
	Theme  *theme.Theme
	Lines  []Line
	View   View
	XScale Scale   // Linear, Elapsed or Clock; View.LogX goes before it
	Cursor float64 // where to look closely; NaN for nowhere
	Gutter int     // cells for the labels of the vertical axis
	XAxis  bool    // whether to label the horizontal axis
}

// Draw draws the chart into w by h cells.
func (c *Chart) Draw(w, h int) *canvas.Canvas {
	out := canvas.New(w, h)
	plotW, plotH := w-c.Gutter-1, h
	if c.XAxis {
		plotH--
	}
	if plotW < 2 || plotH < 1 {
		return out
	}
	f := c.frame(plotW, plotH)
	c.drawAxes(out, f)
	if !f.ok {
		out.Text(c.Gutter+2, plotH/2, plotW-1, f.why, c.Theme.Faint)
		return out
	}
	c.drawCursor(out, f)
	c.drawLines(f)
	f.raster.draw(out, c.Gutter+1, 0)
	for _, line := range c.Lines {
		c.drawBad(out, f, line)
	}
	return out
}

// frame maps the plane to dots.
type frame struct {
	raster         *raster
	w, h           int
	logX, logY     bool
	x0, x1, y0, y1 float64 // the bounds, after the logarithm
	ok             bool
	why            string // what to say if nothing can be shown
}

func (c *Chart) frame(w, h int) *frame {
	f := &frame{raster: newRaster(w, h, c.Theme.Glyphs.Braille), w: w, h: h, logX: c.View.LogX, logY: c.View.LogY, why: "no values yet"}
	x := c.XRange()
	if x.Empty() {
		if f.logX && len(c.Lines) > 0 && c.Lines[0].Raw.Values.Len() > 0 {
			f.why = "nothing above 0 on this axis"
		}
		return f
	}
	f.x0, f.x1 = spread(f.scaleX(x.Min), f.scaleX(x.Max), 0)
	y := c.YRange()
	if y.Empty() {
		f.why = "no finite value here"
		if f.logY {
			f.why = "no value above 0 here"
		}
		return f
	}
	pad := 0.04
	if !math.IsNaN(c.View.Y0) {
		pad = 0
	}
	f.y0, f.y1 = spread(f.scaleY(y.Min), f.scaleY(y.Max), pad)
	f.ok = true
	return f
}

// spread widens a range by a part of itself, and one without extent worth the name so that its one value lies in the middle.
func spread(lo, hi, part float64) (float64, float64) {
	if span := hi - lo; span > resolution*math.Max(math.Abs(lo), math.Abs(hi)) && !math.IsInf(span, 0) {
		return lo - span*part, hi + span*part
	}
	if math.IsInf(hi-lo, 0) { // beyond what a difference can say
		return lo, hi
	}
	half := max(math.Abs(lo)*0.1, 1e-9)
	if lo == 0 {
		half = 0.5
	}
	return lo - half, hi + half
}

func (f *frame) scaleX(x float64) float64 { return logIf(f.logX, x) }
func (f *frame) scaleY(y float64) float64 { return logIf(f.logY, y) }

func logIf(yes bool, v float64) float64 {
	if yes {
		return math.Log10(v)
	}
	return v
}

// part is where v lies between lo and hi, without overflowing.
func part(v, lo, hi float64) float64 { return (v/2 - lo/2) / (hi/2 - lo/2) }

// column is the column of dots that x lies in; beyond the field it is below 0 or at least the width.
func (f *frame) column(x float64) int {
	n := float64(f.raster.columns())
	at := part(f.scaleX(x), f.x0, f.x1)
	if math.IsNaN(at) || at < 0 {
		return -1
	}
	if at == 1 {
		return int(n) - 1
	}
	return int(min(at*n, n))
}

// row is the row of dots of y, cut a little beyond the field.
func (f *frame) row(y float64) int {
	n := float64(f.raster.rows() - 1)
	at := (1 - part(f.scaleY(y), f.y0, f.y1)) * n
	if math.IsNaN(at) { // a value without a logarithm
		return f.raster.rows() + 1
	}
	return int(math.Floor(min(max(at, -2), n+2) + 0.5))
}

// XRange is the range of X that is shown.
func (c *Chart) XRange() runlog.Range {
	r := runlog.Nothing()
	for _, line := range c.Lines {
		n := line.Raw.Values.Len()
		first := 0
		if c.View.LogX {
			first = sort.Search(n, func(i int) bool { return line.Raw.X(i) > 0 })
		}
		if first < n {
			r = r.With(line.Raw.X(first)).With(line.Raw.X(n - 1))
		}
	}
	if !math.IsNaN(c.View.X0) && !math.IsNaN(c.View.X1) && c.View.X0 < c.View.X1 && !(c.View.LogX && c.View.X0 <= 0) {
		return runlog.Range{Min: c.View.X0, Max: c.View.X1}
	}
	return r
}

// YRange is the range of Y that is shown: of the raw values within XRange, or the view's own.
func (c *Chart) YRange() runlog.Range {
	if !math.IsNaN(c.View.Y0) && !math.IsNaN(c.View.Y1) && c.View.Y0 < c.View.Y1 && !(c.View.LogY && c.View.Y0 <= 0) {
		return runlog.Range{Min: c.View.Y0, Max: c.View.Y1}
	}
	x := c.XRange()
	r := runlog.Nothing()
	for _, line := range c.Lines {
		i, j := line.within(x)
		r = r.Join(rangeOf(line.Raw.Values, i, j, c.View.LogY))
	}
	return r
}

// within are the points from the first at or beyond x.Min to the last at or before x.Max.
func (l *Line) within(x runlog.Range) (i, j int) {
	n := l.Raw.Values.Len()
	i = sort.Search(n, func(i int) bool { return l.Raw.X(i) >= x.Min })
	j = i + sort.Search(n-i, func(k int) bool { return l.Raw.X(i+k) > x.Max })
	return i, j
}

// rangeOf is the range of some values; for a logarithm, of those above 0.
func rangeOf(s *runlog.Series, i, j int, positive bool) runlog.Range {
	r := s.Range(i, j)
	if !positive || r.Empty() || r.Min > 0 {
		return r
	}
	r = runlog.Nothing()
	for ; i < j; i++ {
		if v := s.Value(i); v > 0 {
			r = r.With(v)
		}
	}
	return r
}
