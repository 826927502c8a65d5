package chart

import (
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"clipbench/tui/theme"
	"clipbench/workbench/runlog"
)

// points makes a line; X is the index where xs is nil.
func points(xs, ys []float64) Line {
	var s runlog.Series
	for _, y := range ys {
		s.Push(y)
	}
	x := func(i int) float64 { return float64(i) }
	if xs != nil {
		x = func(i int) float64 { return xs[i] }
	}
	return Line{Raw: Data{Values: &s, X: x}}
}

func chartOf(lines ...Line) *Chart {
	look := theme.New(theme.Mode{NoColor: true})
	return &Chart{Theme: &look, Lines: lines, View: Whole(), Cursor: math.NaN(), Gutter: 5, XAxis: true}
}

var anyValue = rapid.OneOf(rapid.Float64Range(-5, 5), rapid.SampledFrom([]float64{0, math.NaN(), math.Inf(1), math.Inf(-1), 1e308, -1e308, 5e-324}))

// anyX never falls.
func anyX(t *rapid.T, n int) []float64 {
	xs := make([]float64, n)
	x := rapid.Float64Range(-10, 10).Draw(t, "x0")
	for i := range xs {
		xs[i] = x
		x += rapid.SampledFrom([]float64{0, 0, 1, 1, 1, 50}).Draw(t, "dx")
	}
	return xs
}

// TestDrawnEnvelopeEqualsRawEnvelope looks at every column of dots: the highest and lowest raw value in it are lit, and
// nothing is lit beyond what the values of this and the neighbouring points span.
func TestDrawnEnvelopeEqualsRawEnvelope(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 400).Draw(t, "n")
		ys := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(-5, 5), rapid.SampledFrom([]float64{math.NaN(), 80})), n, n).Draw(t, "ys")
		line := points(anyX(t, n), ys)
		c := chartOf(line)
		f := c.frame(rapid.IntRange(2, 40).Draw(t, "w"), rapid.IntRange(1, 12).Draw(t, "h"))
		if !f.ok {
			return
		}
		c.drawLines(f)
		for column := range f.raster.columns() {
			checkColumn(t, f, line, ys, column)
		}
	})
}

func checkColumn(t *rapid.T, f *frame, line Line, ys []float64, column int) {
	inside, beside := runlog.Nothing(), runlog.Nothing() // a point's mark is two dots wide
	before, after := math.NaN(), math.NaN()
	for i, y := range ys {
		at := f.column(line.Raw.X(i))
		if at == column^1 {
			beside = beside.With(y)
		}
		switch {
		case at == column:
			inside = inside.With(y)
		case at < column && !math.IsNaN(y):
			before = y
		case at > column && math.IsNaN(after):
			after = y
		}
	}
	reach := inside.With(before).With(after).Join(beside)
	top, bottom := -1, -1
	for y := range f.raster.rows() {
		if f.raster.lit(column, y) {
			if top < 0 {
				top = y
			}
			bottom = y
		}
	}
	if !inside.Empty() && (!f.raster.lit(column, f.row(inside.Max)) || !f.raster.lit(column, f.row(inside.Min))) {
		t.Fatalf("column %d: %v is not all lit (lit from %d to %d)", column, inside, top, bottom)
	}
	if top >= 0 && !reach.Empty() && (top < f.row(reach.Max)-1 || bottom > f.row(reach.Min)+1) {
		t.Fatalf("column %d: lit from %d to %d, the values reach only from %d to %d", column, top, bottom, f.row(reach.Max), f.row(reach.Min))
	}
}

