package clip

import (
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Pass is one evaluation of the model inside a graph: with which weights, in which precision, training or not.
type Pass struct {
	Weights  Weights
	DType    dtypes.DType // of matrix products and what lies between them: Float32, BFloat16 or Float16
	Training bool         // dropout, drop path and drop patch act only in training
	RNG      *RNG         // their randomness; may be nil when none of them is used
	Ranks    int          // data parallel ranks that the batch lies on, for the losses' local forms; 0 is 1
	Divided  bool         // tensor parallelism: heads and MLP lie divided among devices

	since *Node // what vectors wait for before they are spread over the tokens; nil: nothing
}

// weight is a tensor in the pass's precision.
func (p *Pass) weight(path string) *Node { return ConvertDType(p.Weights(path), p.DType) }

// project is x·w: x [..., in], w [in, ...out].
func (p *Pass) project(x, w *Node) *Node { return p.affine(x, w, nil) }

// dense is x·w + b with the weight and bias at path.
func (p *Pass) dense(path string, x *Node) *Node {
	return p.affine(x, p.weight(path+"/weight"), p.weight(path+"/bias"))
}

// affine is one product of two matrices, which XLA's CPU backend is fastest at. Divided, a weight keeps its axes: one that
// lies divided would have to be gathered whole to be flattened.
func (p *Pass) affine(x, w, b *Node) *Node {
	if p.Divided && w.Rank() > 2 {
		y := Dot(x, w).WithAccumulatorDType(p.DType).General([]int{x.Rank() - 1}, nil, []int{0}, nil)
		return Add(y, ExpandLeftToRank(b, y.Rank()))
	}
	dims := append(x.Shape().Clone().Dimensions[:x.Rank()-1], w.Shape().Dimensions[1:]...)
	in := w.Shape().Dim(0)
	y := Dot(Reshape(x, -1, in), Reshape(w, in, -1)).WithAccumulatorDType(p.DType).General([]int{1}, nil, []int{0}, nil)
	if b != nil {
		y = Add(y, Reshape(p.spread(b), 1, -1))
	}
	return Reshape(y, dims...)
}

// spread is a bias or a gain that is about to meet every token. XLA's CPU compiler writes such a vector out for all of them,
// and would for those of all blocks when the step begins.
func (p *Pass) spread(vector *Node) *Node {
	if p.since == nil {
		return vector
	}
	return SchedulingBarrier(vector, p.since)
}

// norm is layer normalisation over the last axis, computed in float32. Ba et al. 2016.
func (p *Pass) norm(path string, epsilon float64, x *Node) *Node {
	y := ConvertDType(x, dtypes.Float32)
	y = Sub(y, ReduceAndKeep(y, ReduceMean, -1))
	y = Div(y, Sqrt(AddScalar(ReduceAndKeep(Square(y), ReduceMean, -1), epsilon)))
	y = Mul(y, ExpandLeftToRank(p.spread(p.Weights(path+"/weight")), y.Rank()))
	y = Add(y, ExpandLeftToRank(p.spread(p.Weights(path+"/bias")), y.Rank()))
	return ConvertDType(y, x.DType())
}

// dropout zeroes a share of x and scales the rest up. Srivastava et al. 2014.
func (p *Pass) dropout(rate float64, x *Node) *Node {
	if !p.Training || rate == 0 {
		return x
	}
	return p.drop(rate, x, x.Shape().Dimensions)
}

// dropPath zeroes the whole branch x [batch, ...] of a share of the samples. Huang et al. 2016.
func (p *Pass) dropPath(rate float64, x *Node) *Node {
	if !p.Training || rate == 0 {
		return x
	}
	return p.drop(rate, x, rowShape(x.Shape().Dim(0), x.Rank()))
}

// rowShape is the dimensions of one value a row, in so many axes: [n, 1, …, 1].
func rowShape(n, rank int) []int { return append([]int{n}, slices.Repeat([]int{1}, rank-1)...) }

func (p *Pass) drop(rate float64, x *Node, dims []int) *Node {
	keep := GreaterOrEqual(p.RNG.uniform(dims...), Const(x.Graph(), float32(rate)))
	return Mul(x, DivScalar(ConvertDType(keep, x.DType()), 1-rate))
}
