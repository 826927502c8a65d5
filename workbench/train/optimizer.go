package train

import (
	"math"
	"regexp"

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
	store  *model.Store
	optim  *config.Optim
	rate   *Node // learning rate, scalar
	step   *Node // int32 scalar, before this step
	finite *Node // false keeps everything as it was
}

// apply changes a weight and its moments by the gradient.
func (u *update) apply(p clip.Tensor, gradient *Node) *Node {
	g := gradient.Graph()
	v := u.store.GetVariable(WeightPath + p.Path)
	weight := v.NodeValue(g)
	scale, decay := u.rules(p)
	if scale == 0 {
		return weight
	}
	rate := MulScalar(u.rate, scale)
	var direction *Node
	if u.optim.Name == "sgd" {
		direction = u.sgd(p, gradient)
	} else {
		direction = u.adam(p, gradient)
	}
	if decay != 0 {
		direction = Add(direction, MulScalar(weight, decay))
	}
	changed := u.keepIfFinite(Sub(weight, Mul(rate, direction)), weight)
	v.SetNodeValue(changed)
	return changed
}

// adam is the direction of Adam with bias correction; decay is added apart from it. Loshchilov and Hutter 2019.
func (u *update) adam(p clip.Tensor, gradient *Node) *Node {
	beta1, beta2 := u.optim.Betas[0], u.optim.Betas[1]
	first := u.moment(firstPath+p.Path, beta1, gradient)
	second := u.moment(secondPath+p.Path, beta2, Square(gradient))
	return Div(Div(first, u.correction(beta1)), AddScalar(Sqrt(Div(second, u.correction(beta2))), u.optim.Eps))
}

// correction is 1 − betaᵗ, t counted from 1.
func (u *update) correction(beta float64) *Node {
	t := ConvertDType(AddScalar(u.step, 1), dtypes.Float32)
	return OneMinus(Exp(MulScalar(t, math.Log(beta))))
}

// sgd is the gradient, or its running sum momentum·m + g. PyTorch's SGD without damping.
func (u *update) sgd(p clip.Tensor, gradient *Node) *Node {
	if u.optim.Momentum == 0 {
		return gradient
	}
	v := u.store.GetVariable(firstPath + p.Path)
	old := v.NodeValue(gradient.Graph())
	sum := Add(MulScalar(old, u.optim.Momentum), gradient)
	v.SetNodeValue(u.keepIfFinite(sum, old))
	return sum
}

// moment moves a running mean towards value and returns it.
func (u *update) moment(path string, beta float64, value *Node) *Node {
	v := u.store.GetVariable(path)
	old := v.NodeValue(value.Graph())
	mean := Add(MulScalar(old, beta), MulScalar(value, 1-beta))
	v.SetNodeValue(u.keepIfFinite(mean, old))
	return mean
}

func (u *update) keepIfFinite(changed, old *Node) *Node { return Where(u.finite, changed, old) }

// rules returns what the configuration makes of a weight's learning rate (a factor; 0: frozen) and decay.
func (u *update) rules(p clip.Tensor) (scale, decay float64) {
	scale = 1
	if p.Decay {
		decay = u.optim.WeightDecay
	}
	for _, rule := range u.optim.Rules {
		if !regexp.MustCompile(rule.Match).MatchString(p.Path) {
			continue
		}
		if rule.Freeze {
			return 0, 0
		}
		if rule.LRScale != nil {
			scale = *rule.LRScale
		}
		if rule.WeightDecay != nil {
			decay = *rule.WeightDecay
		}
	}
	return scale, decay
}
