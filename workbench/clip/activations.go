package clip

// Activations is what a training step keeps of the forward pass for the gradient, and what it needs besides while it takes
// the gradient of one part, in bytes.
type Activations struct{ Kept, Working int }

// Activations estimates those of both towers for a micro batch of pairs, with blocks divided among so many devices and
// values of so many bytes between products. It counts tensors as XLA was seen to keep them, fused operations left out:
// of each block its two residuals, the results of its layer norms, queries, keys and values, scores, the mean they give,
// and the MLP before and after its activation.
func (m *Model) Activations(pairs, divided, size int) Activations {
	image := m.vision.activations(pairs, m.cfg.Vision.Positions(), divided, size)
	text := m.text.activations(pairs, m.cfg.Text.EncoderSeqLength, divided, size)
	return Activations{Kept: image.Kept + text.Kept, Working: max(image.Working, text.Working)}
}

func (t *tower) activations(pairs, sequence, divided, size int) Activations {
	tokens, inner := pairs*sequence, t.heads*t.headWidth
	stream := tokens * t.width * size
	scores := pairs * t.heads / divided * sequence * sequence * 4 // float32, as the softmax
	block := 4*stream + tokens*(4*inner+2*t.mlpWidth)/divided*size
	core := scores
	if t.flash {
		core = 0
	}
	switch r := t.recompute; {
	case r.layers > 0:
		groups := (r.layers + r.group - 1) / r.group
		return Activations{Kept: groups*stream + (t.layers-r.layers)*(block+core), Working: r.group*(block+core) + core}
	case r.core:
		return Activations{Kept: t.layers * block, Working: 2 * core}
	}
	return Activations{Kept: t.layers * (block + core), Working: core + block/2}
}

// Vocabulary is the number of rows of the token embedding.
func (m *Model) Vocabulary() int { return m.cfg.Text.VocabSize }
