package clip

import (
	"fmt"
	"math"

	"clipbench/workbench/config"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// tower is a stack of pre-norm transformer blocks: the shape that both encoders share.
type tower struct {
	path             string // prefix of its tensors
	width, layers    int
	heads, headWidth int
	mlpWidth         int
	causal           bool
	epsilon          float64
	activation       func(*Node) *Node
	layerScale       float64
	hiddenDropout    float64
	attentionDropout float64
	dropPathRate     float64 // of the last block; it grows linearly from 0 at the first
	recompute        recompute
	flash            bool // attention that keeps no scores
}

func newTower(path string, c *config.Tower, causal bool) tower {
	return tower{
		path: path, causal: causal,
		width: c.HiddenSize, layers: c.NumLayers, heads: c.NumAttentionHeads, headWidth: c.HeadWidth(), mlpWidth: c.FFNHiddenSize,
		epsilon: c.LayerNormEpsilon, activation: activation(c), layerScale: c.LayerScale,
		hiddenDropout: c.HiddenDropout, attentionDropout: c.AttentionDropout,
		recompute: newRecompute(c), flash: c.UseFlashAttention,
	}
}

// blocks runs the whole stack over x [batch, sequence, width]. The result is the same shape, or [batch, 1, width] where
// only one place of it is read: the last block then computes no more than that place.
func (t *tower) blocks(p *Pass, x *Node, read *place) *Node {
	for depth := range t.layers {
		here, result := p, (*place)(nil)
		if p.Training {
			x = t.recompute.before(depth, x)
			here = t.recompute.pass(p, depth, x)
		}
		if depth == t.layers-1 {
			result = read
		}
		x = t.block(here, depth, x, result)
	}
	if p.Training {
		x = t.recompute.before(t.layers, x)
	}
	return x
}

// block is one pre-norm transformer layer, x + Attention(LN(x)) and then x + MLP(LN(x)).
// x is [batch, sequence, width], and so is the result, or [batch, 1, width] of the place that is read. Radford et al. 2021,
// §2.4.
func (t *tower) block(p *Pass, depth int, x *Node, read *place) *Node {
	at := func(name string) string { return fmt.Sprintf("%s/resblocks/%d/%s", t.path, depth, name) }
	branch := func(scale string, y *Node) *Node {
		y = p.dropout(t.hiddenDropout, y)
		if t.layerScale != 0 {
			y = Mul(y, ExpandLeftToRank(p.spread(p.weight(at(scale))), y.Rank()))
		}
		return p.dropPath(t.dropPathAt(depth), y)
	}
	attended := t.attention(p, at("attn"), p.norm(at("ln_1"), t.epsilon, x), read)
	x = Add(read.of(x), branch("ls_1/gamma", attended))
	return Add(x, branch("ls_2/gamma", t.mlp(p, at("mlp"), p.norm(at("ln_2"), t.epsilon, x))))
}

// dropPathAt is the rate of block depth: linspace(0, rate, layers).
func (t *tower) dropPathAt(depth int) float64 {
	if t.layers < 2 {
		return 0
	}
	return t.dropPathRate * float64(depth) / float64(t.layers-1)
}

// mlp is the position-wise perceptron: [batch, sequence, width] → mlpWidth → width.
func (t *tower) mlp(p *Pass, path string, x *Node) *Node {
	return p.dense(path+"/c_proj", t.activation(p.dense(path+"/c_fc", x)))
}

// attention is multi-head self-attention over x [batch, sequence, width]; the result is [batch, queries, width], the queries
// being all positions or the place that is read. The projection to queries, keys and values lies [width, 3, heads·headWidth],
// so that heads can be divided among devices, and is one product where all three are needed of every position.
func (t *tower) attention(p *Pass, path string, x *Node, read *place) *Node {
	var query, key, value *Node
	if weight, bias := p.weight(path+"/in_proj/weight"), p.weight(path+"/in_proj/bias"); read == nil {
		all := t.byHead(p.affine(x, weight, bias))
		query, key, value = all[0], all[1], all[2]
	} else {
		of := func(x *Node, parts SliceAxisSpec) []*Node {
			return t.byHead(p.affine(x, SliceAxis(weight, 1, parts), SliceAxis(bias, 0, parts)))
		}
		both := of(x, AxisRange(1, 3))
		query, key, value = of(read.of(x), AxisRange(0, 1))[0], both[0], both[1]
	}
	mixed := TransposeAllAxes(t.mix(p, query, key, value, read), 0, 2, 1, 3) // [batch, queries, heads, headWidth]
	return p.dense(path+"/out_proj", Reshape(mixed, mixed.Shape().Dim(0), mixed.Shape().Dim(1), t.heads*t.headWidth))
}

// byHead takes x [batch, sequence, parts, heads·headWidth] apart: each part [batch, heads, sequence, headWidth].
func (t *tower) byHead(x *Node) []*Node {
	d := x.Shape().Dimensions
	x = TransposeAllAxes(Reshape(x, d[0], d[1], d[2], t.heads, t.headWidth), 2, 0, 3, 1, 4)
	parts := make([]*Node, d[2])
	for i := range parts {
		parts[i] = Squeeze(Slice(x, AxisElem(i)), 0)
	}
	return parts
}

// mix is softmax(q·kᵀ/√headWidth)·v of each head. All are [batch, heads, sequence, headWidth], query and the result perhaps of
// the place alone that is read. Vaswani et al. 2017, §3.2.1.
// On one device batch and heads are one axis, which is faster; divided among devices they are two.
func (t *tower) mix(p *Pass, query, key, value *Node, read *place) *Node {
	scale := 1 / math.Sqrt(float64(t.headWidth))
	flash := t.flash && read == nil // one query's scores are no longer than its keys
	if flash && p.Ranks < 2 && !p.Divided {
		if out, ok := tryFlashKernel(query, key, value, scale, t.causal); ok {
			return out
		}
	}
	dims := query.Shape().Dimensions
	if !p.Divided {
		flat := func(x *Node) *Node { return Reshape(x, dims[0]*dims[1], x.Shape().Dim(2), dims[3]) }
		query, key, value = flat(query), flat(key), flat(value)
	}
	query = MulScalar(query, scale)
	core := func(x ...*Node) *Node { return t.core(p, x[0], x[1], x[2], read) }
	switch {
	case flash:
		return Reshape(chunked{t.causal, p.DType, flashChunk}.attend(query, key, value), dims...)
	case p.Training && t.recompute.core:
		return Reshape(around(core, query, key, value), dims...)
	}
	return Reshape(core(query, key, value), dims...)
}

// core is attention with all its scores: [..., sequence, headWidth], of queries that are scaled already.
func (t *tower) core(p *Pass, query, key, value *Node, read *place) *Node {
	each := []int{0, 1}[:query.Rank()-2]
	width, sequence := len(each)+1, len(each) // axes
	scores := Dot(query, key).WithAccumulatorDType(p.DType).General([]int{width}, each, []int{width}, each)
	probabilities := p.dropout(t.attentionDropout, t.softmax(scores, read))
	return Dot(probabilities, value).WithAccumulatorDType(p.DType).General([]int{width}, each, []int{sequence}, each)
}

// softmax turns scores [..., queries, keys] into probabilities over the keys, in float32. In a causal tower a query sees no
// later key.
func (t *tower) softmax(scores *Node, read *place) *Node {
	s := ConvertDType(scores, dtypes.Float32)
	if t.causal {
		s = Add(s, MulScalar(OneMinus(ConvertDType(seen(s, read), dtypes.Float32)), -1e9))
	}
	return ConvertDType(Softmax(s, -1), scores.DType())
}

// activation is the tower's non-linearity by NeMo's or open_clip's name.
func activation(c *config.Tower) func(*Node) *Node {
	switch {
	case c.Activation == "quick_gelu" || c.Activation == "approx-gelu":
		return quickGELU
	case c.OpenAIGelu || c.Activation == "openai_gelu":
		return tanhGELU
	}
	return exactGELU
}

// exactGELU is x·Φ(x). Hendrycks and Gimpel 2016.
func exactGELU(x *Node) *Node {
	return MulScalar(Mul(x, OnePlus(Erf(MulScalar(x, math.Sqrt2/2)))), 0.5)
}

// quickGELU is x·σ(1.702·x), as OpenAI's weights were trained.
func quickGELU(x *Node) *Node { return Mul(x, Sigmoid(MulScalar(x, 1.702))) }

// tanhGELU is GELU's tanh approximation.
func tanhGELU(x *Node) *Node {
	inner := Mul(x, AddScalar(MulScalar(Square(x), 0.044715), 1))
	return MulScalar(Mul(x, OnePlus(Tanh(MulScalar(inner, math.Sqrt(2/math.Pi))))), 0.5)
}
