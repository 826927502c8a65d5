package train

import (
	"fmt"
	"strings"

	"clipbench/workbench/clip"
	"clipbench/workbench/parallel"

	"github.com/gomlx/gomlx/ml/model"
)

// layouts says where each tensor of a state lies by its path: weights by the plan's Weight, what else is kept of a weight
// by its Moment. Whatever belongs to no weight is whole on every device.
type layouts struct {
	plan    parallel.Plan
	weights map[string]clip.Tensor
}

func newLayouts(plan parallel.Plan, m *clip.Model) layouts {
	l := layouts{plan, map[string]clip.Tensor{}}
	for _, t := range m.Tensors() {
		l.weights[t.Path] = t
	}
	return l
}

func (l layouts) of(v *model.Variable) parallel.Layout {
	if t, ok := l.weights[strings.TrimPrefix(v.Path(), WeightPath)]; ok {
		return l.plan.Weight(t)
	}
	for at := range v.Path() { // a prefix, such as /optimizer/first_moment/, and the weight's path
		if t, ok := l.weights[v.Path()[at:]]; ok {
			return l.plan.Moment(t)
		}
	}
	return make(parallel.Layout, v.Shape().Rank())
}

// Spread lays a state out over a mesh. It may lie on another one. A nil mesh is one device, and takes it as it is.
func Spread(store *model.Store, m *clip.Model, mesh *parallel.Mesh) error {
	if mesh == nil {
		return nil
	}
	where := newLayouts(mesh.Plan, m)
	for v := range store.IterVariables() {
		if err := gather(v); err != nil {
			return fmt.Errorf("state %s: %w", v.Path(), err)
		}
		if err := v.SetShardingSpec(mesh.Spec(where.of(v))); err != nil {
			return fmt.Errorf("state %s: %w", v.Path(), err)
		}
	}
	return nil
}

// gather brings what lies on a mesh back into one piece.
func gather(v *model.Variable) error {
	if v.ShardingSpec() == nil {
		return nil
	}
	whole, err := v.Value()
	if err != nil {
		return err
	}
	return v.SetValuePreservingOld(whole)
}
