package train

import (
	"math"

	"clipbench/workbench/clip"
	"clipbench/workbench/config"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// momentPaths are the prefixes of what the optimizer keeps of each weight.
func momentPaths(o *config.Optim) []string {
	if o.Name == "sgd" {
		if o.Momentum == 0 {
			return nil
		}
		return []string{firstPath}
	}
	return []string{firstPath, secondPath}
}

// update is one optimizer step of every weight inside the graph.
type update struct {
	cfg    *config.Config
	store  *model.Store
	rate   *Node // learning rate, scalar
	count  *Node // int32 scalar: updates before this one
	finite *Node // false keeps everything as it was
	decay  *Node // of the moving average, scalar
}

// apply changes a weight, its moments and its moving average by the gradient, float32 and clipped.
func (u *update) apply(p clip.Tensor, gradient *Node) {
	optim, rule := &u.cfg.Model.Optim, rulesOf(&u.cfg.Model.Optim, p)
	weight := u.store.GetVariable(WeightPath + p.Path)
	master := weight
	if v := u.store.GetVariable(MasterPath + p.Path); v != nil {
		master = v
	}
	old := master.NodeValue(gradient.Graph())
	decay := func(x *Node) *Node {
		if rule.decay == 0 {
			return x
		}
		return Add(x, MulScalar(old, rule.decay))
	}
	var direction *Node
	if optim.Name == "sgd" {
		direction = u.momentum(p, decay(gradient))
	} else {
		direction = decay(u.adam(p, gradient))
	}
	changed := Sub(old, Mul(MulScalar(u.rate, rule.scale), direction))
	if p.Path == "logit_scale" && u.cfg.Model.LogitScaleMax > 0 {
		changed = ClipScalar(changed, 0, math.Log(u.cfg.Model.LogitScaleMax))
	}
	changed = u.set(master, changed)
	if master != weight {
		weight.SetNodeValue(ConvertDType(changed, weight.DType()))
	}
	u.average(p, changed)
}

// adam is the direction of Adam with bias correction; decay is added apart from it. Loshchilov and Hutter 2019.
func (u *update) adam(p clip.Tensor, gradient *Node) *Node {
	optim := &u.cfg.Model.Optim
	first := u.moment(firstPath+p.Path, optim.Betas[0], gradient)
	second := u.moment(secondPath+p.Path, optim.Betas[1], Square(gradient))
	return Div(Div(first, u.correction(optim.Betas[0])), AddScalar(Sqrt(Div(second, u.correction(optim.Betas[1]))), optim.Eps))
}

// correction is 1 − betaᵗ, t counted from 1.
func (u *update) correction(beta float64) *Node {
	t := ConvertDType(AddScalar(u.count, 1), dtypes.Float32)
	return Neg(Expm1(MulScalar(t, math.Log(beta))))
}

// moment moves a running mean towards value and returns it.
func (u *update) moment(path string, beta float64, value *Node) *Node {
	v := u.store.GetVariable(path)
	mean := Add(MulScalar(v.NodeValue(value.Graph()), beta), MulScalar(value, 1-beta))
	u.set(v, mean)
	return mean
}

// momentum is the gradient, or its running sum momentum·m + g. PyTorch's SGD without damping.
func (u *update) momentum(p clip.Tensor, gradient *Node) *Node {
	momentum := u.cfg.Model.Optim.Momentum
	if momentum == 0 {
		return gradient
	}
	v := u.store.GetVariable(firstPath + p.Path)
	sum := Add(MulScalar(v.NodeValue(gradient.Graph()), momentum), gradient)
	u.set(v, sum)
	return sum
}

// averageDecay is the decay of the moving average after count updates. With warmup it begins small, so that the average of a
// short run is not mostly of its first weights: TensorFlow's ExponentialMovingAverage(num_updates).
func averageDecay(ema *config.EMA, count *Node) *Node {
	decay := Scalar(count.Graph(), dtypes.Float32, ema.Decay)
	if !ema.Warmup {
		return decay
	}
	n := ConvertDType(count, dtypes.Float32)
	return Min(decay, Div(AddScalar(n, 1), AddScalar(n, 10)))
}

// average moves the moving average of a weight towards its new value, in the first of every every_n_steps updates. NeMo's
// EMAOptimizer.
func (u *update) average(p clip.Tensor, weight *Node) {
	ema := &u.cfg.ExpManager.EMA
	if !ema.Enable {
		return
	}
	v := u.store.GetVariable(EMAPath + p.Path)
	old := v.NodeValue(weight.Graph())
	moved := Add(Mul(u.decay, old), Mul(OneMinus(u.decay), weight))
	if ema.EveryNSteps > 1 {
		moved = Where(Equal(ModScalar(u.count, ema.EveryNSteps), Const(u.count.Graph(), int32(0))), moved, old)
	}
	u.set(v, moved)
}

// set gives a tensor of the state its new value, unless the step is not applied, and returns what it is then.
func (u *update) set(v *model.Variable, changed *Node) *Node {
	kept := Where(u.finite, changed, v.NodeValue(changed.Graph()))
	v.SetNodeValue(kept)
	return kept
}

// globalNorm is the L2 norm of all gradients together.
func globalNorm(gradients []*Node) *Node {
	sum := ReduceAllSum(Square(gradients[0]))
	for _, g := range gradients[1:] {
		sum = Add(sum, ReduceAllSum(Square(g)))
	}
	return Sqrt(sum)
}

// clipFactor scales gradients of a norm down to limit; limit 0 leaves them. PyTorch's clip_grad_norm_.
func clipFactor(norm *Node, limit float64) *Node {
	if limit <= 0 {
		return OnesLike(norm)
	}
	return MinScalar(Div(Const(norm.Graph(), float32(limit)), AddScalar(norm, 1e-6)), 1.0)
}
