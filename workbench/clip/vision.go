package clip

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// EncodeImage embeds images [batch, height, width, channels] (normalised pixels): float32 [batch, output_dim], each row of
// length 1.
func (m *Model) EncodeImage(p *Pass, images *Node) *Node {
	return normalize(m.ImageFeatures(p, images))
}

// ImageFeatures are the image tower's projections before they are brought to length 1: float32 [batch, output_dim].
// Dosovitskiy et al. 2021, with CLIP's extra layer norm before the blocks.
func (m *Model) ImageFeatures(p *Pass, images *Node) *Node {
	v := &m.cfg.Vision
	x := m.patches(p, ConvertDType(images, p.DType))
	x = m.position(p, x)
	if p.Training && v.DropPatchRate > 0 {
		x = m.dropPatches(p, x)
	}
	if v.PreprocessLayerNorm {
		x = p.norm("visual/ln_pre", m.vision.epsilon, x)
	}
	x = m.vision.blocks(p, p.dropout(v.HiddenDropout, x), m.imagePlace())
	x = p.norm("visual/ln_post", m.vision.epsilon, x)
	return ConvertDType(p.project(m.poolImage(x), p.weight("visual/proj")), dtypes.Float32)
}

// patches turns images into tokens [batch, patches, width], row by row.
func (m *Model) patches(p *Pass, images *Node) *Node {
	if m.cfg.Vision.PatchStem == "conv" {
		return m.convolutionalStem(p, images)
	}
	x := patchify(images, m.cfg.Vision.PatchDim)
	if m.cfg.Vision.PatchBias {
		return p.dense("visual/conv1", x)
	}
	return p.project(x, p.weight("visual/conv1/weight"))
}

// patchify cuts images [batch, height, width, channels] into [batch, patches, side·side·channels].
func patchify(images *Node, side int) *Node {
	d := images.Shape().Dimensions
	rows, columns, channels := d[1]/side, d[2]/side, d[3]
	x := Reshape(images, d[0], rows, side, columns, side, channels)
	return Reshape(TransposeAllAxes(x, 0, 1, 3, 2, 4, 5), d[0], rows*columns, side*side*channels)
}

// convolutionalStem halves the image with strided 3×3 convolutions until a position is a patch, then projects to the width.
// Xiao et al. 2021, "Early Convolutions Help Transformers See Better".
func (m *Model) convolutionalStem(p *Pass, x *Node) *Node {
	for i, layer := range stemLayers(&m.cfg.Vision) {
		path := fmt.Sprintf("visual/stem/%d", i)
		x = p.convolve(x, p.weight(path+"/weight"), layer.stride)
		x = m.vision.activation(p.norm(path+"/norm", m.vision.epsilon, x))
	}
	d := x.Shape().Dimensions
	return p.dense("visual/stem/proj", Reshape(x, d[0], d[1]*d[2], d[3]))
}

// position puts the class tokens in front of the patches and adds the learned position of each.
func (m *Model) position(p *Pass, x *Node) *Node {
	if n := m.cfg.Vision.ClassTokenLength; n > 0 {
		class := ExpandAxes(p.weight("visual/class_embedding"), 0)
		x = Concatenate([]*Node{BroadcastToDims(class, x.Shape().Dim(0), n, m.vision.width), x}, 1)
	}
	return Add(x, ExpandAxes(p.weight("visual/positional_embedding"), 0))
}

// dropPatches keeps a random max(1, ⌊patches·(1−rate)⌋) of each image's patches, and all its class tokens.
// Li et al. 2023, FLIP.
func (m *Model) dropPatches(p *Pass, x *Node) *Node {
	batch, n := x.Shape().Dim(0), m.cfg.Vision.ClassTokenLength
	patches := x.Shape().Dim(1) - n
	kept := max(1, int(float64(patches)*(1-m.cfg.Vision.DropPatchRate)))
	_, order := TopK(p.RNG.uniform(batch, patches), kept, 1)
	order = ConvertDType(order, dtypes.Int32)
	sample := Iota(x.Graph(), order.Shape(), 0)
	candidates := ConvertDType(Slice(x, AxisRange(), AxisRangeToEnd(n)), dtypes.Float32) // the Go backend has no gradient of Gather in float16
	chosen := ConvertDType(Gather(candidates, Stack([]*Node{sample, order}, -1)), x.DType())
	if n == 0 {
		return chosen
	}
	return Concatenate([]*Node{Slice(x, AxisRange(), AxisRange(0, n)), chosen}, 1)
}

// imagePlace is the first class token, or nil where the mean over the sequence or all of it is read.
func (m *Model) imagePlace() *place {
	if m.cfg.Vision.FlattenPool || m.cfg.Vision.GlobalAveragePool {
		return nil
	}
	return &place{at: 0}
}

// poolImage makes x [batch, sequence, width] one vector: all of it side by side, or the mean over the sequence, which is 1
// where the class token alone is read.
func (m *Model) poolImage(x *Node) *Node {
	if m.cfg.Vision.FlattenPool {
		return Reshape(x, x.Shape().Dim(0), -1)
	}
	return ReduceMean(x, 1)
}

// convolve is a 3×3 convolution of x [batch, height, width, in] with w [3, 3, in, out], one pixel of zeros around: the
// nine shifted pictures side by side, and one product. It equals Convolve; on GoMLX's Go backend it is a hundred times as
// fast, and on XLA's CPU no slower.
func (p *Pass) convolve(x, w *Node, stride int) *Node {
	d := x.Shape().Dimensions
	padded := x
	for _, axis := range []int{1, 2} { // GoMLX has no gradient for Pad
		line := padded.Shape().Clone()
		line.Dimensions[axis] = 1
		padded = Concatenate([]*Node{Zeros(x.Graph(), line), padded, Zeros(x.Graph(), line)}, axis)
	}
	var shifted []*Node
	for row := range 3 {
		for column := range 3 {
			shifted = append(shifted, Slice(padded, AxisRange(),
				AxisRange(row, row+d[1]).Stride(stride), AxisRange(column, column+d[2]).Stride(stride), AxisRange()))
		}
	}
	return p.project(Concatenate(shifted, -1), Reshape(w, 9*d[3], -1))
}
