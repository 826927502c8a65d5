// Package parallel says how training is spread over devices: the mesh, and where every tensor of the model lies on it.
//
// A mesh has two axes. Over "data" each device holds a part of the batch; over "model" each holds a part of every block's
// attention heads and MLP (Shoeybi et al. 2019, "Megatron-LM", §3). The optimizer's moments, and the weights too, may be
// divided over the data axis besides (Rajbhandari et al. 2020, "ZeRO", stages 1 and 3).
package parallel

import (
	"fmt"
	"path"
	"strings"

	"clipbench/workbench/clip"
	"clipbench/workbench/config"
)

// The axes of a mesh.
const (
	DataAxis  = "data"
	ModelAxis = "model"
)

// Plan is how a training is spread over devices.
type Plan struct {
	Data         int  // devices that each hold a part of the batch: the data parallel size
	Model        int  // devices that share one copy of the blocks: tensor_model_parallel_size
	ShardMoments bool // what the optimizer keeps of a weight is divided over the data axis: distributed_fused_adam
	ShardWeights bool // the weights are, too: model.optim.shard_weights
}

// NewPlan returns the plan of a checked configuration.
func NewPlan(c *config.Config) Plan {
	return Plan{
		Data: c.DataParallel(), Model: c.Model.TensorParallel,
		ShardMoments: c.Model.Optim.Name == "distributed_fused_adam", ShardWeights: c.Model.Optim.ShardWeights,
	}
}

// Devices is how many devices the plan takes.
func (p Plan) Devices() int { return p.Data * p.Model }

// String is the plan in one line, such as "4 devices: data 2 × model 2, moments divided over data".
func (p Plan) String() string {
	if p.Devices() == 1 {
		return "1 device"
	}
	s := fmt.Sprintf("%d devices: data %d × model %d", p.Devices(), p.Data, p.Model)
	switch {
	case p.Data == 1:
	case p.ShardWeights:
		s += ", weights and moments divided over data"
	case p.ShardMoments:
		s += ", moments divided over data"
	}
	return s
}

// Layout names, for each axis of a tensor, the axis of the mesh that divides it: "" where every device has it whole.
type Layout []string

// String is the layout as in "[·, model]"; that of a tensor which every device holds whole is "whole".
func (l Layout) String() string {
	axes := make([]string, len(l))
	whole := true
	for i, axis := range l {
		if axes[i] = axis; axis == "" {
			axes[i] = "·"
		} else {
			whole = false
		}
	}
	if whole {
		return "whole"
	}
	return "[" + strings.Join(axes, ", ") + "]"
}

// divided says which axis of a block's tensor tensor parallelism divides, by the end of the tensor's path. The first
// product of a pair is divided by its columns and the second by its rows, so that a device needs nothing of the others
// between the two, and their sum is one all-reduce.
var divided = []struct {
	suffix string
	axis   int // from the end, if negative
}{
	{"/attn/in_proj/weight", -1}, // [width, 3, heads·head width]
	{"/attn/in_proj/bias", -1},
	{"/attn/out_proj/weight", 0},
	{"/mlp/c_fc/weight", -1},
	{"/mlp/c_fc/bias", -1},
	{"/mlp/c_proj/weight", 0},
}

// Weight is where a weight lies, and with it its gradient.
func (p Plan) Weight(t clip.Tensor) Layout {
	l := p.tensorParallel(t)
	if p.ShardWeights {
		p.divideOverData(l, t)
	}
	return l
}

// Moment is where that lies which the optimizer keeps of a weight: moments, moving average, float32 master.
func (p Plan) Moment(t clip.Tensor) Layout {
	l := p.tensorParallel(t)
	if p.ShardMoments || p.ShardWeights {
		p.divideOverData(l, t)
	}
	return l
}

func (p Plan) tensorParallel(t clip.Tensor) Layout {
	l := make(Layout, len(t.Dims))
	if p.Model == 1 {
		return l
	}
	for _, d := range divided {
		if strings.HasSuffix(t.Path, d.suffix) {
			l[(d.axis+len(l))%len(l)] = ModelAxis
		}
	}
	return l
}

// divideOverData divides one axis that divides evenly and is whole yet, if there is one: the first of a matrix. Vectors stay
// whole, for they weigh little and each would be gathered by itself. Of a projection it is the last: were the first divided, the
// width, XLA would divide what the projection reads along it too, and with that the activations of the whole image tower.
func (p Plan) divideOverData(l Layout, t clip.Tensor) {
	if p.Data == 1 || isVector(t) {
		return
	}
	for i := range l {
		if isProjection(t) {
			i = len(l) - 1 - i
		}
		if l[i] == "" && t.Dims[i]%p.Data == 0 {
			l[i] = DataAxis
			return
		}
	}
}

// isVector says whether a tensor is added to tokens, or scales them: biases, gains, class tokens and positions.
func isVector(t clip.Tensor) bool {
	if len(t.Dims) < 2 {
		return true
	}
	switch path.Base(t.Path) {
	case "bias", "class_embedding", "positional_embedding":
		return true
	}
	return false
}

// isProjection says whether a tensor is a tower's last product.
func isProjection(t clip.Tensor) bool { return t.Path == "visual/proj" || t.Path == "text/projection" }

// Share is how many of a tensor's values one device holds.
func (p Plan) Share(t clip.Tensor, l Layout) int {
	n := t.Size()
	for _, axis := range l {
		switch axis {
		case DataAxis:
			n /= p.Data
		case ModelAxis:
			n /= p.Model
		}
	}
	return n
}
