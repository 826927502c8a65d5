package clip

import "slices"

// Activations is what a training step keeps of the forward pass for the gradient, and the bytes that it needs besides while it
// takes the gradient of one part.
type Activations struct {
	Kept    []Buffers
	Working int
}

// Buffers are so many values of so many bytes each.
type Buffers struct{ Count, Bytes int }

// Bytes is the sum of what is kept.
func (a *Activations) Bytes() int { return sum(a.Kept) }

func sum(list []Buffers) int {
	total := 0
	for _, b := range list {
		total += b.Count * b.Bytes
	}
	return total
}

func times(n int, list ...Buffers) []Buffers {
	out := slices.Clone(list)
	for i := range out {
		out[i].Count *= n
	}
	return out
}

// Activations estimates those of both towers for a micro batch of pairs on one of several devices, among which blocks are
// divided so many times, with values of so many bytes between products. It counts the buffers that XLA's CPU compiler was seen
// to keep in float32; docs/results.md has how near it comes.
func (m *Model) Activations(pairs, devices, divided, size int) Activations {
	positions := m.cfg.Vision.Positions()
	image := m.vision.activations(pairs, positions, devices, divided, size, m.imagePlace() != nil)
	text := m.text.activations(pairs, m.cfg.Text.EncoderSeqLength, devices, divided, size, true)
	stem := []Buffers{{1, m.stemActivations(pairs) * size}}
	if m.cfg.Vision.PreprocessLayerNorm {
		stem = append(stem, Buffers{2, pairs * positions * m.vision.width * size}) // its result is the first block's input
	}
	return Activations{Kept: slices.Concat(image.Kept, text.Kept, stem), Working: max(image.Working, text.Working)}
}

// libraryReduces is the number of values from which on XLA's CPU compiler hands sums over them to a library.
const libraryReduces = 1 << 19

// activations of a tower's blocks. A block keeps eight tensors of the width, four for each layer norm: its input, that less
// the mean or the gain, the normalized values and the result; four of the heads' width: queries, keys, values and what attention
// makes of them; three of the MLP's; and the scores twice, before the softmax and after. Of these all but the eight are divided
// among devices. A program of several devices divides by the standard deviation where that of one multiplies by its inverse; if
// sums go to the library, it keeps that deviation written out over the width, once more for each layer norm, and so the softmax's
// denominator over the scores. While its gradient is taken the MLP needs half as much again; what the last block kept is free by
// then. The last block, where one place of it is read, keeps its first layer norm, and keys and values.
func (t *tower) activations(pairs, sequence, devices, divided, size int, onePlace bool) Activations {
	tokens := pairs * sequence
	norm := Buffers{4, tokens * t.width * size}
	if devices > 1 && tokens*t.width > libraryReduces {
		norm.Count++
	}
	heads := Buffers{1, tokens * t.heads * t.headWidth / divided * size}
	mlp := Buffers{3, tokens * t.mlpWidth / divided * size}
	scores := Buffers{2, pairs * t.heads / divided * sequence * sequence * size}
	if devices > 1 && scores.Bytes/size > libraryReduces {
		scores.Count++
	}
	core := []Buffers{scores}
	if t.flash {
		core = times(4, heads) // queries, keys, values and the result, and no scores
	}
	block := slices.Concat(times(2, norm), times(4, heads), []Buffers{mlp})
	whole := slices.Concat(block, core)
	last := whole
	if onePlace {
		last = append(times(2, heads), norm)
	}
	taking := 4*norm.Bytes + 3*mlp.Bytes/2
	kept, working := append(times(t.layers-1, whole...), last...), max(0, taking-sum(last))
	switch r := t.recompute; {
	case r.layers > 0:
		kept = nil
		if rest := t.layers - r.layers; rest > 0 {
			kept = append(times(rest-1, whole...), last...)
		} else {
			working = 0
		}
		working = max(working, r.group*sum(whole)+taking-sum(kept))
		kept = append(kept, Buffers{(r.layers + r.group - 1) / r.group, norm.Bytes})
	case r.core && !t.flash:
		projected := append(block, times(3, heads)...) // what the core is computed again from, besides its parts
		if last = append(last, times(2, heads)...); !onePlace {
			last = projected
		}
		kept, working = append(times(t.layers-1, projected...), last...), max(0, sum(core)+taking-sum(last))
	}
	return Activations{Kept: kept, Working: working}
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
