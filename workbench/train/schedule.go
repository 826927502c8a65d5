package train

import (
	"math"

	"clipbench/workbench/config"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// learningRate is the rate at step, int32 and counted from 0, on the course that model.optim.sched names, over total steps.
// All of them warm up as NeMo does, by lr·(t+1)/(warmup+1). It is computed in float64 and rounded once, to float32.
func learningRate(o *config.Optim, total int, step *Node) *Node {
	s, t := &o.Sched, ConvertDType(step, dtypes.Float64)
	warming := MulScalar(AddScalar(t, 1), o.LR/float64(s.WarmupSteps+1))
	rate := AddScalar(ZerosLike(t), o.LR)
	switch s.Name {
	case "CosineAnnealing":
		end := total - s.ConstantSteps
		rate = cosine(o.LR, s.MinLR, left(t, end, end-s.WarmupSteps))
	case "constant-cooldown":
		rate = line(o.LR, s.MinLR, left(t, total, s.CooldownSteps))
	}
	return ConvertDType(Where(LessThan(t, AddScalar(ZerosLike(t), s.WarmupSteps)), warming, rate), dtypes.Float32)
}

// left is how much is left at step of the last steps before end: 1 before them, 0 after.
func left(step *Node, end, last int) *Node {
	return ClipScalar(DivScalar(SubScalar(step, end), -max(1, last)), 0, 1)
}

// cosine is half a cosine from lr down to floor: NeMo's CosineAnnealing, whose constant_steps are those at floor. Loshchilov
// and Hutter 2017.
func cosine(lr, floor float64, left *Node) *Node {
	return line(lr, floor, MulScalar(OneMinus(Cos(MulScalar(left, math.Pi))), 0.5))
}

// line goes from lr down to floor: open_clip's const-cooldown with power 1.
func line(lr, floor float64, left *Node) *Node { return AddScalar(MulScalar(left, lr-floor), floor) }
