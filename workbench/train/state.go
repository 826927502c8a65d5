// Package train is one training step as one graph, (state, batch) → (state, metrics), and its state: weights, moments,
// moving average, counters, loss scale and seed, each a tensor with a path.
//
// Two counters are kept apart. /step counts the batches that were taken: the schedule, the randomness and the place in the
// data follow from it. /optimizer/updates counts the steps that were applied: bias correction and the average's turn follow
// from it. They differ by the steps whose loss or gradient was not finite.
package train

import (
	"fmt"

	"clipbench/workbench/clip"
	"clipbench/workbench/config"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// The state's tensors, by path: a weight lies at WeightPath + its path in clip's Tensors, as checkpoints keep it.
const (
	WeightPath  = "/model/"
	EMAPath     = "/ema/"              // its moving average, if one is kept
	MasterPath  = "/optimizer/master/" // float32, where the weight itself is of half precision
	firstPath   = "/optimizer/first_moment/"
	secondPath  = "/optimizer/second_moment/"
	updatesPath = "/optimizer/updates"
	stepPath    = "/step"
	seedPath    = "/seed"
)

// NewState returns the state before the first step: a function of the configuration and its seed alone.
func NewState(cfg *config.Config, m *clip.Model) (*model.Store, error) {
	return (&state{cfg: cfg, store: model.NewStore()}).build(m)
}

// Blueprint is a state whose weights and moments have no values yet: a step on it can be compiled and not run.
func Blueprint(cfg *config.Config, m *clip.Model) (*model.Store, error) {
	return (&state{cfg: cfg, store: model.NewStore(), blueprint: true}).build(m)
}

func (s *state) build(m *clip.Model) (*model.Store, error) {
	s.add(stepPath, tensors.FromValue(int32(0)), false)
	s.add(updatesPath, tensors.FromValue(int32(0)), false)
	s.add(seedPath, tensors.FromValue(uint64(s.cfg.Model.Seed)), false)
	if scaled(s.cfg) {
		s.addLossScale()
	}
	for _, p := range m.Tensors() {
		s.addParameter(p)
	}
	return s.store, s.err
}

// state builds a store; after its first error it adds nothing more.
type state struct {
	cfg       *config.Config
	store     *model.Store
	blueprint bool
	err       error
}

// addParameter adds a weight with all that the optimizer keeps of it.
func (s *state) addParameter(p clip.Tensor) {
	var values *tensors.Tensor
	if !s.blueprint {
		values = tensors.FromFlatDataAndDimensions(p.Init.Values(s.cfg.Model.Seed, p.Path, p.Size()), p.Dims...)
	}
	s.addCopy(WeightPath+p.Path, p, weightDType(s.cfg, p), values, true)
	if weightDType(s.cfg, p) != dtypes.Float32 {
		s.addCopy(MasterPath+p.Path, p, dtypes.Float32, values, false)
	}
	if s.cfg.ExpManager.EMA.Enable {
		s.addCopy(EMAPath+p.Path, p, dtypes.Float32, values, false)
	}
	if rulesOf(&s.cfg.Model.Optim, p).frozen() {
		return
	}
	for _, prefix := range momentPaths(&s.cfg.Model.Optim) {
		s.addCopy(prefix+p.Path, p, dtypes.Float32, nil, false)
	}
}

// addCopy adds a tensor of a weight's shape: with the weight's first values, with zeros, or in a blueprint with none.
func (s *state) addCopy(path string, p clip.Tensor, dtype dtypes.DType, values *tensors.Tensor, trainable bool) {
	shape := shapes.Make(dtype, p.Dims...)
	switch {
	case s.blueprint:
		scope, name := model.SplitPath(path)
		s.store.Scope(scope).VariableWithShape(name, shape).SetTrainable(trainable)
	case values == nil:
		s.add(path, tensors.FromShape(shape), trainable)
	default:
		s.add(path, converted(values, dtype), trainable)
	}
}

func (s *state) add(path string, value *tensors.Tensor, trainable bool) {
	if s.err != nil {
		return
	}
	v, err := s.store.CreateVariable(path, value)
	if err != nil {
		s.err = fmt.Errorf("state %s: %w", path, err)
		return
	}
	v.SetTrainable(trainable)
}
