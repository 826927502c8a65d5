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

// blocks runs the whole stack. x and the result are [batch, sequence, width].
func (t *tower) blocks(p *Pass, x *Node) *Node {
	for depth := range t.layers {
		if p.Training {
			x = t.recompute.before(depth, x)
		}
		x = t.block(p, depth, x)
	}
	if p.Training {
		x = t.recompute.before(t.layers, x)
	}
	return x
}

// block is one pre-norm transformer layer, x + Attention(LN(x)) and then x + MLP(LN(x)).
// x and the result are [batch, sequence, width]. Radford et al. 2021, §2.4.
func (t *tower) block(p *Pass, depth int, x *Node) *Node {
	at := func(name string) string { return fmt.Sprintf("%s/resblocks/%d/%s", t.path, depth, name) }
	branch := func(scale string, y *Node) *Node {
		y = p.dropout(t.hiddenDropout, y)
		if t.layerScale != 0 {
			y = Mul(y, ExpandLeftToRank(p.weight(at(scale)), y.Rank()))
		}
		return p.dropPath(t.dropPathAt(depth), y)
	}
	x = Add(x, branch("ls_1/gamma", t.attention(p, at("attn"), p.norm(at("ln_1"), t.epsilon, x))))
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

// attention is multi-head self-attention over x [batch, sequence, width]. The projection to queries, keys and values is
// one product, and lies [width, 3, heads·headWidth] so that heads can be divided among devices.
func (t *tower) attention(p *Pass, path string, x *Node) *Node {
	batch, sequence := x.Shape().Dim(0), x.Shape().Dim(1)
	qkv := Reshape(p.dense(path+"/in_proj", x), batch, sequence, 3, t.heads, t.headWidth)
	qkv = TransposeAllAxes(qkv, 2, 0, 3, 1, 4)
	part := func(i int) *Node { return Squeeze(Slice(qkv, AxisElem(i)), 0) } // [batch, heads, sequence, headWidth]
	mixed := t.mix(p, part(0), part(1), part(2))
	return p.dense(path+"/out_proj", Reshape(TransposeAllAxes(mixed, 0, 2, 1, 3), batch, sequence, t.heads*t.headWidth))
}

// mix is softmax(q·kᵀ/√headWidth)·v of each head. All are [batch, heads, sequence, headWidth]. Vaswani et al. 2017, §3.2.1.
// On one device batch and heads are one axis, which is faster; divided among devices they are two.
func (t *tower) mix(p *Pass, query, key, value *Node) *Node {
	scale := 1 / math.Sqrt(float64(t.headWidth))
	if t.flash && p.Ranks < 2 && !p.Divided {
		if out, ok := tryFlashKernel(query, key, value, scale, t.causal); ok {
			return out
		}
	}
	dims := query.Shape().Dimensions
	if !p.Divided {
		flat := func(x *Node) *Node { return Reshape(x, dims[0]*dims[1], dims[2], dims[3]) }
		query, key, value = flat(query), flat(key), flat(value)
	}
	query = MulScalar(query, scale)
	core := func(x ...*Node) *Node { return t.core(p, x[0], x[1], x[2]) }
	switch {
	case t.flash:
		return Reshape(chunked{t.causal, p.DType, flashChunk}.attend(query, key, value), dims...)
	case p.Training && t.recompute.core:
		return Reshape(around(core, query, key, value), dims...)
	}
	return Reshape(core(query, key, value), dims...)
}

// core is attention with all its scores: [..., sequence, headWidth], of queries that are scaled already.
func (t *tower) core(p *Pass, query, key, value *Node) *Node {
	each := []int{0, 1}[:query.Rank()-2]
	width, sequence := len(each)+1, len(each) // axes
	scores := Dot(query, key).WithAccumulatorDType(p.DType).General([]int{width}, each, []int{width}, each)
	probabilities := p.dropout(t.attentionDropout, t.softmax(scores))
	return Dot(probabilities, value).WithAccumulatorDType(p.DType).General([]int{width}, each, []int{sequence}, each)
}

// softmax turns scores [batch, heads, query, key] into probabilities over the keys, in float32. In a causal tower a query
// sees no later key.
func (t *tower) softmax(scores *Node) *Node {
	s := ConvertDType(scores, dtypes.Float32)
	if t.causal {
		seen := LowerTriangular(s.Graph(), s.Shape().Dim(-1))
		s = Add(s, ExpandLeftToRank(MulScalar(OneMinus(ConvertDType(seen, dtypes.Float32)), -1e9), s.Rank()))
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
