package plot

import (
	"image/color"
	"math"
	"testing"
)

// one returns a picture of one panel, where it lies and its pixels.
func one(c Curves) (panelLayout, func(x, y float64, want color.NRGBA) bool) {
	img := c.Image()
	return c.layout().panels[0], func(x, y float64, want color.NRGBA) bool { return near(img, x, y, want, 40) }
}

func TestALinePassesThroughItsPoints(t *testing.T) {
	x, y := []float64{0, 1, 2, 4}, []float64{1, 3, 2, 0}
	l, at := one(Curves{Smoothing: -1, Panels: []Panel{{Min: 0, Max: 4, Series: []Series{{"a", x, y}}}}})
	for i := range x {
		px := l.axes.x + l.axes.w*x[i]/4
		py := l.axes.bottom() - l.axes.h*y[i]/4
		if !at(px-0.3*float64(i), py, blue) { // the last point lies on the edge of the axes
			t.Errorf("(%v, %v): no line at (%.1f, %.1f)", x[i], y[i], px, py)
		}
	}
	if px, py := l.axes.x+l.axes.w*3/4, l.axes.bottom()-l.axes.h/4; !at(px, py, blue) || at(px, py-8, blue) || at(px, py+8, blue) {
		t.Error("the line from (2, 2) to (4, 0) does not pass (3, 1), or passes beside it")
	}
}

func TestALogarithmicAxisPutsTenMidwayBetweenOneAndAHundred(t *testing.T) {
	l, at := one(Curves{LogX: true, Panels: []Panel{{LogY: true, Min: 1, Max: 100, Series: []Series{{"a", []float64{1, 1000, 1e6}, []float64{10, 10, 10}}}}}})
	if y := l.axes.midY(); !at(l.axes.x+20, y, blue) || at(l.axes.x+20, y+5, blue) {
		t.Error("10 does not lie midway between 1 and 100")
	}
	if math.Abs(l.atX(1000)-l.axes.midX()) > 1e-6 {
		t.Errorf("1,000 lies at %.1f, midway between 1 and a million is %.1f", l.atX(1000), l.axes.midX())
	}
}

func TestWhatIsNotANumberLeavesAGap(t *testing.T) {
	for _, hole := range []float64{math.NaN(), math.Inf(1), -1} { // a logarithmic axis has no place for -1
		x := []float64{0, 1, 2, 3, 4, 5, 6, 7, 8}
		y := []float64{2, 2, 2, hole, hole, hole, 2, 2, 2}
		l, at := one(Curves{Panels: []Panel{{LogY: true, Min: 1, Max: 4, Series: []Series{{"a", x, y}}}}})
		if !at(l.atX(1), l.axes.midY(), blue) || !at(l.atX(7), l.axes.midY(), blue) {
			t.Errorf("%v: the line beside the gap is missing", hole)
		}
		if at(l.atX(4), l.axes.midY(), blue) {
			t.Errorf("%v: the gap is bridged", hole)
		}
	}
}

func TestAPointBetweenTwoGapsIsADot(t *testing.T) {
	n := 60 // too many for dots on all
	x, y := make([]float64, n), make([]float64, n)
	for i := range y {
		x[i], y[i] = float64(i), math.NaN()
	}
	y[0], y[30], y[59] = 1, 1, 1
	l, at := one(Curves{Panels: []Panel{{Min: 0, Max: 2, Series: []Series{{"a", x, y}}}}})
	if !at(l.atX(30), l.axes.midY(), blue) {
		t.Error("the lone point is not seen")
	}
}

func TestALineIsCutAtTheAxes(t *testing.T) {
	c := Curves{Panels: []Panel{{Min: 0, Max: 1, Series: []Series{{"", []float64{0, 1, 2}, []float64{0.5, 9, 0.5}}}}}}
	l, at := one(c)
	for y := 1.0; y < l.axes.y-2; y += 0.5 {
		for x := l.axes.x; x < l.axes.right(); x += 0.5 {
			if at(x, y, blue) {
				t.Fatalf("the line is drawn at (%.1f, %.1f), above the axes at %+v", x, y, l.axes)
			}
		}
	}
	if !at(l.axes.x, l.axes.midY(), blue) {
		t.Error("the line's beginning is missing")
	}
}

