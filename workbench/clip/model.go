// Package clip is CLIP as GoMLX graph functions: two transformer towers, their contrastive losses and the table of their
// tensors. It has no state and does no IO. Radford et al. 2021, "Learning Transferable Visual Models From Natural Language
// Supervision"; names of tensors follow open_clip, names of settings NeMo.
package clip

import (
	"math"

	"clipbench/workbench/config"

	. "github.com/gomlx/gomlx/core/graph"
)

// Weights gives a tensor of the model, in float32, by its path in Tensors.
type Weights func(path string) *Node

// Model is the pair of towers that a configuration describes.
type Model struct {
	cfg          config.Model
	vision, text tower
}

// New returns the model of a checked configuration. vocabulary is the tokenizer's size, used when the configuration
// names none.
func New(cfg *config.Model, vocabulary int) *Model {
	m := &Model{cfg: *cfg}
	if m.cfg.Text.VocabSize == 0 {
		m.cfg.Text.VocabSize = roundUp(vocabulary, m.cfg.VocabSizeDivisibleBy)
	}
	m.vision = newTower("visual", &cfg.Vision.Tower, false)
	m.vision.dropPathRate = cfg.Vision.DropPathRate
	m.text = newTower("text", &cfg.Text.Tower, true)
	return m
}

// VocabSize is the number of rows of the token embedding.
func (m *Model) VocabSize() int { return m.cfg.Text.VocabSize }

// Features are a batch's embeddings, both L2-normalised float32 [batch, output_dim].
type Features struct{ Image, Text *Node }

// Encode embeds images [batch, height, width, channels] (normalised pixels) and tokens [batch, context] (int32 ids).
func (m *Model) Encode(p *Pass, images, tokens *Node) Features {
	return Features{Image: m.EncodeImage(p, images), Text: m.EncodeText(p, tokens)}
}

// LogitScale is exp(logit_scale), the inverse temperature: a float32 scalar.
func (m *Model) LogitScale(p *Pass) *Node { return Exp(p.Weights("logit_scale")) }

// normalize divides each row of x [batch, dim] by its L2 norm, in float32. PyTorch's F.normalize: the norm is at least 1e-12.
func normalize(x *Node) *Node {
	norm := Sqrt(MaxScalar(ReduceAndKeep(Square(x), ReduceSum, -1), 1e-24))
	return Div(x, norm)
}

func roundUp(n, multiple int) int {
	if multiple <= 1 {
		return n
	}
	return int(math.Ceil(float64(n)/float64(multiple))) * multiple
}
