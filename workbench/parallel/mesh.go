package parallel

import (
	"fmt"

	"clipbench/workbench/config"

	"github.com/gomlx/compute/distributed"
)

// Mesh is a plan laid over real devices. One device needs none: a nil *Mesh.
type Mesh struct {
	Plan
	Devices *distributed.DeviceMesh
}

// NewMesh lays a configuration's plan over the devices that a backend has: nil for a plan of one device.
func NewMesh(c *config.Config, available int) (*Mesh, error) {
	p := NewPlan(c)
	if p.Devices() == 1 {
		return nil, nil //nolint:nilnil // one device has no mesh
	}
	if p.Devices() > available {
		return nil, fmt.Errorf("trainer.devices=%d: this backend's devices number %d; set that or fewer (and model.global_batch_size to match), or use another --backend", p.Devices(), available)
	}
	mesh, err := distributed.NewDeviceMesh([]int{p.Data, p.Model}, []string{DataAxis, ModelAxis})
	if err != nil {
		return nil, fmt.Errorf("mesh of %s: %w", p, err)
	}
	return &Mesh{Plan: p, Devices: mesh}, nil
}

// DividesBlocks says whether heads and MLP are divided among devices.
func (m *Mesh) DividesBlocks() bool { return m != nil && m.Model > 1 }

// Parts is how many equal parts a batch is cut into.
func (m *Mesh) Parts() int {
	if m == nil {
		return 1
	}
	return m.Data
}

// Spec is a layout as the backend takes it.
func (m *Mesh) Spec(l Layout) *distributed.ShardingSpec {
	spec := &distributed.ShardingSpec{Mesh: m.Devices, Axes: make([]distributed.AxisSpec, len(l))}
	for i, axis := range l {
		if axis != "" {
			spec.Axes[i] = distributed.AxisSpec{axis}
		}
	}
	return spec
}

// Batch is how a tensor of the given rank lies whose first axis is the global batch.
func (m *Mesh) Batch(rank int) *distributed.ShardingSpec {
	l := make(Layout, rank)
	l[0] = DataAxis
	return m.Spec(l)
}

// Whole is how a tensor lies that every device holds whole.
func (m *Mesh) Whole(rank int) *distributed.ShardingSpec { return m.Spec(make(Layout, rank)) }
