package clip

import (
	"clipbench/workbench/config"

	. "github.com/gomlx/gomlx/core/graph"
)

// recompute says which activations of a tower are not kept for the gradient but computed again. Chen et al. 2016, "Training
// Deep Nets with Sublinear Memory Cost"; Korthikanti et al. 2022, "Reducing Activation Recomputation in Large Transformer
// Models"; NeMo's activations_checkpoint_granularity, _method and _num_layers.
type recompute struct {
	core   bool // selective: what lies between queries, keys and values and the mean they give
	layers int  // full: the first layers, of which nothing is kept
	group  int  // but the input of each group of them
}

func newRecompute(t *config.Tower) recompute {
	switch granularity := t.ActivationsCheckpointGranularity; {
	case granularity == nil:
		return recompute{}
	case *granularity == "selective":
		return recompute{core: true}
	case *t.ActivationsCheckpointMethod == "uniform":
		return recompute{layers: t.NumLayers, group: *t.ActivationsCheckpointNumLayers}
	}
	return recompute{layers: *t.ActivationsCheckpointNumLayers, group: 1}
}

// before marks x, the input of the block at depth or the result of the last, by what comes after it.
func (r recompute) before(depth int, x *Node) *Node {
	switch {
	case depth < r.layers && depth%r.group == 0:
		return x.Checkpoint()
	case depth == r.layers && depth > 0:
		return x.StopCheckpoint()
	}
	return x
}

// pass is the one for the block at depth with the input x. In a block that is computed again vectors wait for x: else they
// would be spread over the tokens when the step begins, and kept until the block is computed for the second time.
func (r recompute) pass(p *Pass, depth int, x *Node) *Pass {
	if depth >= r.layers {
		return p
	}
	here := *p
	here.since = x
	return &here
}

// around keeps only the inputs and the result of f.
func around(f func(inputs ...*Node) *Node, inputs ...*Node) *Node {
	kept := make([]*Node, len(inputs))
	for i, x := range inputs {
		kept[i] = x.Checkpoint()
	}
	return f(kept...).StopCheckpoint()
}
