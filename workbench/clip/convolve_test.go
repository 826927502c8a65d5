package clip

import (
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	_ "github.com/gomlx/compute/gobackend"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// goBackend is GoMLX's own, in one goroutine: its default pool deadlocks on few cores.
func goBackend(t *testing.T) compute.Backend {
	t.Helper()
	b, err := compute.NewWithConfig("go:parallelism=-1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Finalize)
	return b
}

func TestConvolveEqualsGoMLXs(t *testing.T) {
	b := goBackend(t)
	for _, stride := range []int{1, 2} {
		x := Init{normal: 1}.Values(1, "x", 2*6*8*3)
		w := Init{normal: 1}.Values(1, "w", 3*3*3*5)
		p := &Pass{DType: dtypes.Float32}
		e, err := NewExec(b, func(x, w *Node) []*Node {
			ours := p.convolve(x, w, stride)
			theirs := Convolve(x, w).Strides(stride).PaddingPerDim([][2]int{{1, 1}, {1, 1}}).Done()
			ours.AssertDims(theirs.Shape().Dimensions...)
			loss := func(y *Node) *Node { return ReduceAllSum(Mul(y, Sin(y))) }
			a, b := Gradient(loss(ours), x, w), Gradient(loss(theirs), x, w)
			return []*Node{Sub(ours, theirs), Sub(a[0], b[0]), Sub(a[1], b[1])}
		})
		if err != nil {
			t.Fatal(err)
		}
		out, err := e.Call(tensors.FromFlatDataAndDimensions(x, 2, 6, 8, 3), tensors.FromFlatDataAndDimensions(w, 3, 3, 3, 5))
		if err != nil {
			t.Fatal(err)
		}
		for i, what := range []string{"value", "gradient of the pictures", "gradient of the weights"} {
			for _, d := range tensors.MustCopyFlatData[float32](out[i]) {
				if math.Abs(float64(d)) > 2e-4 {
					t.Fatalf("stride %d: the %s differs by %g", stride, what, d)
				}
			}
		}
	}
}
