package clip

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"clipbench/workbench/device"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

func openBackend(t testing.TB) compute.Backend {
	t.Helper()
	d, err := device.Open(context.Background(), device.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d.Backend
}

// valueAndGradients returns attention's result and its gradients in query, key and value, of a random projection of it.
func valueAndGradients(attend func(q, k, v *Node) *Node, dtype dtypes.DType) func(q, k, v, weights *Node) []*Node {
	return func(q, k, v, weights *Node) []*Node {
		q, k, v = ConvertDType(q, dtype), ConvertDType(k, dtype), ConvertDType(v, dtype)
		out := attend(q, k, v)
		loss := ReduceAllSum(Mul(ConvertDType(out, dtypes.Float32), weights))
		results := append([]*Node{out}, Gradient(loss, q, k, v)...)
		for i, r := range results {
			results[i] = ConvertDType(r, dtypes.Float32)
		}
		return results
	}
}

func normalTensor(r *rand.Rand, dims ...int) *tensors.Tensor {
	n := 1
	for _, d := range dims {
		n *= d
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(r.NormFloat64())
	}
	return tensors.FromFlatDataAndDimensions(values, dims...)
}

func TestAttentionInChunksEqualsAttentionInValueAndGradient(t *testing.T) {
	backend := openBackend(t)
	for _, tc := range []struct {
		sequence, chunk int
		causal          bool
		dtype           dtypes.DType
		within          float64
	}{
		{12, 4, false, dtypes.Float32, 2e-6},
		{13, 4, true, dtypes.Float32, 2e-6},
		{5, 8, true, dtypes.Float32, 2e-6},
		{13, 4, true, dtypes.BFloat16, 4e-2},
		{10, 4, false, dtypes.BFloat16, 4e-2},
	} {
		t.Run(fmt.Sprintf("%d by %d, causal %v, %s", tc.sequence, tc.chunk, tc.causal, tc.dtype), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			var inputs []any
			for range 4 {
				inputs = append(inputs, normalTensor(r, 2, 3, tc.sequence, 8))
			}
			tower, pass := &tower{causal: tc.causal}, &Pass{DType: tc.dtype}
			plain := func(q, k, v *Node) *Node { return tower.core(pass, q, k, v, nil) }
			want := MustExecOnceN(backend, valueAndGradients(plain, tc.dtype), inputs...)
			got := MustExecOnceN(backend, valueAndGradients(chunked{tc.causal, tc.dtype, tc.chunk}.attend, tc.dtype), inputs...)
			for i, name := range []string{"value", "gradient in query", "gradient in key", "gradient in value"} {
				if d := distance(got[i], want[i]); !(d <= tc.within) {
					t.Errorf("%s differs by %g of its largest", name, d)
				}
			}
		})
	}
}

// distance is the largest difference of two tensors over the largest of the second's values.
func distance(a, b *tensors.Tensor) float64 {
	x, y := tensors.MustCopyFlatData[float32](a), tensors.MustCopyFlatData[float32](b)
	worst, largest := 0.0, 0.0
	for i := range y {
		largest = math.Max(largest, math.Abs(float64(y[i])))
		if d := math.Abs(float64(x[i]) - float64(y[i])); d > worst || math.IsNaN(d) {
			worst = d
		}
	}
	return worst / largest
}

func TestMemoryOfAttentionInChunksGrowsWithTheSequenceAndNotItsSquare(t *testing.T) {
	backend := openBackend(t)
	temporary := func(sequence int, attend func(q, k, v *Node) *Node) float64 {
		x := shapes.Make(dtypes.Float32, 8, sequence, 32)
		program, err := MustNewExec(backend, valueAndGradients(attend, dtypes.Float32)).Compile(x, x, x, x)
		if err != nil {
			t.Fatal(err)
		}
		m, ok := device.MemoryOf(program.Executable())
		if !ok {
			t.Skip("the Go backend does not say what a program takes")
		}
		return float64(m.Temporary)
	}
	plain := func(q, k, v *Node) *Node { return (&tower{}).core(&Pass{DType: dtypes.Float32}, q, k, v, nil) }
	inChunks := chunked{dtype: dtypes.Float32, size: flashChunk}.attend
	var whole, part []float64
	for _, sequence := range []int{512, 1024, 2048} {
		whole, part = append(whole, temporary(sequence, plain)), append(part, temporary(sequence, inChunks))
		t.Logf("%d positions: %.1f MiB with all scores, %.1f MiB in chunks", sequence, whole[len(whole)-1]/(1<<20), part[len(part)-1]/(1<<20))
	}
	for i := range 2 {
		if growth := part[i+1] / part[i]; growth > 2.1 {
			t.Errorf("twice the sequence takes %.2f times the memory in chunks", growth)
		}
		if growth := whole[i+1] / whole[i]; growth < 3 {
			t.Errorf("twice the sequence takes %.2f times the memory with all scores: the measure is wrong", growth)
		}
	}
}
