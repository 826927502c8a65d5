package train

import (
	"clipbench/workbench/clip"
	"clipbench/workbench/config"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// ComputeDType is the dtype of trainer.precision: of matrix products and what lies between them. Layer norm, softmax and
// loss are float32 always.
func ComputeDType(precision string) dtypes.DType {
	switch precision {
	case "bf16", "bf16-mixed":
		return dtypes.BFloat16
	case "16", "16-mixed":
		return dtypes.Float16
	}
	return dtypes.Float32
}

// weightDType is what a weight and its gradient are kept in: float32, or with model.megatron_amp_O2 the dtype of
// trainer.precision. Scalars stay float32: rounding would move the temperature, and they weigh nothing.
func weightDType(cfg *config.Config, p clip.Tensor) dtypes.DType {
	if !cfg.Model.MegatronAMPO2 || len(p.Dims) == 0 {
		return dtypes.Float32
	}
	return ComputeDType(cfg.Trainer.Precision)
}

// Paths of the loss scale's state.
const (
	lossScalePath  = "/loss_scale/value"
	growthPath     = "/loss_scale/growth_tracker"     // finite steps since the scale last changed
	hysteresisPath = "/loss_scale/hysteresis_tracker" // overflows that the scale still bears
)

// scaled tells that the loss is multiplied by a scale before the gradient is taken, so that small gradients are not lost:
// float16's range wants it, bfloat16's does not.
func scaled(cfg *config.Config) bool {
	return ComputeDType(cfg.Trainer.Precision) == dtypes.Float16
}

func (s *state) addLossScale() {
	amp := &s.cfg.Model.Vision // the text tower's keys are the same
	s.add(lossScalePath, tensors.FromValue(float32(amp.NativeAMPInitScale)), false)
	s.add(growthPath, tensors.FromValue(int32(0)), false)
	s.add(hysteresisPath, tensors.FromValue(int32(amp.Hysteresis)), false)
}

// lossScale is the scale of this step, a float32 scalar; 1 where the loss is not scaled.
func lossScale(g *Graph, cfg *config.Config, store *model.Store) *Node {
	if !scaled(cfg) {
		return Const(g, float32(1))
	}
	return store.GetVariable(lossScalePath).NodeValue(g)
}

// updateLossScale sets the scale of the next step. Of overflows with no finite step between them the one that hysteresis
// numbers halves it, and so does each after it; native_amp_growth_interval finite steps without a change double it. NeMo's
// GradScaler over PyTorch's.
func updateLossScale(g *Graph, cfg *config.Config, store *model.Store, finite *Node) {
	if !scaled(cfg) {
		return
	}
	amp := &cfg.Model.Vision
	scale, growth, hysteresis := store.GetVariable(lossScalePath), store.GetVariable(growthPath), store.GetVariable(hysteresisPath)
	left := Where(finite, Const(g, int32(amp.Hysteresis)), AddScalar(hysteresis.NodeValue(g), -1))
	run := Where(finite, AddScalar(growth.NodeValue(g), 1), Const(g, int32(0)))
	grow := Equal(run, Const(g, int32(amp.NativeAMPGrowthInterval)))
	shrink := And(Not(finite), LessOrEqual(left, Const(g, int32(0))))

	old := scale.NodeValue(g)
	grown := MulScalar(old, 2)
	grown = Where(IsFinite(grown), grown, old)
	scale.SetNodeValue(Where(grow, grown, Where(shrink, MulScalar(old, 0.5), old)))
	growth.SetNodeValue(Where(grow, Const(g, int32(0)), run))
	hysteresis.SetNodeValue(left)
}
