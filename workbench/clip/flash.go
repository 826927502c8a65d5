package clip

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
)

// flashChunk is how many keys are looked at together where cuDNN's kernel cannot be had.
const flashChunk = 128

// FlashFallback says why a tower that asks for flash attention will not have cuDNN's kernel, in some precision over some
// devices of a backend: nil if it will, or if none asks. What it has then is exact too, in chunks of the keys.
func (m *Model) FlashFallback(backend compute.Backend, dtype dtypes.DType, devices int) error {
	for _, t := range []*tower{&m.vision, &m.text} {
		if !t.flash {
			continue
		}
		if devices > 1 {
			return errors.New("XLA cannot divide cuDNN's kernel among devices")
		}
		if err := probeFlashKernel(backend, t.headWidth, dtype); err != nil {
			return err
		}
	}
	return nil
}

// probeFlashKernel tries to put the kernel into a graph.
func probeFlashKernel(backend compute.Backend, headWidth int, dtype dtypes.DType) error {
	g := NewGraph(backend, "flash attention")
	defer g.Finalize()
	return exceptions.TryCatch[error](func() {
		x := Zeros(g, shapes.Make(dtype, 1, 1, 8, headWidth))
		flashKernel(x, x, x, 1, false)
	})
}

// flashKernel is cuDNN's fused attention; it panics where the backend has none.
func flashKernel(query, key, value *Node, scale float64, causal bool) *Node {
	out, _ := BackendFusedScaledDotProductAttention(query, key, value, compute.AttentionAxesLayoutBHSD,
		&compute.ScaledDotProductAttentionConfig{Scale: scale, Causal: causal})
	return out
}

// tryFlashKernel is flashKernel where the backend has it.
func tryFlashKernel(query, key, value *Node, scale float64, causal bool) (out *Node, ok bool) {
	err := exceptions.TryCatch[error](func() { out = flashKernel(query, key, value, scale, causal) })
	if err != nil && !compute.IsNotImplemented(err) {
		panic(err)
	}
	return out, err == nil
}

// chunked is attention over chunks of the keys: exact, in memory that grows linearly with the sequence. Rabe and Staats
// 2021, "Self-attention Does Not Need O(n²) Memory"; Dao et al. 2022, "FlashAttention", §3.1.
type chunked struct {
	causal bool
	dtype  dtypes.DType // of products
	size   int          // keys in a chunk
}

// attend is softmax(query·keyᵀ)·value, of queries that are scaled already. All are [..., sequence, headWidth]. Its gradient
// is written out: scores are computed again chunk by chunk, and none are kept.
func (c chunked) attend(query, key, value *Node) *Node {
	out := StopGradient(c.forward(StopGradient(query), StopGradient(key), StopGradient(value)))
	all := IdentityWithCustomGradient(Stack([]*Node{query, key, value, out}, 0), func(all, adjoint *Node) *Node {
		gradients := c.backward(pick(all, 0), pick(all, 1), pick(all, 2), pick(all, 3), pick(adjoint, 3))
		return Stack(append(gradients, ZerosLike(gradients[0])), 0)
	})
	return pick(all, 3)
}

// pick is the i-th of what was stacked on a first axis.
func pick(x *Node, i int) *Node { return Squeeze(Slice(x, AxisElem(i)), 0) }

// forward goes over the chunks with the greatest score so far, the sum of exponentials below it and the values they weigh.
func (c chunked) forward(query, key, value *Node) *Node {
	start := append(c.start(query), Zeros(query.Graph(), single(query)))
	end := c.loop(key, []*Node{query}, []*Node{key, value}, start, func(i *Node, fixed, chunk, state []*Node) []*Node {
		highest, sum, mixed := state[0], state[1], state[2]
		higher, weights, shrink := c.step(c.scores(fixed[0], chunk[0], i, key), highest)
		mixed = Add(Mul(mixed, shrink), c.product(weights, chunk[1], false, false))
		return []*Node{higher, Add(Mul(sum, shrink), total(weights)), mixed}
	})
	return ConvertDType(Div(end[2], end[1]), query.DType())
}

