package clip

import (
	"strings"

	"clipbench/workbench/config"
)

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

// clipVocabulary is the number of entries of CLIP's tokenizer.
const clipVocabulary = 49408

// NewProfile counts a configuration's parameters and operations without building the graph. With text.vocab_size unset it
// counts CLIP's vocabulary.
func NewProfile(c *config.Config) Profile {
	m := &c.Model
	image, text := gflops(imageProducts(m)), gflops(textProducts(m))
	return Profile{
		Params: countParams(New(m, clipVocabulary).Tensors()),
		GFLOPs: GFLOPs{Total: image + text, Image: image, Text: text},
	}
}

// countParams adds up the tensors of a model.
func countParams(tensors []Tensor) Params {
	var p Params
	for _, t := range tensors {
		n := t.Size()
		p.Total += n
		switch tower, _, _ := strings.Cut(t.Path, "/"); tower {
		case "visual":
			p.Image += n
		case "text":
			p.Text += n
		}
	}
	return p
}

// gflops is two operations for each multiplication, which has its addition.
func gflops(multiplications int) float64 { return 2 * float64(multiplications) / 1e9 }

// imageProducts is how many multiplications the products of the image tower take.
func imageProducts(m *config.Model) int {
	v := &m.Vision
	return stemProducts(v) + blockProducts(&v.Tower, v.Positions()) + pooledWidth(v)*m.OutputDim
}

// textProducts is how many those of the text tower take.
func textProducts(m *config.Model) int {
	t := &m.Text
	return blockProducts(&t.Tower, t.EncoderSeqLength) + t.HiddenSize*m.OutputDim
}

// blockProducts is how many those of a tower's blocks take over a sequence.
func blockProducts(t *config.Tower, sequence int) int {
	width, inner := t.HiddenSize, t.NumAttentionHeads*t.HeadWidth()
	weights := width*3*inner + inner*width + 2*width*t.FFNHiddenSize
	attention := 2 * sequence * inner // of one query: its scores, and the mean they weigh
	return t.NumLayers * sequence * (weights + attention)
}

// stemProducts is how many those take that turn pixels into patches.
func stemProducts(v *config.Vision) int {
	if v.PatchStem != "conv" {
		return v.Patches() * v.PatchDim * v.PatchDim * v.NumChannels * v.HiddenSize
	}
	sum, in, positions := 0, v.NumChannels, v.ImgH*v.ImgW
	for _, layer := range stemLayers(v) {
		positions /= layer.stride * layer.stride
		sum += positions * 9 * layer.in * layer.out
		in = layer.out
	}
	return sum + v.Patches()*in*v.HiddenSize
}
