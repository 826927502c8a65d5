package runlog

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

var someValue = rapid.OneOf(
	rapid.Float64Range(-10, 10),
	rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, 1e308, -1e308}),
)

// plainRange is the range found by looking at every value.
func plainRange(values []float64) Range {
	r := Nothing()
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			if math.IsNaN(r.Min) {
				r = Range{v, v}
			}
			r.Min, r.Max = math.Min(r.Min, v), math.Max(r.Max, v)
		}
	}
	return r
}

func sameRange(a, b Range) bool { return sameNumber(a.Min+0, b.Min+0) && sameNumber(a.Max+0, b.Max+0) }

// TestPyramidEqualsRawValues pushes and cuts at random and compares every answer with the plain list's.
func TestPyramidEqualsRawValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Series
		var plain []float64
		for range rapid.IntRange(1, 8).Draw(t, "rounds") {
			if len(plain) > 0 && rapid.Bool().Draw(t, "cut") {
				n := rapid.IntRange(0, len(plain)).Draw(t, "keep")
				s.Cut(n)
				plain = plain[:n]
			}
			values := rapid.SliceOfN(someValue, 0, 700).Draw(t, "values")
			for _, v := range values {
				s.Push(v)
			}
			plain = append(plain, values...)
			i := rapid.IntRange(0, len(plain)).Draw(t, "from")
			j := rapid.IntRange(i, len(plain)).Draw(t, "to")
			if got, want := s.Range(i, j), plainRange(plain[i:j]); !sameRange(got, want) {
				t.Fatalf("range of %d..%d of %d is %v, the values say %v", i, j, len(plain), got, want)
			}
			checkBest(t, &s, plain)
			checkBad(t, &s, plain)
		}
	})
}

func checkBest(t *rapid.T, s *Series, plain []float64) {
	whole := plainRange(plain)
	for _, least := range []bool{true, false} {
		want, target := -1, whole.Max
		if least {
			target = whole.Min
		}
		for i, v := range plain {
			if v == target {
				want = i
				break
			}
		}
		if got := s.Best(least); got != want {
			t.Fatalf("best (least %v) at %d, the values say %d", least, got, want)
		}
	}
}

func checkBad(t *rapid.T, s *Series, plain []float64) {
	k := 0
	for i, v := range plain {
		if finite(v) {
			continue
		}
		if k >= s.Bads() || s.Bad(k) != i {
			t.Fatalf("value %d (%v) is not among the bad", i, v)
		}
		k++
	}
	if k != s.Bads() {
		t.Fatalf("%d bad values, the values say %d", s.Bads(), k)
	}
}

func TestChunksGrowAndCut(t *testing.T) {
	var v vector[int]
	for i := range 3*chunk + 5 {
		v.push(i)
	}
	v.cut(2 * chunk)
	v.push(-1)
	if v.length != 2*chunk+1 || v.at(2*chunk) != -1 || v.at(2*chunk-1) != 2*chunk-1 {
		t.Fatalf("length %d, last %d, %d", v.length, v.at(2*chunk-1), v.at(2*chunk))
	}
}