// normalizer is the logarithm of each query's sum of exponentials: float32 [..., sequence, 1].
func (c chunked) normalizer(query, key *Node) *Node {
	end := c.loop(key, []*Node{query}, []*Node{key}, c.start(query), func(i *Node, fixed, chunk, state []*Node) []*Node {
		higher, weights, shrink := c.step(c.scores(fixed[0], chunk[0], i, key), state[0])
		return []*Node{higher, Add(Mul(state[1], shrink), total(weights))}
	})
	return Add(end[0], Log(end[1]))
}

// backward is the gradient in query, key and value, given the result and the gradient in it. Dao et al. 2022, algorithm 4.
func (c chunked) backward(query, key, value, out, adjoint *Node) []*Node {
	g := query.Graph()
	normalizer := c.normalizer(query, key)
	mean := ReduceAndKeep(Mul(ConvertDType(out, dtypes.Float32), ConvertDType(adjoint, dtypes.Float32)), ReduceSum, -1)
	perChunk := Zeros(g, shapes.Make(dtypes.Float32, c.chunks(key).Shape().Dimensions...))

	start := []*Node{Zeros(g, single(query)), perChunk, perChunk}
	end := c.loop(key, []*Node{query, adjoint, normalizer, mean}, []*Node{key, value}, start, func(i *Node, fixed, chunk, state []*Node) []*Node {
		query, adjoint, normalizer, mean := fixed[0], fixed[1], fixed[2], fixed[3]
		weights := Exp(Sub(c.scores(query, chunk[0], i, key), normalizer))
		inScores := Mul(weights, Sub(c.product(adjoint, chunk[1], false, true), mean))
		return []*Node{
			Add(state[0], c.product(inScores, chunk[0], false, false)),
			put(state[1], c.product(inScores, query, true, false), i),
			put(state[2], c.product(weights, adjoint, true, false), i),
		}
	})
	return []*Node{ConvertDType(end[0], query.DType()), c.whole(end[1], key), c.whole(end[2], key)}
}

// start is the greatest score and the sum before the first chunk.
func (c chunked) start(query *Node) []*Node {
	row := single(query)
	row.Dimensions[row.Rank()-1] = 1
	return []*Node{BroadcastToShape(Const(query.Graph(), float32(-1e30)), row), Zeros(query.Graph(), row)}
}

// step is the greatest score after a chunk, the chunk's exponentials below it, and what shrinks those before.
func (c chunked) step(scores, highest *Node) (higher, weights, shrink *Node) {
	higher = Max(highest, greatest(scores))
	return higher, Exp(Sub(scores, higher)), Exp(Sub(highest, higher))
}

// total is the sum over the last axis of x, and greatest its maximum, each kept as an axis of 1. GoMLX makes a reduction,
// and a constant of AddScalar and its like, once for a graph, and what is made within a loop cannot be used without: inside,
// a product and a tree take the reductions' place, and constants are Const.
func total(x *Node) *Node {
	ones := BroadcastToDims(Const(x.Graph(), float32(1)), x.Shape().Dim(-1), 1)
	return Dot(x, ones).General([]int{x.Rank() - 1}, nil, []int{0}, nil)
}

func greatest(x *Node) *Node {
	last := x.Rank() - 1
	for n := x.Shape().Dim(-1); n > 1; n = (n + 1) / 2 {
		x = Max(SliceAxis(x, last, AxisRange(0, (n+1)/2)), SliceAxis(x, last, AxisRange(n/2, n)))
	}
	return x
}

// scores of chunk i of the keys: float32 [..., sequence, size]. Keys that a query must not see, or that only fill the
// last chunk, score so low that they weigh nothing.
func (c chunked) scores(query, chunk, i, key *Node) *Node {
	g := query.Graph()
	scores := c.product(query, chunk, false, true)
	square := shapes.Make(dtypes.Int32, scores.Shape().Dim(-2), c.size)
	at := Add(Iota(g, square, 1), Mul(i, Const(g, int32(c.size))))
	seen := LessThan(at, Const(g, int32(key.Shape().Dim(-2))))
	if c.causal {
		seen = And(seen, LessOrEqual(at, Iota(g, square, 0)))
	}
	return Where(BroadcastToDims(ExpandLeftToRank(seen, scores.Rank()), scores.Shape().Dimensions...), scores, Const(g, float32(-1e30)))
}

