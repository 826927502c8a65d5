package train

import (
	"math"
	"testing"

	"clipbench/workbench/config"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// Rates by hand from NeMo's CosineAnnealing (lr·(t+1)/(warmup+1), then min_lr + (lr−min_lr)·(1+cos(π·k/n))/2 with n the
// steps left, then min_lr) and open_clip's const_lr and const_lr_cooldown, with lr 1 and min_lr 0.2.
func TestSchedulesFollowTheirFormulas(t *testing.T) {
	quarter := 0.2 + 0.8*(1+math.Sqrt2/2)/2 // a quarter of the way down half a cosine
	for _, tc := range []struct {
		name  string
		sched config.Sched
		total int
		want  map[int]float64
	}{
		{
			"cosine",
			config.Sched{Name: "CosineAnnealing", WarmupSteps: 4, MinLR: 0.2},
			12,
			map[int]float64{0: 0.2, 1: 0.4, 3: 0.8, 4: 1, 6: quarter, 8: 0.6, 10: 1.2 - quarter, 12: 0.2, 13: 0.2, 99: 0.2},
		},
		{
			"cosine with constant steps at its end",
			config.Sched{Name: "CosineAnnealing", WarmupSteps: 4, ConstantSteps: 8, MinLR: 0.2},
			20,
			map[int]float64{3: 0.8, 4: 1, 6: quarter, 8: 0.6, 11: 0.2 + 0.8*(1+math.Cos(math.Pi*7/8))/2, 12: 0.2, 13: 0.2, 19: 0.2, 20: 0.2},
		},
		{"cosine without warm-up", config.Sched{Name: "CosineAnnealing"}, 4, map[int]float64{0: 1, 2: 0.5, 4: 0}},
		{"all warm-up", config.Sched{Name: "CosineAnnealing", WarmupSteps: 9}, 5, map[int]float64{0: 0.1, 4: 0.5}},
		{"constant", config.Sched{Name: "constant", WarmupSteps: 1, MinLR: 0.2}, 8, map[int]float64{0: 0.5, 1: 1, 7: 1, 100: 1}},
		{
			"constant with cooldown",
			config.Sched{Name: "constant-cooldown", WarmupSteps: 2, CooldownSteps: 4, MinLR: 0.2},
			10,
			map[int]float64{0: 1. / 3, 1: 2. / 3, 2: 1, 6: 1, 7: 0.8, 8: 0.6, 9: 0.4, 10: 0.2, 12: 0.2},
		},
	} {
		got := ratesOf(t, goBackend(t), &config.Optim{LR: 1, Sched: tc.sched}, tc.total, 101)
		for step, want := range tc.want {
			if math.Abs(float64(got[step])-want) > 1e-7 {
				t.Errorf("%s: step %d has %g, want %g", tc.name, step, got[step], want)
			}
		}
	}
}

// ratesOf are the learning rates of the first steps.
func ratesOf(t *testing.T, b compute.Backend, o *config.Optim, total, steps int) []float32 {
	t.Helper()
	rates := func(g *Graph) *Node { return learningRate(o, total, Iota(g, shapes.Make(dtypes.Int32, steps), 0)) }
	out, err := ExecOnce(b, rates)
	if err != nil {
		t.Fatal(err)
	}
	return tensors.MustCopyFlatData[float32](out)
}

// rateOf is the learning rate in Go, step by step, as NeMo and open_clip write it.
func rateOf(o *config.Optim, total, step int) float64 {
	s := &o.Sched
	if step < s.WarmupSteps {
		return o.LR * float64(step+1) / float64(s.WarmupSteps+1)
	}
	switch decay := total - s.WarmupSteps - s.ConstantSteps; s.Name {
	case "CosineAnnealing":
		if step -= s.WarmupSteps; step >= decay {
			return s.MinLR
		}
		return s.MinLR + (o.LR-s.MinLR)*(1+math.Cos(math.Pi*float64(step)/float64(decay)))/2
	case "constant-cooldown":
		if start := total - s.CooldownSteps; step > start {
			return s.MinLR + (o.LR-s.MinLR)*math.Max(0, 1-float64(step-start)/float64(s.CooldownSteps))
		}
	}
	return o.LR
}

func TestEveryStepHasTheRateOfItsScheduleToFloat32Rounding(t *testing.T) {
	backends := []compute.Backend{goBackend(t)}
	if d, err := xla(); err == nil {
		backends = append(backends, d.Backend)
	}
	for _, total := range []int{1, 7, 1_000, 375_000} {
		for _, sched := range []config.Sched{
			{Name: "CosineAnnealing", WarmupSteps: total / 40, MinLR: 1e-5},
			{Name: "CosineAnnealing", ConstantSteps: total / 3},
			{Name: "CosineAnnealing", WarmupSteps: 2 * total},
			{Name: "CosineAnnealing", ConstantSteps: total, MinLR: 1e-4},
			{Name: "constant", WarmupSteps: total / 2},
			{Name: "constant-cooldown", WarmupSteps: total / 10, CooldownSteps: total / 4, MinLR: 1e-6},
			{Name: "constant-cooldown", CooldownSteps: total},
		} {
			o := &config.Optim{LR: 1e-3, Sched: sched}
			for _, b := range backends {
				for step, got := range ratesOf(t, b, o, total, total) {
					if want := rateOf(o, total, step); math.Abs(float64(got)-want) > 1e-7*want+1e-15 {
						t.Fatalf("%+v, %d steps, on %s: step %d has %g, want %g", sched, total, b.Name(), step, got, want)
					}
				}
			}
		}
	}
}
