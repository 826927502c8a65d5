package parallel

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/distributed"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/core/tensors/dtensor"
	"github.com/gomlx/gomlx/ml/model"
)

// Program is a compiled function of a state and a batch, on one device or over a mesh. In its graph all shapes are those of
// the whole: XLA divides the work by where the state and the batch lie, and adds what the devices must tell each other.
type Program struct {
	exec *model.Exec
	mesh *Mesh
}

// NewProgram lays exec over a mesh; a nil mesh is one device. ranks are of its inputs, each with the batch as its first
// axis. Its graph says by Results how those lie.
func NewProgram(exec *model.Exec, mesh *Mesh, ranks ...int) *Program {
	if mesh != nil {
		inputs := make([]*distributed.ShardingSpec, len(ranks))
		for i, rank := range ranks {
			inputs[i] = mesh.Batch(rank)
		}
		exec.AutoSharding(mesh.Devices).WithInputShardingSpecs(inputs...)
	}
	return &Program{exec, mesh}
}

// Call runs the program on a batch and returns its results.
func (p *Program) Call(batch ...*tensors.Tensor) ([]*tensors.Tensor, error) {
	inputs := make([]any, len(batch))
	for i, t := range batch {
		inputs[i] = t
		if p.mesh == nil {
			continue
		}
		part, err := dtensor.ShardTensor(p.mesh.Batch(t.Rank()), t)
		if err != nil {
			return nil, fmt.Errorf("batch over %s: %w", p.mesh.Plan, err)
		}
		inputs[i] = part
	}
	return p.exec.Call(inputs...)
}

// Compile prepares the program for a batch of these shapes, and returns it.
func (p *Program) Compile(batch ...shapes.Shape) (compute.Executable, error) {
	if p.mesh != nil { // GoMLX asks for the shapes of every device's part
		parts := make([]shapes.Shape, len(batch))
		for i, shape := range batch {
			parts[i] = p.mesh.Batch(shape.Rank()).ShardShape(shape)
		}
		batch = slices.Repeat(parts, p.mesh.Plan.Devices())
	}
	g, err := p.exec.Compile(batch...)
	if err != nil {
		return nil, err
	}
	return g.Executable(), nil
}

// Results says how a program's results lie: each tensor of the state that its graph changed where it lay, and then the
// rest, of these ranks, whole on every device. It is called at the end of the graph.
func (p *Program) Results(store *model.Store, g *model.Graph, ranks ...int) {
	if p.mesh == nil {
		return
	}
	var specs []*distributed.ShardingSpec
	for v := range store.IterVariables() {
		if v.ChangedInGraph(g) {
			specs = append(specs, v.ShardingSpec())
		}
	}
	for _, rank := range ranks {
		specs = append(specs, p.mesh.Whole(rank))
	}
	p.exec.WithOutputShardingSpecs(specs...)
}
