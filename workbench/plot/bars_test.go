package plot

import (
	"math"
	"strings"
	"testing"
)

func TestStackedBarsAreAsLongAsTheirSums(t *testing.T) {
	b := Bars{Bytes: true, Labels: []string{"a", "b"}, Series: []BarSeries{
		{"one", []float64{1 << 30, 2 << 30}}, {"two", []float64{3 << 30, math.NaN()}},
	}, Guides: []Guide{{"limit", 8 << 30}}}
	l, img := b.layout(), b.Image()
	at := func(gib float64) float64 { return l.axes.x + l.axes.w*gib/8 }
	first, second := l.bars[0].midY(), l.bars[2].midY()
	for _, tc := range []struct {
		gib, y float64
		series int
	}{{0.1, first, 0}, {0.95, first, 0}, {1.05, first, 1}, {3.9, first, 1}, {1.95, second, 0}} {
		if !near(img, at(tc.gib), tc.y, category(tc.series), 8) {
			t.Errorf("at %.2f GiB of a bar: not the colour of series %d", tc.gib, tc.series)
		}
	}
	if near(img, at(4.05), first, category(1), 8) || near(img, at(2.05), second, category(0), 8) {
		t.Error("a bar is longer than its sum")
	}
	said := ""
	for _, text := range l.texts {
		said += text.text + "|"
	}
	for _, want := range []string{"|4|", "|2|", "|GiB|", "|limit|"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q does not say %q", said, want)
		}
	}
}

func TestGroupedBarsStartTogetherAndDoNotOverlap(t *testing.T) {
	b := Bars{Grouped: true, Labels: names(5), Series: []BarSeries{{"x", []float64{1, 2, 3, 4, 5}}, {"y", []float64{5, 4, 3, 2, 1}}}}
	l := b.layout()
	for i, bar := range l.bars {
		want := b.Series[bar.series].Values[i/2] / 5 * l.axes.w
		if bar.x != l.axes.x || math.Abs(bar.w-want) > 1e-9 {
			t.Errorf("bar %d at %.1f is %.1f long, want %.1f", i, bar.x, bar.w, want)
		}
		if i > 0 && bar.y < l.bars[i-1].bottom() {
			t.Errorf("bar %d lies on the one before it", i)
		}
	}
}

func TestBytesTakeTheLargestUnitThatFits(t *testing.T) {
	for _, tc := range []struct {
		longest float64
		unit    string
	}{{900, "bytes"}, {1024, "KiB"}, {3 << 20, "MiB"}, {1 << 30, "GiB"}, {5 << 40, "TiB"}, {1 << 60, "TiB"}} {
		b := Bars{Bytes: true, Labels: []string{"a"}, Series: []BarSeries{{"", []float64{tc.longest}}}}
		if unit, _ := b.unit(); unit != tc.unit {
			t.Errorf("%v bytes in %s, want %s", tc.longest, unit, tc.unit)
		}
	}
}

func TestNumbersAreWrittenShort(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 412: "412", 33.21: "33.2", 1.204: "1.2", 0.03456: "0.0346", 1234567: "1,234,567"} {
		if got := significant(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0%", 1: "100%", 0.5: "50%", 0.034: "3.4%", 0.0001: "<0.1%", 0.9995: ">99.9%", 0.994: "99%", 0.99999: ">99.9%", 0.0996: "10%", 0.999: "99.9%"} {
		if got := percent(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}

func TestNothingHasNoSign(t *testing.T) {
	for in, want := range map[string]string{"-0.00": "0.00", "0": "0", "-0": "0", "-0.10": "\u22120.10", "-5": "\u22125", "5": "5"} {
		if got := minus(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestCalibrationError(t *testing.T) {
	// Ten answers at 0.95, six right; ten at 0.35, four right: (|0.6 − 0.95| + |0.4 − 0.35|) / 2.
	var r Reliability
	r.Bins = 10
	for i := range 10 {
		r.Confidence = append(r.Confidence, 0.95, 0.35)
		r.Correct = append(r.Correct, i < 6, i < 4)
	}
	if got := calibrationError(r.bins()); math.Abs(got-0.2) > 1e-12 {
		t.Errorf("%v, want 0.2", got)
	}
	if got := r.note(r.bins()); got != "expected calibration error 20%; accuracy 50%, mean confidence 65%, of 20 answers" {
		t.Errorf("note %q", got)
	}
	edge := Reliability{Confidence: []float64{0, 1}, Correct: []bool{false, true}, Bins: 4}
	if b := edge.bins(); b[0].n != 1 || b[3].n != 1 {
		t.Errorf("0 and 1 fall into %+v", b)
	}
}

func TestReliabilityBarsReachTheirAccuracy(t *testing.T) {
	var r Reliability
	r.Bins = 5
	for i := range 10 {
		r.Confidence = append(r.Confidence, 0.9)
		r.Correct = append(r.Correct, i < 4)
	}
	bins := r.bins()
	l, img := r.layout(bins), r.Image()
	x := l.diagram.axes.x + l.diagram.axes.w*0.85
	at := func(v float64) float64 { return l.diagram.axes.bottom() - l.diagram.axes.h*v }
	if !near(img, x, at(0.35), blue, 8) || near(img, x, at(0.45), blue, 8) {
		t.Error("the last bar does not end at 0.4")
	}
	if !near(img, x, at(0.6), mix(vermillion, paper, 0.55), 8) {
		t.Error("the distance to the confidence of 0.9 is not drawn")
	}
}

func TestBarsMayBeAddedOneByOne(t *testing.T) {
	b := Bars{Series: []BarSeries{{Name: "x"}, {Name: "y"}}}
	b.Add("a", 1, 2)
	b.Add("b", 3, 4)
	if _, err := b.drawing(); err != nil || b.Series[1].Values[1] != 4 || b.Labels[1] != "b" {
		t.Errorf("%+v, %v", b, err)
	}
	b.Add("c", 5)
	if _, err := b.drawing(); err == nil {
		t.Error("a label with too few values was accepted")
	}
}
