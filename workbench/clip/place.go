package clip

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// place is the one position of a sequence that a tower's pooling reads: the same of every sample, or one of each. Where all
// positions are read it is nil. The last block computes its queries and its MLP at this place only, which changes nothing
// but the work: no other position of its result is ever seen.
type place struct {
	at   int
	each *Node // int32 [batch]; nil: at
}

// of takes the place out of x [batch, sequence, width]: [batch, 1, width]. The nil place leaves x as it is.
func (l *place) of(x *Node) *Node {
	switch {
	case l == nil:
		return x
	case l.each == nil:
		return Slice(x, AxisRange(), AxisRange(l.at, l.at+1))
	}
	here := OneHot(l.each, x.Shape().Dim(1), x.DType())
	return ExpandAxes(DotGeneral(here, []int{1}, []int{0}, x, []int{1}, []int{0}), 1)
}

// seen says which keys a query of a causal tower sees, of scores [..., queries, keys]: those no later than itself. It is
// bool of the scores' rank, with axes of 1 where it is the same for all. The first axis of scores is batch, or batch·heads.
func seen(scores *Node, read *place) *Node {
	g, d := scores.Graph(), scores.Shape().Dimensions
	keys := d[len(d)-1]
	key := ExpandLeftToRank(Iota(g, shapes.Make(dtypes.Int32, 1, keys), 1), len(d))
	switch {
	case read == nil:
		return ExpandLeftToRank(LowerTriangular(g, keys), len(d))
	case read.each == nil:
		return LessOrEqual(key, Const(g, int32(read.at)))
	}
	batch := read.each.Shape().Dim(0)
	each := BroadcastToDims(ExpandAxes(read.each, 1), batch, d[0]/batch) // of each head, where heads lie beside the batch
	return LessOrEqual(key, Reshape(each, rowShape(d[0], len(d))...))
}
