package train

import (
	"math"

	"clipbench/workbench/config"

	. "github.com/gomlx/gomlx/core/graph"
)

// Schedule is the learning rate as a function of the step, counted from 0.
type Schedule func(step int) float64

// NewSchedule returns the course that model.optim.sched names, over total steps. All of them warm up as NeMo does, by
// lr·(t+1)/(warmup+1).
func NewSchedule(o *config.Optim, total int) Schedule {
	s := &o.Sched
	after := func(int) float64 { return o.LR }
	switch rest := total - s.WarmupSteps; s.Name {
	case "CosineAnnealing":
		after = func(step int) float64 { return cosine(o.LR, s.MinLR, step, rest-s.ConstantSteps) }
	case "constant-cooldown":
		after = func(step int) float64 { return cooldown(o.LR, s.MinLR, step, rest, s.CooldownSteps) }
	}
	return func(step int) float64 {
		if step < s.WarmupSteps {
			return o.LR * float64(step+1) / float64(s.WarmupSteps+1)
		}
		return after(step - s.WarmupSteps)
	}
}

// cosine is half a cosine from lr down to floor over so many steps, and floor from then on: NeMo's CosineAnnealing, whose
// constant_steps are those at the end. Loshchilov and Hutter 2017.
func cosine(lr, floor float64, step, steps int) float64 {
	if step >= steps {
		return floor
	}
	return floor + (lr-floor)*(1+math.Cos(math.Pi*float64(step)/float64(steps)))/2
}

// cooldown is lr, and then over the last steps a line down to floor. open_clip's const-cooldown with power 1.
func cooldown(lr, floor float64, step, total, last int) float64 {
	left := float64(total - step)
	if last <= 0 || left >= float64(last) {
		return lr
	}
	return floor + (lr-floor)*math.Max(0, left)/float64(last)
}

// table is the whole schedule as a constant of the graph, read at step: no host arithmetic enters the training step.
func (s Schedule) table(g *Graph, total int, step *Node) *Node {
	rates := make([]float32, total+1)
	for i := range rates {
		rates[i] = float32(s(i))
	}
	at := MinScalar(step, float64(total))
	return Squeeze(Gather(Const(g, rates), ExpandAxes(at, -1)))
}