func TestTheKeyDoesNotCoverTheData(t *testing.T) {
	var many []Series
	for _, name := range names(12) {
		many = append(many, Series{name, []float64{0, 1}, []float64{0, 1}})
	}
	c := Curves{Title: "t", Panels: []Panel{{Title: "a", Series: many}, {Title: "b", Series: many[:2]}, {Title: "c", Series: many[:1]}}}
	l := c.layout()
	for i, panel := range l.panels {
		if i < 2 && len(panel.key) != len(c.Panels[i].Series) {
			t.Errorf("panel %d: %d series, %d in the key", i, len(c.Panels[i].Series), len(panel.key))
		}
		for j, k := range panel.key {
			for _, other := range l.panels {
				if overlap(k.text.corners(), corners(other.axes)) || overlap(corners(k.box), corners(other.axes)) {
					t.Errorf("panel %d: %q lies on axes", i, k.text.text)
				}
			}
			for _, before := range panel.key[:j] {
				if overlap(k.text.corners(), before.text.corners()) {
					t.Errorf("panel %d: %q lies on %q", i, k.text.text, before.text.text)
				}
			}
		}
		for _, text := range panel.texts {
			if overlap(text.corners(), corners(panel.axes.inset(1))) {
				t.Errorf("panel %d: %q lies on the axes", i, text.text)
			}
		}
	}
}

func TestSeriesOfOneNameHaveOneColour(t *testing.T) {
	s := func(name string) Series { return Series{Name: name} }
	order := Curves{Panels: []Panel{{Series: []Series{s("a"), s("b")}}, {Series: []Series{s("b"), s("c")}}}}.order()
	if order["a"] != 0 || order["b"] != 1 || order["c"] != 2 {
		t.Errorf("%v", order)
	}
}

func TestSmoothIsTheMeanWeightedByAge(t *testing.T) {
	values := []float64{3, math.NaN(), 1, 4, math.Inf(-1), 1, 5}
	const decay = 0.8
	got := smooth(values, decay)
	for i, v := range values {
		if !finite(v) {
			if !math.IsNaN(got[i]) {
				t.Errorf("value %d is no gap but %v", i, got[i])
			}
			continue
		}
		total, weights, age := 0.0, 0.0, 0
		for j := i; j >= 0; j-- {
			if finite(values[j]) {
				total += math.Pow(decay, float64(age)) * values[j]
				weights += math.Pow(decay, float64(age))
				age++
			}
		}
		if want := total / weights; math.Abs(got[i]-want) > 1e-12 {
			t.Errorf("value %d: %v, want %v", i, got[i], want)
		}
	}
}

