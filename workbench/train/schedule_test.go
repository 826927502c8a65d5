package train

import (
	"math"
	"testing"

	"clipbench/workbench/config"

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
		s := NewSchedule(&config.Optim{LR: 1, Sched: tc.sched}, tc.total)
		e := MustNewExec(goBackend(t), func(step *Node) *Node { return s.table(step.Graph(), tc.total, step) })
		for step, want := range tc.want {
			if got := s(step); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s: step %d has %g, want %g", tc.name, step, got, want)
			}
			out, err := e.Call(int32(step))
			if err != nil {
				t.Fatal(err)
			}
			if got := float64(tensors.ToScalar[float32](out[0])); math.Abs(got-want) > 1e-7 {
				t.Errorf("%s: the graph has %g at step %d, want %g", tc.name, got, step, want)
			}
		}
	}
}
