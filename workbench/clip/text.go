package clip

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// EncodeText embeds tokens [batch, context] (int32 ids): float32 [batch, output_dim], each row of length 1.
// Radford et al. 2021, §2.4: a causal transformer, read at the end-of-text token.
func (m *Model) EncodeText(p *Pass, tokens *Node) *Node {
	x := Gather(p.Weights("text/token_embedding"), ExpandAxes(tokens, -1)) // float32: the gradients of a frequent token are many
	x = Add(ConvertDType(x, p.DType), ExpandAxes(p.weight("text/positional_embedding"), 0))
	x = m.text.blocks(p, p.dropout(m.cfg.Text.HiddenDropout, x))
	x = p.norm("text/ln_final", m.text.epsilon, x)
	return normalize(ConvertDType(p.project(m.poolText(x, tokens), p.weight("text/projection")), dtypes.Float32))
}

// poolText picks one position of x [batch, context, width]: that of the highest id (end of text), the first or the last.
func (m *Model) poolText(x, tokens *Node) *Node {
	switch m.cfg.Text.Pool {
	case "first":
		return Squeeze(Slice(x, AxisRange(), AxisElem(0)), 1)
	case "last":
		return Squeeze(Slice(x, AxisRange(), AxisElem(-1)), 1)
	}
	end := OneHot(ArgMax(tokens, 1, dtypes.Int32), x.Shape().Dim(1), x.DType())
	return DotGeneral(end, []int{1}, []int{0}, x, []int{1}, []int{0})
}