// product multiplies the matrices of two stacks, each turned if asked, in the precision of the pass: float32 [..., rows, columns].
func (c chunked) product(a, b *Node, turnA, turnB bool) *Node {
	r := a.Rank()
	each := make([]int, r-2)
	for i := range each {
		each[i] = i
	}
	axis := map[bool]int{false: r - 1, true: r - 2}
	y := Dot(ConvertDType(a, c.dtype), ConvertDType(b, c.dtype)).WithAccumulatorDType(c.dtype).General([]int{axis[turnA]}, each, []int{axis[!turnB]}, each)
	return ConvertDType(y, dtypes.Float32)
}

// chunks cuts x [..., sequence, width] into [chunk, ..., size, width], the last filled up with zeros.
func (c chunked) chunks(x *Node) *Node {
	d := x.Shape().Clone().Dimensions
	r := len(d)
	n := (d[r-2] + c.size - 1) / c.size
	if missing := n*c.size - d[r-2]; missing > 0 {
		fill := x.Shape().Clone()
		fill.Dimensions[r-2] = missing
		x = Concatenate([]*Node{x, Zeros(x.Graph(), fill)}, r-2)
	}
	x = Reshape(x, append(append(append([]int{}, d[:r-2]...), n, c.size), d[r-1])...)
	return TransposeAllAxes(x, moved(r+1, r-2, 0)...)
}

// whole puts chunks together again, without what filled the last, in the shape and dtype of like.
func (c chunked) whole(chunks, like *Node) *Node {
	r := like.Rank()
	x := TransposeAllAxes(chunks, moved(r+1, 0, r-2)...)
	d := like.Shape().Clone().Dimensions
	d[r-2] = x.Shape().Dim(r-2) * c.size
	x = Reshape(x, d...)
	return ConvertDType(SliceAxis(x, r-2, AxisRange(0, like.Shape().Dim(r-2))), like.DType())
}

// moved is a permutation of rank axes that takes axis from to place to, the others in their order.
func moved(rank, from, to int) []int {
	var order []int
	for axis := range rank {
		if axis != from {
			order = append(order, axis)
		}
	}
	return append(order[:to:to], append([]int{from}, order[to:]...)...)
}

// put makes x the i-th of a stack.
func put(stack, x, i *Node) *Node {
	at := make([]*Node, stack.Rank())
	for axis := range at {
		at[axis] = Const(x.Graph(), int32(0))
	}
	at[0] = i
	return DynamicUpdateSlice(stack, ExpandAxes(x, 0), at)
}

// take is the i-th of a stack.
func take(stack, i *Node) *Node {
	at, dims := make([]*Node, stack.Rank()), stack.Shape().Clone().Dimensions
	for axis := range at {
		at[axis] = Const(i.Graph(), int32(0))
	}
	at[0], dims[0] = i, 1
	return Squeeze(DynamicSlice(stack, at, dims), 0)
}

// loop runs step for each chunk i of over, in turn: fixed stays as it is, chunk is the i-th of each of over, and state is
// what the step before returned.
func (c chunked) loop(key *Node, fixed, over, state []*Node, step func(i *Node, fixed, chunk, state []*Node) []*Node) []*Node {
	g := key.Graph()
	all := append([]*Node{Const(g, int32(0))}, fixed...)
	for _, x := range over {
		all = append(all, c.chunks(x))
	}
	all = append(all, state...)
	n := all[len(fixed)+1].Shape().Dim(0)
	parameters := func(g *Graph) []*Node {
		inside := make([]*Node, len(all))
		for k, x := range all {
			inside[k] = Parameter(g, fmt.Sprint("x", k), x.Shape())
		}
		return inside
	}
	more := NewClosure(g, func(g *Graph) []*Node {
		return []*Node{LessThan(parameters(g)[0], Const(g, int32(n)))}
	})
	body := NewClosure(g, func(g *Graph) []*Node {
		x := parameters(g)
		i, rest := x[0], x[1:]
		var chunk []*Node
		for _, chunks := range rest[len(fixed) : len(fixed)+len(over)] {
			chunk = append(chunk, take(chunks, i))
		}
		next := step(i, rest[:len(fixed)], chunk, rest[len(fixed)+len(over):])
		return append(append([]*Node{Add(i, Const(g, int32(1)))}, rest[:len(fixed)+len(over)]...), next...)
	})
	return While(more, body, all...)[len(all)-len(state):]
}

// single is the shape of x in float32.
func single(x *Node) shapes.Shape {
	return shapes.Make(dtypes.Float32, x.Shape().Clone().Dimensions...)
}
