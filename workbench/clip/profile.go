package clip

import "clipbench/workbench/config"

// Profile is what a model weighs and what one pair costs.
type Profile struct {
	Params Params `json:"params"`
	GFLOPs GFLOPs `json:"gflops"`
}

// Params counts learned values. Total has the logit scale (and bias) besides the towers.
type Params struct {
	Total int `json:"total"`
	Image int `json:"image"`
	Text  int `json:"text"`
}

// GFLOPs are 10⁹ floating-point operations of one forward pass of one picture and one text, a multiply and an add
// counted as two; matrix products and convolutions only, as open_clip's table counts them. A training step is about
// three forward passes.
type GFLOPs struct {
	Total float64 `json:"total"`
	Image float64 `json:"image"`
	Text  float64 `json:"text"`
}

// NewProfile counts a configuration's parameters and operations without building the model. With text.vocab_size
// unset it counts CLIP's vocabulary.
func NewProfile(c *config.Config) Profile {
	m := &c.Model
	image, text := imageCost(m), textCost(m)
	p := Profile{
		Params: Params{Total: image.params + text.params + 1, Image: image.params, Text: text.params},
		GFLOPs: GFLOPs{Image: image.gflops(), Text: text.gflops()},
	}
	if m.UseSigLIP {
		p.Params.Total++
	}
	p.GFLOPs.Total = p.GFLOPs.Image + p.GFLOPs.Text
	return p
}

// cost is what a part of the model has and does.
type cost struct {
	params int
	macs   float64 // multiplications, each with its addition
}

func (c cost) plus(d cost) cost { return cost{c.params + d.params, c.macs + d.macs} }

func (c cost) gflops() float64 { return 2 * c.macs / 1e9 }

// clipVocabulary is the number of entries of CLIP's tokenizer.
const clipVocabulary = 49408

func imageCost(m *config.Model) cost {
	v := &m.Vision
	width := v.HiddenSize
	sum := stemCost(v)
	sum.params += (v.ClassTokenLength + v.Positions()) * width
	if v.PreprocessLayerNorm {
		sum = sum.plus(normCost(width))
	}
	sum = sum.plus(towerCost(&v.Tower, v.Positions(), m.OutputDim))
	beyond := (pooledWidth(v) - width) * m.OutputDim // of the projection, where it reads more than one position
	return sum.plus(cost{beyond, float64(beyond)})
}

func textCost(m *config.Model) cost {
	t := &m.Text
	rows := t.VocabSize
	if rows == 0 {
		rows = roundUp(clipVocabulary, m.VocabSizeDivisibleBy)
	}
	sum := cost{params: (rows + t.EncoderSeqLength) * t.HiddenSize}
	return sum.plus(towerCost(&t.Tower, t.EncoderSeqLength, m.OutputDim))
}

// towerCost is that of the blocks over a sequence, the last layer norm and the projection of one token.
func towerCost(t *config.Tower, sequence, output int) cost {
	width, mlp, inner := t.HiddenSize, t.FFNHiddenSize, t.NumAttentionHeads*t.HeadWidth()
	block := productCost(width, 3*inner, sequence).
		plus(cost{macs: 2 * float64(sequence) * float64(sequence) * float64(inner)}). // scores, and the mean they weigh
		plus(productCost(inner, width, sequence)).
		plus(productCost(width, mlp, sequence)).
		plus(productCost(mlp, width, sequence)).
		plus(normCost(width)).plus(normCost(width))
	if t.LayerScale != 0 {
		block.params += 2 * width
	}
	blocks := cost{block.params * t.NumLayers, block.macs * float64(t.NumLayers)}
	projection := cost{width * output, float64(width) * float64(output)}
	return blocks.plus(normCost(width)).plus(projection)
}

// stemCost is that of turning pixels into patches.
func stemCost(v *config.Vision) cost {
	if v.PatchStem != "conv" {
		in := v.PatchDim * v.PatchDim * v.NumChannels
		patches := productCost(in, v.HiddenSize, v.Patches())
		if !v.PatchBias {
			patches.params -= v.HiddenSize
		}
		return patches
	}
	var sum cost
	in, positions := v.NumChannels, v.ImgH*v.ImgW
	for _, layer := range stemLayers(v) {
		positions /= layer.stride * layer.stride
		kernel := 9 * layer.in * layer.out
		sum = sum.plus(cost{kernel, float64(kernel) * float64(positions)}).plus(normCost(layer.out))
		in = layer.out
	}
	return sum.plus(productCost(in, v.HiddenSize, v.Patches()))
}

// productCost is a dense layer with a bias, applied at each of the positions.
func productCost(in, out, positions int) cost {
	return cost{in*out + out, float64(in) * float64(out) * float64(positions)}
}

// normCost is a layer norm.
func normCost(width int) cost { return cost{params: 2 * width} }
