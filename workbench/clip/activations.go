package clip

// Activations is what a training step keeps of the forward pass for the gradient, and what it needs besides while it takes
// the gradient of one part, in bytes.
type Activations struct{ Kept, Working int }

// Activations estimates those of both towers for a micro batch of pairs, with blocks divided among so many devices and
// values of so many bytes between products. It counts what XLA's CPU compiler was seen to keep in float32, by compiling
// steps of different depths, widths, heads and batches; docs/results.md has how near it comes.
func (m *Model) Activations(pairs, divided, size int) Activations {
	image := m.vision.activations(pairs, m.cfg.Vision.Positions(), divided, size, m.imagePlace() != nil)
	text := m.text.activations(pairs, m.cfg.Text.EncoderSeqLength, divided, size, true)
	return Activations{Kept: image.Kept + text.Kept + m.stemActivations(pairs)*size, Working: max(image.Working, text.Working)}
}

// activations of a tower's blocks. A block keeps twelve tensors of the width: its residuals, what its layer norms need,
// and queries, keys and values as they are projected and as attention reads them; three of the MLP's width; and the scores
// twice, before the softmax and after. While its gradient is taken the MLP needs half as much again. The last block, where one
// place of it is read, keeps its input, what its first layer norm needs, and keys and values.
func (t *tower) activations(pairs, sequence, divided, size int, onePlace bool) Activations {
	tokens, inner := pairs*sequence, t.heads*t.headWidth
	stream, mlp := tokens*t.width*size, tokens*t.mlpWidth/divided*size
	core := 2 * pairs * t.heads / divided * sequence * sequence * size
	if t.flash {
		core = 4 * tokens * inner / divided * size // queries, keys, values and the result, and no scores
	}
	block, working := 4*stream+8*tokens*inner/divided*size+3*mlp, 4*stream+3*mlp/2
	last := block + core
	if onePlace {
		last = 2*stream + 4*tokens*inner/divided*size
	}
	switch r := t.recompute; {
	case r.layers > 0:
		kept := (r.layers + r.group - 1) / r.group * stream
		if rest := t.layers - r.layers; rest > 0 {
			kept += (rest-1)*(block+core) + last
		}
		return Activations{Kept: kept, Working: r.group*(block+core) + working}
	case r.core && !t.flash:
		return Activations{Kept: (t.layers-1)*block + min(last, block), Working: core + working}
	}
	return Activations{Kept: (t.layers-1)*(block+core) + last, Working: working}
}

// stemActivations is how many values of the pictures are kept on their way to tokens: their patches, or for each
// convolution the nine shifted pictures and what its norm and activation need.
func (m *Model) stemActivations(pairs int) int {
	v := &m.cfg.Vision
	if v.PatchStem != "conv" {
		return pairs * v.ImgH * v.ImgW * v.NumChannels
	}
	sum, positions := 0, pairs*v.ImgH*v.ImgW
	for _, layer := range stemLayers(v) {
		positions /= layer.stride * layer.stride
		sum += positions * (9*layer.in + 4*layer.out)
	}
	return sum
}
