package clip

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// RNG draws the randomness of one pass: SplitMix64 read at places instead of in turn. A draw is a function of the seed,
// the step, how many draws of the pass came before it, the sample's row in the global batch and the place within the
// sample. It is the same however the batch is cut into micro batches, whichever devices hold them and on every backend, and
// a pass that is run again draws the same again. Steele et al. 2014, "Fast Splittable Pseudorandom Number Generators".
type RNG struct {
	pass  *Node // uint64 scalar: the key of the pass
	rows  *Node // uint64 [batch]
	draws uint64
}

// NewRNG returns the randomness of a step's pass over the samples at rows [batch] (int32) of the global batch. seed is a
// uint64 scalar, step an int32 scalar.
func NewRNG(seed, step, rows *Node) *RNG {
	pass := mix(Add(seed, Mul(ConvertDType(step, dtypes.Uint64), Const(step.Graph(), uint64(gamma)))))
	return &RNG{pass: pass, rows: ConvertDType(rows, dtypes.Uint64)}
}

// Constants of SplitMix64: the step of its sequence and the factors of its finisher.
const (
	gamma   = 0x9e3779b97f4a7c15
	factor1 = 0xbf58476d1ce4e5b9
	factor2 = 0x94d049bb133111eb
)

// uniform returns float32 values in [0, 1), multiples of 2⁻²⁴. The first of dims is the batch, or the batch times something:
// a sample's values lie together.
func (r *RNG) uniform(dims ...int) *Node {
	g := r.rows.Graph()
	shape := shapes.Make(dtypes.Uint64, dims...)
	batch := r.rows.Shape().Dim(0)
	within := Iota(g, shapes.Make(dtypes.Uint64, batch, shape.Size()/batch), 1)
	place := Add(Mul(ExpandAxes(r.rows, 1), Const(g, uint64(1)<<32)), within)
	draw := mix(Add(r.pass, Const(g, r.draws*gamma)))
	r.draws++
	bits := mix(Add(draw, Mul(place, Const(g, uint64(gamma)))))
	top := ConvertDType(BitwiseShiftRightLogicalScalar(bits, 40), dtypes.Float32)
	return StopGradient(Reshape(MulScalar(top, 1.0/(1<<24)), dims...))
}

// mix is SplitMix64's finisher, a bijection that leaves no pattern of x uint64 [...] in its bits.
func mix(x *Node) *Node {
	g := x.Graph()
	x = Mul(BitwiseXor(x, BitwiseShiftRightLogicalScalar(x, 30)), Const(g, uint64(factor1)))
	x = Mul(BitwiseXor(x, BitwiseShiftRightLogicalScalar(x, 27)), Const(g, uint64(factor2)))
	return BitwiseXor(x, BitwiseShiftRightLogicalScalar(x, 31))
}
