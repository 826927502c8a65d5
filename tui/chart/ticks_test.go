package chart

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func labels(ticks []Tick) string {
	var out []string
	for _, t := range ticks {
		out = append(out, t.Label)
	}
	return strings.Join(out, " ")
}

func TestTicksAreRound(t *testing.T) {
	for _, tc := range []struct {
		scale  Scale
		lo, hi float64
		n      int
		want   string
	}{
		{Linear, 0, 1333, 4, "0 500 1k"},
		{Linear, 0, 5200, 5, "0 2k 4k"},
		{Linear, 0, 5200, 6, "0 1k 2k 3k 4k 5k"},
		{Linear, 0, 500000, 5, "0 100k 200k 300k 400k 500k"},
		{Linear, 0.18, 5.3, 4, "2 4"},
		{Linear, 900, 2100, 4, "1k 1.5k 2k"},
		{Linear, 2.1, 2.2, 4, "2.10 2.15 2.20"},
		{Linear, -1, 1, 4, "-1.0 -0.5 0 0.5 1.0"},
		{Linear, 0, 0.0005, 4, "0 2e-4 4e-4"},
		{Log, 1e-5, 1, 6, "1e-5 1e-4 1e-3 0.01 0.1 1"},
		{Log, 1, 1e6, 4, "1 100 10k 1M"},
		{Log, 1.5, 9, 4, "2 5"},
		{Elapsed, 0, 700, 4, "0s 5m 10m"},
		{Elapsed, 0, 90000, 4, "0s 12h 1d"},
		{Linear, 3, 3, 4, ""},
		{Elapsed, 1e18, 1e18 + 512, 4, ""},
		{Linear, math.NaN(), 1, 4, ""},
		{Linear, -math.MaxFloat64, math.MaxFloat64, 4, ""},
		{Log, -1, 5, 3, ""},
	} {
		if got := labels(tc.scale.Ticks(tc.lo, tc.hi, tc.n)); got != tc.want {
			t.Errorf("%v %v..%v in %d: %q, want %q", tc.scale, tc.lo, tc.hi, tc.n, got, tc.want)
		}
	}
}

func TestTicksStayInsideAndAreFew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := Scale(rapid.IntRange(0, 3).Draw(t, "scale"))
		lo := rapid.Float64().Draw(t, "lo")
		hi := lo + math.Abs(rapid.Float64().Draw(t, "span"))
		n := rapid.IntRange(1, 20).Draw(t, "n")
		ticks := scale.Ticks(lo, hi, n)
		if len(ticks) > 3*n+3 {
			t.Fatalf("%d ticks for %d: %s", len(ticks), n, labels(ticks))
		}
		slack := (hi - lo) * 1e-3 // of numbers at the end of their resolution
		for _, tick := range ticks {
			if tick.Value < lo-slack || tick.Value > hi+slack {
				t.Fatalf("%v is outside %v..%v", tick.Value, lo, hi)
			}
		}
	})
}

func TestNumbersAreShort(t *testing.T) {
	for _, tc := range []struct {
		v    float64
		want string
	}{
		{0, "0"},
		{2.13449, "2.134"},
		{0.042134, "0.04213"},
		{1e-3, "0.001"},
		{0.00031, "3.1e-4"},
		{12345, "12.35k"},
		{1204, "1204"},
		{9999.7, "10k"},
		{500000, "500k"},
		{1e308, "1e308"},
		{-2.5e6, "-2.5M"},
		{math.NaN(), "NaN"},
		{math.Inf(-1), "-Inf"},
		{100, "100"},
		{999999, "1M"},
	} {
		if got := Value(tc.v); got != tc.want {
			t.Errorf("Value(%v) = %q, want %q", tc.v, got, tc.want)
		}
	}
	for v, want := range map[float64]string{0: "0s", 0.25: "0.25s", 42: "42s", 185: "3m05s", 7800: "2h10m", 273600: "3d04h", 3600: "1h", -5: "-5s", math.Inf(1): "–"} {
		if got := Duration(v); got != want {
			t.Errorf("Duration(%v) = %q, want %q", v, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1204: "1,204", -1234567: "-1,234,567"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}
