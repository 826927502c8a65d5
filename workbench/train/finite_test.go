package train

import (
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
)

func TestStepThatIsNotFiniteChangesNothingButItsCount(t *testing.T) {
	cfg := configure(t, list("exp_manager.ema.enable=true exp_manager.ema.decay=0.5 model.optim.weight_decay=0.1")...)
	r := newTrainer(t, backend(t), cfg)
	r.run(0, 2)
	before, good := floats(r.store, ""), r.snapshot()
	r.run(3, 1)
	without := floats(r.store, "")
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1))} {
		r.restore(good)
		batch := noise(cfg, 2)
		tensors.MustMutableFlatData[float32](batch.Images, func(v []float32) { v[3] = bad })
		m, err := r.Run(batch)
		if err != nil {
			t.Fatal(err)
		}
		if m.Finite || m.Overflow() {
			t.Errorf("%g in a picture: %+v", bad, m)
		}
		wantClose(t, "after a step that was not finite", floats(r.store, ""), before, 0)
		wantCounts(t, r, 3, 2)
		r.run(3, 1)
		wantClose(t, "the step after it, the third update", floats(r.store, ""), without, 0)
		wantCounts(t, r, 4, 3)
	}
}

func wantCounts(t *testing.T, r *trainer, steps, updates int32) {
	t.Helper()
	for path, want := range map[string]int32{stepPath: steps, updatesPath: updates} {
		if got := tensors.ToScalar[int32](r.store.GetVariable(path).MustValue()); got != want {
			t.Errorf("%s is %d, want %d", path, got, want)
		}
	}
}
