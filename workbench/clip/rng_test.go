package clip

import (
	"math"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// drawn are three draws of 4 × 4,096 values in a pass over some rows.
func drawn(t *testing.T, seed uint64, step int32, rows []int32) [][]float32 {
	t.Helper()
	e, err := NewExec(goBackend(t), func(seed, step, rows *Node) []*Node {
		r := NewRNG(seed, step, rows)
		n := rows.Shape().Dim(0)
		return []*Node{r.uniform(n, 4096), r.uniform(n*2, 64, 32), r.uniform(n, 1)}
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := e.Call(seed, step, rows)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]float32
	for _, o := range out {
		all = append(all, tensors.MustCopyFlatData[float32](o))
	}
	return all
}

func TestDrawsOfASampleDoNotDependOnHowTheBatchIsCut(t *testing.T) {
	whole := drawn(t, 7, 3, []int32{0, 1, 2, 3})
	part := drawn(t, 7, 3, []int32{3, 1})
	for k, per := range []int{4096, 4096, 1} {
		row := func(all [][]float32, i int) []float32 { return all[k][i*per : (i+1)*per] }
		if !slices.Equal(row(part, 0), row(whole, 3)) || !slices.Equal(row(part, 1), row(whole, 1)) {
			t.Errorf("draw %d differs when two of four rows are drawn alone", k)
		}
	}
}

func TestDrawsAreUniformAndUnrelated(t *testing.T) {
	base := drawn(t, 7, 3, []int32{0, 1, 2, 3})
	columns := map[string][]float32{
		"first draw": base[0], "second draw": base[1],
		"next step": drawn(t, 7, 4, []int32{0, 1, 2, 3})[0],
		"next seed": drawn(t, 8, 3, []int32{0, 1, 2, 3})[0],
		"next rows": drawn(t, 7, 3, []int32{4, 5, 6, 7})[0],
		"shifted":   append(slices.Clone(base[0][1:]), base[0][0]),
	}
	for name, values := range columns {
		bins, n := make([]float64, 64), float64(len(values))
		for _, v := range values {
			if v < 0 || v >= 1 {
				t.Fatalf("%s: %g is not in [0, 1)", name, v)
			}
			bins[int(v*64)]++
		}
		chi := 0.0
		for _, count := range bins {
			chi += (count - n/64) * (count - n/64) / (n / 64)
		}
		if chi > 63+6*math.Sqrt(2*63) {
			t.Errorf("%s: χ² of 64 bins is %.0f", name, chi)
		}
		if name == "first draw" {
			continue
		}
		sum := 0.0
		for i, v := range values {
			sum += float64(v-0.5) * float64(base[0][i]-0.5) * 12
		}
		if r := sum / n; math.Abs(r) > 5/math.Sqrt(n) {
			t.Errorf("%s: correlation with the first draw is %.3f", name, r)
		}
	}
}