func TestOnlyLongNoisySeriesAreSmoothed(t *testing.T) {
	line, noise := make([]float64, 400), make([]float64, 400)
	for i := range line {
		line[i] = math.Sin(float64(i) / 100)
		noise[i] = float64(i*7919%13) + line[i]
	}
	for _, tc := range []struct {
		name   string
		asked  float64
		values []float64
		want   float64
	}{
		{"a steady line", 0, line, 0},
		{"noise", 0, noise, 0.9},
		{"little noise", 0, noise[:50], 0},
		{"as asked", 0.5, line, 0.5},
		{"not at all", -1, noise, 0},
	} {
		if got := smoothing(tc.asked, tc.values); math.Abs(got-tc.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

func TestANoisySeriesIsFaintUnderItsMean(t *testing.T) {
	n := 2000
	x, y := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i], y[i] = float64(i), 0.5+0.4*float64(2*(i%2)-1)
	}
	l, at := one(Curves{Panels: []Panel{{Min: 0, Max: 1, Series: []Series{{"a", x, y}}}}})
	if !at(l.axes.midX(), l.axes.midY(), blue) {
		t.Error("the mean of 0.1 and 0.9 is not drawn at 0.5")
	}
	if y := l.atY(0.8); at(l.axes.midX(), y, blue) || at(l.axes.midX(), y, paper) {
		t.Error("the values are not drawn faint")
	}
}

func TestEnvelopeKeepsTheExtremes(t *testing.T) {
	var line []point
	for i := range 10000 {
		line = append(line, point{float64(i) / 1000, math.Sin(float64(i))})
	}
	line[4321].y = 7
	kept := envelope(line, 0.5)
	if len(kept) > 4*21 {
		t.Errorf("%d points kept of 20 steps", len(kept))
	}
	peak, previous := false, -1.0
	for _, q := range kept {
		peak = peak || q.y == 7
		if q.x < previous {
			t.Fatalf("x goes back from %v to %v", previous, q.x)
		}
		previous = q.x
	}
	if !peak || kept[0] != line[0] || kept[len(kept)-1] != line[9999] {
		t.Error("the peak, the first or the last point is lost")
	}
}

func TestScales(t *testing.T) {
	for _, tc := range []struct {
		low, high float64
		log       bool
		want      []string
	}{
		{0, 1, false, []string{"0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
		{-1, 1, false, []string{"−1.0", "−0.5", "0", "0.5", "1.0"}},
		{0, 4000, false, []string{"0", "1000", "2000", "3000", "4000"}},
		{0, 30000, false, []string{"0", "5k", "10k", "15k", "20k", "25k", "30k"}},
		{0, 2.5e6, false, []string{"0", "0.5M", "1.0M", "1.5M", "2.0M", "2.5M"}},
		{0, 5e-4, false, []string{"0", "1e−4", "2e−4", "3e−4", "4e−4", "5e−4"}},
		{0, 1e-3, false, []string{"0", "0.0002", "0.0004", "0.0006", "0.0008", "0.0010"}},
		{1, 1e4, true, []string{"1", "10", "100", "1000", "10k"}},
		{1, 30, true, []string{"1", "2", "5", "10", "20"}},
		{1e-5, 1e-3, true, []string{"1e−5", "1e−4", "1e−3"}},
		{0.01, 10, true, []string{"0.01", "0.1", "1", "10"}},
		{3, 3, false, []string{"2.85", "2.90", "2.95", "3.00", "3.05", "3.10", "3.15"}},
		{0, 0, false, []string{"−0.4", "−0.2", "0", "0.2", "0.4"}},
		{1e17, 1e17 + 16, false, []string{"9.6e16", "9.8e16", "1.00e17", "1.02e17", "1.04e17"}},
		{math.Inf(1), math.Inf(-1), false, []string{"0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
	} {
		var got []string
		s := newScale(tc.low, tc.high, tc.log, 6)
		for _, tick := range s.ticks {
			got = append(got, tick.Label)
			if f := s.fraction(tick.Value); f < -1e-9 || f > 1+1e-9 {
				t.Errorf("[%v, %v]: the tick %s lies beyond the axis", tc.low, tc.high, tick.Label)
			}
		}
		if len(got) != len(tc.want) {
			t.Errorf("[%v, %v]: %q, want %q", tc.low, tc.high, got, tc.want)
			continue
		}
		for i := range got {
			if got[i] != tc.want[i] {
				t.Errorf("[%v, %v]: %q, want %q", tc.low, tc.high, got, tc.want)
				break
			}
		}
	}
}

func FuzzScalesEnd(f *testing.F) {
	f.Add(0.0, 1.0, false)
	f.Add(1e17, 1e17+16, false)
	f.Add(-math.MaxFloat64, math.MaxFloat64, false)
	f.Add(5e-324, 1e-300, true)
	f.Add(5e-324, 45.0, true)
	f.Fuzz(func(t *testing.T, low, high float64, log bool) {
		if low > high {
			low, high = high, low
		}
		if log && low <= 0 {
			t.Skip("an axis is asked for positive values only")
		}
		s := newScale(low, high, log, 6)
		if len(s.ticks) > 20 {
			t.Errorf("[%v, %v]: %d ticks", low, high, len(s.ticks))
		}
		for _, tick := range s.ticks {
			if f := s.fraction(tick.Value); f < -1e-6 || f > 1+1e-6 {
				t.Errorf("[%v, %v]: the tick %s lies at %v of the axis", low, high, tick.Label, f)
			}
		}
	})
}

func TestStepsAreNotHalved(t *testing.T) {
	for _, tick := range (Curves{Panels: []Panel{{Series: []Series{{"a", []float64{1, 2, 3, 4}, []float64{1, 2, 3, 4}}}}}}).xScale().ticks {
		if tick.Value != math.Trunc(tick.Value) {
			t.Errorf("a tick at step %s", tick.Label)
		}
	}
}
