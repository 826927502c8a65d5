package clip

import (
	"hash/fnv"
	"math"
	"math/rand/v2"

	"clipbench/workbench/config"
)

// Init is how a tensor starts: mean + normal·N(0,1) + a uniform draw from ±uniform.
type Init struct{ mean, normal, uniform float64 }

// Values draws n starting values: a function of the seed and the tensor's path alone, so that neither the order of the
// tensors nor the backend changes them.
func (i Init) Values(seed int64, path string, n int) []float32 {
	values := make([]float32, n)
	key := fnv.New64a()
	_, _ = key.Write([]byte(path))
	r := rand.New(rand.NewPCG(uint64(seed), key.Sum64()))
	for k := range values {
		v := i.mean
		if i.normal != 0 {
			v += i.normal * r.NormFloat64()
		}
		if i.uniform != 0 {
			v += i.uniform * (2*r.Float64() - 1)
		}
		values[k] = float32(v)
	}
	return values
}

func constant(v float64) Init    { return Init{mean: v} }
func normal(std float64) Init    { return Init{normal: std} }
func uniform(bound float64) Init { return Init{uniform: bound} }

// heNormal keeps the variance through a rectifier. He et al. 2015.
func heNormal(fanIn int) Init { return normal(math.Sqrt(2 / float64(fanIn))) }

// fanIn is PyTorch's default for a linear or convolution layer: uniform in ±1/√fan_in.
func fanIn(n int) Init { return uniform(1 / math.Sqrt(float64(n))) }

// initRule gives each kind of tensor of one tower its start: init_method nemo is Megatron's N(0, init_method_std) with
// residual outputs scaled by 1/√(2·layers); open_clip is OpenAI's, where the image tower's blocks keep PyTorch's defaults.
type initRule struct {
	openCLIP, text bool
	std, outStd    float64
	width, layers  float64
}

func (m *Model) initRule(t *config.Tower, text bool) initRule {
	r := initRule{
		openCLIP: m.cfg.InitMethod == "open_clip", text: text, std: t.InitMethodStd, outStd: t.InitMethodStd,
		width: float64(t.HiddenSize), layers: float64(t.NumLayers),
	}
	if t.UseScaledInitMethod {
		r.outStd /= math.Sqrt(2 * r.layers)
	}
	return r
}

func (r initRule) pick(openCLIP Init, nemo float64) Init {
	if r.openCLIP {
		return openCLIP
	}
	return normal(nemo)
}

func (r initRule) patch(in int) Init { return r.pick(fanIn(in), r.std) }
func (r initRule) tokens() Init      { return r.pick(normal(.02), r.std) }
func (r initRule) projection() Init  { return r.pick(normal(1/math.Sqrt(r.width)), r.std) }

func (r initRule) class() Init {
	if r.openCLIP {
		return normal(1 / math.Sqrt(r.width))
	}
	return constant(0)
}

func (r initRule) position() Init {
	if r.text {
		return r.pick(normal(.01), r.std)
	}
	return r.pick(normal(1/math.Sqrt(r.width)), r.std)
}

// attention is the projection to queries, keys and values; out is 3·heads·head width.
func (r initRule) attention(out int) Init {
	if r.text {
		return r.pick(normal(1/math.Sqrt(r.width)), r.std)
	}
	return r.pick(uniform(math.Sqrt(6/(r.width+float64(out)))), r.std) // Glorot and Bengio 2010
}

func (r initRule) attentionOut(in int) Init {
	if r.text {
		return r.pick(normal(1/math.Sqrt(r.width*2*r.layers)), r.outStd)
	}
	return r.pick(fanIn(in), r.outStd)
}

func (r initRule) mlp() Init {
	if r.text {
		return r.pick(normal(1/math.Sqrt(2*r.width)), r.std)
	}
	return r.pick(fanIn(int(r.width)), r.std)
}

func (r initRule) mlpOut(in int) Init {
	if r.text {
		return r.pick(normal(1/math.Sqrt(r.width*2*r.layers)), r.outStd)
	}
	return r.pick(fanIn(in), r.outStd)
}

func (r initRule) bias(in int) Init {
	if r.openCLIP {
		return fanIn(in)
	}
	return constant(0)
}
