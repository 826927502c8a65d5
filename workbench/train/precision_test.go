package train

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// scaler is NeMo's GradScaler (hysteresis over torch._amp_update_scale_) in plain Go.
type scaler struct {
	scale                float32
	growth, left         int32
	interval, hysteresis int32
}

func (s *scaler) update(finite bool) {
	if !finite {
		s.growth = 0
		if s.left--; s.left <= 0 {
			s.scale *= 0.5
		}
		return
	}
	s.left = s.hysteresis
	if s.growth++; s.growth == s.interval {
		s.growth = 0
		if doubled := s.scale * 2; !math.IsInf(float64(doubled), 0) {
			s.scale = doubled
		}
	}
}

func TestLossScaleFollowsNeMosScaler(t *testing.T) {
	for _, tc := range []struct {
		set  []string
		want scaler
		bad  float64 // share of steps that overflow
	}{
		{list("model.vision.native_amp_init_scale=65536 model.text.native_amp_init_scale=65536"), scaler{scale: 65536, left: 2, interval: 1000, hysteresis: 2}, 0.4},
		{list(`model.vision.native_amp_growth_interval=3 model.text.native_amp_growth_interval=3
			model.vision.hysteresis=3 model.text.hysteresis=3`), scaler{scale: 1 << 32, left: 3, interval: 3, hysteresis: 3}, 0.3},
		{list(`model.vision.native_amp_growth_interval=1 model.text.native_amp_growth_interval=1 model.vision.hysteresis=1
			model.text.hysteresis=1 model.vision.native_amp_init_scale=1e38 model.text.native_amp_init_scale=1e38`), scaler{scale: 1e38, left: 1, interval: 1, hysteresis: 1}, 0.1},
	} {
		cfg := configure(t, append(tc.set, "trainer.precision=16")...)
		s := &state{cfg: cfg, store: model.NewStore()}
		s.addLossScale()
		e, err := model.NewExec(goBackend(t), s.store, func(_ *model.Scope, finite *Node) *Node {
			updateLossScale(finite.Graph(), cfg, s.store, finite)
			return finite
		})
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(1, 1))
		for step := range 60 {
			finite := r.Float64() >= tc.bad
			if _, err := e.Call(finite); err != nil {
				t.Fatal(err)
			}
			tc.want.update(finite)
			got := scaler{
				tensors.ToScalar[float32](s.store.GetVariable(lossScalePath).MustValue()),
				tensors.ToScalar[int32](s.store.GetVariable(growthPath).MustValue()),
				tensors.ToScalar[int32](s.store.GetVariable(hysteresisPath).MustValue()), tc.want.interval, tc.want.hysteresis,
			}
			if got != tc.want {
				t.Fatalf("%v after step %d: %+v, want %+v", tc.set, step, got, tc.want)
			}
		}
	}
}

func TestFloat16OverflowsAreNotAppliedAndLowerTheScale(t *testing.T) {
	b := backend(t)
	cfg := configure(t, "trainer.precision=16", "model.vision.native_amp_init_scale=67108864", "model.text.native_amp_init_scale=67108864",
		"exp_manager.ema.enable=true")
	r := newTrainer(t, b, cfg)
	want := scaler{scale: 1 << 26, left: 2, interval: 1000, hysteresis: 2}
	overflows, applied := 0, 0
	for step := range 25 {
		before := floats(r.store, "")
		m := r.run(step, 1)[0]
		if m.LossScale != float64(want.scale) {
			t.Fatalf("step %d has a loss scale of %g, want %g", step, m.LossScale, want.scale)
		}
		want.update(m.Finite)
		if m.Finite {
			applied++
			continue
		}
		overflows++
		if !m.Overflow() {
			t.Errorf("step %d: %+v is no overflow", step, m)
		}
		after := floats(r.store, "")
		delete(before, lossScalePath)
		delete(after, lossScalePath)
		wantClose(t, "after an overflow", after, before, 0)
		wantCounts(t, r, int32(step+1), int32(applied))
	}
	if overflows < 3 || applied < 5 {
		t.Errorf("%d overflows and %d steps applied: neither is shown", overflows, applied)
	}
}

// cosine between two sets of gradients, all values together.
func cosineOf(a, b map[string][]float32) float64 {
	var ab, aa, bb float64
	for path := range a {
		for i, v := range a[path] {
			ab += float64(v) * float64(b[path][i])
			aa += float64(v) * float64(v)
			bb += float64(b[path][i]) * float64(b[path][i])
		}
	}
	return ab / math.Sqrt(aa*bb)
}

func TestHalfPrecisionHasTheGradientOfSingle(t *testing.T) {
	b := backend(t)
	single := newTrainer(t, b, configure(t))
	want := gradientsOf(t, single, noise(single.cfg, 0))
	for _, tc := range []struct {
		b    compute.Backend
		keys string
	}{
		{b, "trainer.precision=bf16"},
		{b, "trainer.precision=bf16 model.megatron_amp_O2=true"},
		{goBackend(t), "trainer.precision=16 model.vision.native_amp_init_scale=1024 model.text.native_amp_init_scale=1024"},
		{goBackend(t), "trainer.precision=16 model.megatron_amp_O2=true model.vision.native_amp_init_scale=1024 model.text.native_amp_init_scale=1024"},
	} {
		r := newTrainer(t, tc.b, configure(t, list("%s", tc.keys)...))
		got := gradientsOf(t, r, noise(r.cfg, 0))
		cosine, length := cosineOf(got, want), normOf(got)/normOf(want)
		if cosine < 0.999 || cosine == 1 || math.Abs(length-1) > 0.01 {
			t.Errorf("%s: the gradient has a cosine of %.6f with float32's and %.4f of its length", tc.keys, cosine, length)
		}
		t.Logf("%s: cosine %.6f", tc.keys, cosine)
	}
}

func TestO2KeepsWeightsInHalfAndMastersInSingle(t *testing.T) {
	cfg := configure(t, list("trainer.precision=bf16 model.megatron_amp_O2=true model.optim.name=adamw exp_manager.ema.enable=true exp_manager.ema.decay=0.6")...)
	r := newTrainer(t, backend(t), cfg)
	plain := newPlain(r)
	for path, values := range floats(r.store, MasterPath) { // what it starts from is not yet rounded
		for i, v := range values {
			plain.weights[path][i], plain.average[path][i] = float64(v), float64(v)
		}
	}
	for i := range 2 {
		plain.step(gradientsOf(t, r, noise(cfg, i)))
		r.run(i, 1)
	}
	masters := single32(plain.weights)
	wantClose(t, "moving average", floats(r.store, EMAPath), single32(plain.average), 2e-6)
	delete(masters, "logit_scale")
	wantClose(t, "masters", floats(r.store, MasterPath), masters, 2e-6)
	for _, p := range r.model.Tensors() {
		v := r.store.GetVariable(WeightPath + p.Path)
		if want := len(p.Dims) > 0; (v.DType() == dtypes.BFloat16) != want {
			t.Errorf("%s is %s", p.Path, v.DType())
		}
		if m := r.store.GetVariable(MasterPath + p.Path); m != nil {
			rounded := floats(r.store, WeightPath+p.Path)
			wantClose(t, p.Path+" against its master rounded", rounded, map[string][]float32{"": tensors.MustCopyFlatData[float32](single(converted(m.MustValue(), dtypes.BFloat16)))}, 0)
		}
	}
}