// TestAnyChartKeepsItsSize draws whatever comes, at any size and zoom, in every mode.
func TestAnyChartKeepsItsSize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var lines []Line
		for k := range rapid.IntRange(0, 3).Draw(t, "lines") {
			n := rapid.IntRange(0, 60).Draw(t, "n")
			line := points(anyX(t, n), rapid.SliceOfN(anyValue, n, n).Draw(t, "ys"))
			line.Tint = k
			if rapid.Bool().Draw(t, "smooth") {
				s := Smoothed{Weight: 0.9}
				s.Extend(line.Raw.Values)
				line.Smooth = &s.Series
			}
			lines = append(lines, line)
		}
		c := chartOf(lines...)
		look := theme.New(theme.Mode{ASCII: rapid.Bool().Draw(t, "ascii"), NoColor: rapid.Bool().Draw(t, "plain")})
		c.Theme = &look
		c.XScale = Scale(rapid.IntRange(0, 3).Draw(t, "scale"))
		c.View = View{
			anyValue.Draw(t, "x0"), anyValue.Draw(t, "x1"), anyValue.Draw(t, "y0"), anyValue.Draw(t, "y1"),
			rapid.Bool().Draw(t, "logx"), rapid.Bool().Draw(t, "logy"),
		}
		c.Cursor = anyValue.Draw(t, "cursor")
		w, h := rapid.IntRange(0, 60).Draw(t, "w"), rapid.IntRange(0, 20).Draw(t, "h")
		c.Gutter = c.LabelWidth(h)
		out := c.Draw(w, h)
		if out.W != w || out.H != h {
			t.Fatalf("%d×%d", out.W, out.H)
		}
		for _, l := range strings.Split(out.String(), "\n") {
			if ansi.StringWidth(l) != w && h > 0 {
				t.Fatalf("%d cells, want %d", ansi.StringWidth(l), w)
			}
		}
	})
}

func TestGapAndMarkWhereValuesAreNaN(t *testing.T) {
	ys := make([]float64, 40)
	for i := range ys {
		ys[i] = 1
	}
	for i := 15; i < 25; i++ {
		ys[i] = math.NaN()
	}
	ys[35] = math.Inf(1)
	c := chartOf(points(nil, ys))
	out := c.Draw(46, 5)
	lines := strings.Split(ansi.Strip(out.String()), "\n")
	if !strings.Contains(lines[3], "×××") {
		t.Errorf("no marks of NaN at the bottom:\n%s", strings.Join(lines, "\n"))
	}
	if !strings.Contains(lines[0], "×") {
		t.Errorf("no mark of +Inf at the top:\n%s", strings.Join(lines, "\n"))
	}
	f := c.frame(40, 4)
	c.drawLines(f)
	row := f.row(1)
	if middle := f.column(20); f.raster.lit(middle, row) {
		t.Error("a line was drawn over the gap")
	}
	if !f.raster.lit(f.column(10), row) || !f.raster.lit(f.column(30), row) {
		t.Error("the line beside the gap is missing")
	}
}

func TestSmoothingIsNotBiasedAtTheStart(t *testing.T) {
	var s runlog.Series
	for range 50 {
		s.Push(3)
	}
	smooth := Smoothed{Weight: 0.99}
	smooth.Extend(&s)
	for i := range smooth.Series.Len() {
		if math.Abs(smooth.Series.Value(i)-3) > 1e-12 {
			t.Fatalf("the mean of threes is %v at %d", smooth.Series.Value(i), i)
		}
	}
}

// TestSmoothingByHand compares with the weights written out.
func TestSmoothingByHand(t *testing.T) {
	ys := []float64{4, 1, math.NaN(), 7}
	line := points(nil, ys)
	smooth := Smoothed{Weight: 0.5}
	smooth.Extend(line.Raw.Values)
	for i, want := range []float64{4, (1*1 + 0.5*4) / 1.5, math.NaN(), (7 + 0.5*1 + 0.25*4) / 1.75} {
		if got := smooth.Series.Value(i); math.Abs(got-want) > 1e-12 || math.IsNaN(got) != math.IsNaN(want) {
			t.Errorf("%d: %v, want %v", i, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	line := points([]float64{0, 10, 20}, []float64{1, 2, 3})
	for x, want := range map[float64]int{-5: 0, 4: 0, 6: 1, 14: 1, 16: 2, 99: 2} {
		if got := line.Nearest(x); got != want {
			t.Errorf("nearest to %v is %d, want %d", x, got, want)
		}
	}
	empty := points(nil, nil)
	if empty.Nearest(3) != -1 {
		t.Error("there is nothing near in an empty line")
	}
}

// BenchmarkDrawMillion draws a line of a million points.
func BenchmarkDrawMillion(b *testing.B) {
	ys := make([]float64, 1_000_000)
	for i := range ys {
		ys[i] = math.Sin(float64(i)/1e5) + 0.1*math.Sin(float64(i))
	}
	c := chartOf(points(nil, ys))
	for b.Loop() {
		c.Draw(120, 20)
	}
}
