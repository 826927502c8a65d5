package clip

import (
	"fmt"
	"math"
	"slices"

	"clipbench/workbench/config"
)

// Tensor is one tensor of the model.
type Tensor struct {
	Path  string // open_clip's name, with slashes
	Dims  []int
	Init  Init
	Decay bool // weight decay applies
}

// Size is the number of values.
func (p Tensor) Size() int {
	n := 1
	for _, d := range p.Dims {
		n *= d
	}
	return n
}

// Tensors lists every tensor of the model, in a fixed order. Weights of products lie [in, out]; that of queries, keys
// and values [width, 3, heads·head width]; a patch's pixels are ordered row, column, channel.
func (m *Model) Tensors() []Tensor {
	list := slices.Concat(m.visionTensors(), m.textTensors())
	list = append(list, Tensor{Path: "logit_scale", Init: constant(math.Log(m.cfg.LogitScaleInit))})
	if m.cfg.UseSigLIP {
		list = append(list, Tensor{Path: "logit_bias", Init: constant(m.cfg.LogitBiasInit)})
	}
	return list
}

func (m *Model) visionTensors() []Tensor {
	v, rule := &m.cfg.Vision, m.initRule(&m.cfg.Vision.Tower, false)
	width := v.HiddenSize
	list := m.stemTensors(rule)
	if v.ClassTokenLength > 0 {
		list = append(list, Tensor{Path: "visual/class_embedding", Dims: []int{v.ClassTokenLength, width}, Init: rule.class()})
	}
	list = append(list, Tensor{Path: "visual/positional_embedding", Dims: []int{m.cfg.Vision.Positions(), width}, Init: rule.position()})
	if v.PreprocessLayerNorm {
		list = append(list, layerNorm("visual/ln_pre", width, v.DoLayerNormWeightDecay)...)
	}
	list = append(list, m.vision.tensors(rule, v.DoLayerNormWeightDecay)...)
	list = append(list, layerNorm("visual/ln_post", width, v.DoLayerNormWeightDecay)...)
	return append(list, Tensor{Path: "visual/proj", Dims: []int{pooledWidth(v), m.cfg.OutputDim}, Init: rule.projection(), Decay: true})
}

// pooledWidth is what the image tower's projection reads.
func pooledWidth(v *config.Vision) int {
	if v.FlattenPool {
		return v.Positions() * v.HiddenSize
	}
	return v.HiddenSize
}

func (m *Model) stemTensors(rule initRule) []Tensor {
	v := &m.cfg.Vision
	if v.PatchStem != "conv" {
		in := v.PatchDim * v.PatchDim * v.NumChannels
		list := dense("visual/conv1", in, v.HiddenSize, rule.patch(in), constant(0))
		if !v.PatchBias {
			list = list[:1]
		}
		return list
	}
	var list []Tensor
	in := 0
	for i, layer := range stemLayers(v) {
		path := fmt.Sprintf("visual/stem/%d", i)
		list = append(list, Tensor{Path: path + "/weight", Dims: []int{3, 3, layer.in, layer.out}, Init: heNormal(9 * layer.in), Decay: true})
		list = append(list, layerNorm(path+"/norm", layer.out, v.DoLayerNormWeightDecay)...)
		in = layer.out
	}
	return append(list, dense("visual/stem/proj", in, v.HiddenSize, rule.patch(in), constant(0))...)
}

// stemLayer is one 3×3 convolution of the stem.
type stemLayer struct{ in, out, stride int }

// stemLayers are the stem's convolutions: as many halvings as make a patch, each twice as wide as the one before, and
// each followed by depth−1 that keep the size.
func stemLayers(v *config.Vision) []stemLayer {
	var layers []stemLayer
	in := v.NumChannels
	for out, side := v.PatchStemWidth, v.PatchDim; side > 1; out, side = out*2, side/2 {
		layers = append(layers, stemLayer{in, out, 2})
		for range v.PatchStemDepth - 1 {
			layers = append(layers, stemLayer{out, out, 1})
		}
		in = out
	}
	return layers
}

func (m *Model) textTensors() []Tensor {
	t, rule := &m.cfg.Text, m.initRule(&m.cfg.Text.Tower, true)
	width := t.HiddenSize
	list := []Tensor{
		{Path: "text/token_embedding", Dims: []int{t.VocabSize, width}, Init: rule.tokens(), Decay: true},
		{Path: "text/positional_embedding", Dims: []int{t.EncoderSeqLength, width}, Init: rule.position()},
	}
	list = append(list, m.text.tensors(rule, t.DoLayerNormWeightDecay)...)
	list = append(list, layerNorm("text/ln_final", width, t.DoLayerNormWeightDecay)...)
	return append(list, Tensor{Path: "text/projection", Dims: []int{width, m.cfg.OutputDim}, Init: rule.projection(), Decay: true})
}

// tensors are those of the blocks.
func (t *tower) tensors(rule initRule, decayNorms bool) []Tensor {
	var list []Tensor
	inner := t.heads * t.headWidth
	for depth := range t.layers {
		at := func(name string) string { return fmt.Sprintf("%s/resblocks/%d/%s", t.path, depth, name) }
		list = append(list, layerNorm(at("ln_1"), t.width, decayNorms)...)
		list = append(list,
			Tensor{Path: at("attn/in_proj/weight"), Dims: []int{t.width, 3, inner}, Init: rule.attention(3 * inner), Decay: true},
			Tensor{Path: at("attn/in_proj/bias"), Dims: []int{3, inner}})
		list = append(list, dense(at("attn/out_proj"), inner, t.width, rule.attentionOut(inner), constant(0))...)
		list = append(list, layerNorm(at("ln_2"), t.width, decayNorms)...)
		list = append(list, dense(at("mlp/c_fc"), t.width, t.mlpWidth, rule.mlp(), rule.bias(t.width))...)
		list = append(list, dense(at("mlp/c_proj"), t.mlpWidth, t.width, rule.mlpOut(t.mlpWidth), rule.bias(t.mlpWidth))...)
		if t.layerScale != 0 {
			for _, name := range []string{"ls_1/gamma", "ls_2/gamma"} {
				list = append(list, Tensor{Path: at(name), Dims: []int{t.width}, Init: constant(t.layerScale)})
			}
		}
	}
	return list
}

func dense(path string, in, out int, weight, bias Init) []Tensor {
	return []Tensor{
		{Path: path + "/weight", Dims: []int{in, out}, Init: weight, Decay: true},
		{Path: path + "/bias", Dims: []int{out}, Init: bias},
	}
}

func layerNorm(path string, width int, decay bool) []Tensor {
	return []Tensor{
		{Path: path + "/weight", Dims: []int{width}, Init: constant(1), Decay: decay},
		{Path: path + "/bias", Dims: []int{width}},
	}
}
