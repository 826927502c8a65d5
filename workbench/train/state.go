// Package train is one training step as one graph, (state, batch) → (state, metrics), and its state: weights, moments,
// moving average, step and random state, each a tensor with a path.
package train

import (
	"fmt"
	"math"

	"clipbench/workbench/clip"
	"clipbench/workbench/config"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// The state's tensors, by path: a weight lies at WeightPath + its path in clip's Tensors.
const (
	WeightPath = "/model/"
	firstPath  = "/optimizer/first_moment/"
	secondPath = "/optimizer/second_moment/"
	EMAPath    = "/ema/"
	stepPath   = "/step"
	rngPath    = "/rng"
)

// NewState returns the state before the first step: a function of the configuration and its seed alone.
func NewState(cfg *config.Config, m *clip.Model) (*model.Store, error) {
	store := model.NewStore()
	rng, err := graph.RNGStateFromSeed(cfg.Model.Seed)
	if err != nil {
		return nil, fmt.Errorf("random state of seed %d: %w", cfg.Model.Seed, err)
	}
	if err := addState(store, stepPath, tensors.FromValue(int32(0)), false); err != nil {
		return nil, err
	}
	if err := addState(store, rngPath, rng, false); err != nil {
		return nil, err
	}
	for _, p := range m.Tensors() {
		values := p.Init.Values(cfg.Model.Seed, p.Path, p.Size())
		if err := addParameter(store, cfg, p, values); err != nil {
			return nil, err
		}
	}
	return store, nil
}

// addParameter adds a weight with all that the optimizer keeps of it.
func addParameter(store *model.Store, cfg *config.Config, p clip.Tensor, values []float32) error {
	tensor := func(v []float32) *tensors.Tensor { return tensors.FromFlatDataAndDimensions(v, p.Dims...) }
	if err := addState(store, WeightPath+p.Path, tensor(values), true); err != nil {
		return err
	}
	for _, prefix := range momentPaths(&cfg.Model.Optim) {
		if err := addState(store, prefix+p.Path, tensor(make([]float32, len(values))), false); err != nil {
			return err
		}
	}
	if cfg.ExpManager.EMA.Enable {
		return addState(store, EMAPath+p.Path, tensor(values), false)
	}
	return nil
}

func addState(store *model.Store, path string, value *tensors.Tensor, trainable bool) error {
	v, err := store.CreateVariable(path, value)
	if err != nil {
		return fmt.Errorf("state %s: %w", path, err)
	}
	v.SetTrainable(trainable)
	return nil
}

// Weights reads the model's weights of a store inside a graph: the trained ones, or with EMAPath their moving average.
func Weights(g *graph.Graph, store *model.Store, prefix string) clip.Weights {
	return func(path string) *graph.Node {
		v := store.GetVariable(prefix + path)
		if v == nil {
			panic(fmt.Errorf("the state holds no tensor %s%s", prefix, path))
		}
		return v.NodeValue(g)
	}
}

// StepsDone is the number of steps in the state.
func StepsDone(store *model.Store) (int, error) {
	v := store.GetVariable(stepPath)
	if v == nil {
		return 0, fmt.Errorf("the state holds no tensor %s", stepPath)
	}
	value, err := v.Value()
	if err != nil {
		return 0, err
	}
	return int(tensors.ToScalar[int32](value)), nil
}

// ComputeDType is the dtype of trainer.precision.
func ComputeDType(precision string) dtypes.DType {
	switch precision {
	case "bf16", "bf16-mixed":
		return dtypes.BFloat16
	case "16", "16-mixed":
		return dtypes.Float16
	}
	return dtypes.Float32
}

// logit_scale's bound, in log space; no bound is +Inf.
func logitScaleBound(m *config.Model) float64 {
	if m.LogitScaleMax <= 0 {
		return math.Inf(1)
	}
	return math.Log(m.LogitScaleMax)
}
