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
	x = m.text.blocks(p, p.dropout(m.cfg.Text.HiddenDropout, x), m.textPlace(tokens))
	x = Squeeze(p.norm("text/ln_final", m.text.epsilon, x), 1)
	return normalize(ConvertDType(p.project(x, p.weight("text/projection")), dtypes.Float32))
}

// textPlace is the position that stands for a text of tokens [batch, context]: that of the highest id (end of text), the
// first or the last.
func (m *Model) textPlace(tokens *Node) *place {
	switch m.cfg.Text.Pool {
	case "first":
		return &place{at: 0}
	case "last":
		return &place{at: tokens.Shape().Dim(1) - 1}
	}
	return &place{each: ArgMax(tokens, 1, dtypes.Int32)}
}
