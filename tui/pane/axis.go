package pane

import (
	"math"
	"time"

	"clipbench/tui/chart"
	"clipbench/workbench/runlog"
)

// Axis is what the charts count along.
type Axis int

// The axes.
const (
	Steps Axis = iota
	Samples
	Epochs
	Relative // seconds since the run's first line
	Wall     // time of day
	axes
)

// String names the axis.
func (a Axis) String() string {
	return []string{"step", "samples", "epoch", "relative time", "wall time"}[a]
}

// Next is the axis after this one.
func (a Axis) Next() Axis { return (a + 1) % axes }

// scale is how the axis is labelled.
func (a Axis) scale() chart.Scale {
	switch a {
	case Relative:
		return chart.Elapsed
	case Wall:
		return chart.Clock
	}
	return chart.Linear
}

// of is where a row of a history lies on the axis.
func (a Axis) of(h *runlog.History, row int) float64 {
	switch a {
	case Samples:
		return h.Samples(row)
	case Epochs:
		return h.Epoch(row)
	case Relative:
		return h.Time(row) - h.Time(0)
	case Wall:
		return h.Time(row)
	}
	return float64(h.Step(row))
}

// format writes a place on the axis.
func (a Axis) format(x float64) string {
	switch a {
	case Relative:
		return chart.Duration(x)
	case Wall:
		if math.Abs(x) > 1e11 {
			return "–"
		}
		return time.Unix(int64(x), 0).Format("2 Jan 15:04:05")
	case Epochs:
		return "epoch " + chart.Value(x)
	case Samples:
		return chart.Count(int(x)) + " samples"
	}
	return "step " + chart.Count(int(x))
}

// Look is how all charts look at their runs: together, so that one glance compares.
type Look struct {
	Axis   Axis
	LogX   bool
	Smooth int     // an index of weights
	X0, X1 float64 // the part shown; NaN for all, +Inf for up to the end
	Cursor float64 // NaN for none
}

// weights are those of the smoothing.
var weights = []float64{0, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995}

// NewLook shows everything by step, smoothed a little.
func NewLook() *Look {
	nan := math.NaN()
	return &Look{Smooth: 3, X0: nan, X1: nan, Cursor: nan}
}

// Weight is the smoothing's.
func (l *Look) Weight() float64 { return weights[l.Smooth] }

// Smoother changes the smoothing by some steps.
func (l *Look) Smoother(by int) { l.Smooth = min(max(0, l.Smooth+by), len(weights)-1) }

// SetAxis changes what is counted along; a place on the old axis means nothing on the new.
func (l *Look) SetAxis(a Axis) {
	l.Axis = a
	l.Reset()
	l.Cursor = math.NaN()
}

// Reset shows everything.
func (l *Look) Reset() { l.X0, l.X1 = math.NaN(), math.NaN() }

// Zoomed reports that only a part is shown.
func (l *Look) Zoomed() bool { return !math.IsNaN(l.X0) }

// window is the part shown of what there is.
func (l *Look) window(whole runlog.Range) runlog.Range {
	if !l.Zoomed() || whole.Empty() {
		return whole
	}
	return runlog.Range{Min: l.X0, Max: math.Min(l.X1, math.Max(whole.Max, l.X0+1e-9))}
}

// Zoom makes the part shown smaller (factor below 1) or larger, around the cursor if there is one, else keeping the end.
func (l *Look) Zoom(factor float64, whole runlog.Range) {
	w := l.scaled(l.window(whole))
	all := l.scaled(whole)
	if whole.Empty() || !(w.Max > w.Min) {
		return
	}
	anchor := w.Max
	if c := l.toScale(l.Cursor); c >= w.Min && c <= w.Max {
		anchor = c
	}
	lo, hi := anchor-(anchor-w.Min)*factor, anchor+(w.Max-anchor)*factor
	if factor < 1 && hi-lo < (all.Max-all.Min)*1e-9 {
		return
	}
	// What would lie beyond an end is shown at the other.
	lo, hi = lo-math.Max(0, hi-all.Max), hi+math.Max(0, all.Min-lo)
	l.show(lo, hi, all)
}

// Pan moves the part shown by a share of its width.
func (l *Look) Pan(by float64, whole runlog.Range) {
	w, all := l.scaled(l.window(whole)), l.scaled(whole)
	if whole.Empty() || !l.Zoomed() {
		return
	}
	shift := by * (w.Max - w.Min)
	shift = math.Max(math.Min(shift, all.Max-w.Max), all.Min-w.Min)
	l.show(w.Min+shift, w.Max+shift, all)
}

// show sets the part; one that reaches the end goes on with it, and one that is everything is none.
func (l *Look) show(lo, hi float64, all runlog.Range) {
	atEnd := hi >= all.Max-(all.Max-all.Min)*1e-9
	if lo <= all.Min && atEnd {
		l.Reset()
		return
	}
	l.X0, l.X1 = l.fromScale(math.Max(lo, all.Min)), l.fromScale(math.Min(hi, all.Max))
	if atEnd {
		l.X1 = math.Inf(1)
	}
}

func (l *Look) toScale(x float64) float64 {
	if l.LogX {
		return math.Log10(x)
	}
	return x
}

func (l *Look) fromScale(x float64) float64 {
	if l.LogX {
		return math.Pow(10, x)
	}
	return x
}

// sensible is the part of a range that the axis can show: a logarithmic one begins above 0.
func (l *Look) sensible(r runlog.Range) runlog.Range {
	if l.LogX && r.Min <= 0 {
		r.Min = math.Min(1, r.Max)
	}
	return r
}

// scaled is a range as the axis measures it.
func (l *Look) scaled(r runlog.Range) runlog.Range {
	r = l.sensible(r)
	return runlog.Range{Min: l.toScale(r.Min), Max: l.toScale(r.Max)}
}
