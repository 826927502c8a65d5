package train

import (
	"math"
	"testing"

	"clipbench/workbench/config"
)

func TestFirstLossesOfTinyAgreeOnGoAndXLA(t *testing.T) {
	x := needXLA(t)
	cfg, err := config.LoadBytes("test.yaml", nil, "model.preset=tiny", "model.micro_batch_size=8", "model.global_batch_size=8", "model.optim.sched.warmup_steps=5")
	if err != nil {
		t.Fatal(err)
	}
	onXLA, onGo := newTrainer(t, x, cfg), newTrainer(t, goBackend(t), cfg)
	worst := 0.0
	for step := range 20 {
		a, b := onXLA.run(step, 1)[0], onGo.run(step, 1)[0]
		worst = max(worst, math.Abs(a.Loss-b.Loss)/b.Loss)
		if math.Abs(a.Loss-b.Loss) > 1e-3*b.Loss {
			t.Errorf("step %d: a loss of %g on XLA and of %g on Go", step, a.Loss, b.Loss)
		}
	}
	t.Logf("losses differ by at most %.1g of themselves", worst)
}

func TestStateIsAllThatAStepNeeds(t *testing.T) {
	keys := append(list(`trainer.precision=16 model.megatron_amp_O2=true exp_manager.ema.enable=true model.vision.native_amp_init_scale=65536
		model.text.native_amp_init_scale=65536 model.vision.native_amp_growth_interval=2 model.text.native_amp_growth_interval=2`), dropping...)
	b := goBackend(t)
	first := newTrainer(t, b, configure(t, keys...))
	first.run(0, 3)
	second := newTrainer(t, b, configure(t, keys...))
	second.restore(first.snapshot())
	first.run(3, 3)
	second.run(3, 3)
	wantClose(t, "three steps and three more from a copy of the state", floats(second.store, ""), floats(first.store, ""), 0)
	if first.snapshot()[lossScalePath].Value() == float32(65536) {
		t.Error("the loss scale never changed: its state is not shown to be carried")
	}
}
