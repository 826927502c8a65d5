package train

import (
	"maps"
	"math"
	"regexp"
	"strings"
	"testing"

	"clipbench/workbench/config"
	"clipbench/workbench/device/programs"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// gradientsOf is the gradient of a trainer's weights on a batch, from a program of its own, compiled as
// a step is: no step is taken.
func gradientsOf(t *testing.T, r *trainer, batch Batch) map[string][]float32 {
	t.Helper()
	parameters := r.model.Tensors()
	e, err := model.NewExec(r.backend, r.store, func(_ *model.Scope, in []*Node) []*Node {
		_, gradients := r.differentiate(whole(in[0], in[1]), in[2], parameters)
		return gradients
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := e.WithName(programs.TrainingStep).Call(batch.Images, batch.Tokens, batch.Concepts)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]float32{}
	for i, p := range parameters {
		all[p.Path] = tensors.MustCopyFlatData[float32](out[i])
	}
	return all
}

// plain is the optimizer in float64 Go, as PyTorch and NeMo describe it: global norm clipping, then AdamW or SGD.
type plain struct {
	cfg           *config.Config
	first, second map[string][]float64
	average       map[string][]float64
	weights       map[string][]float64
	count         int
}

func newPlain(r *trainer) *plain {
	p := &plain{cfg: r.cfg, weights: map[string][]float64{}, first: map[string][]float64{}, second: map[string][]float64{}, average: map[string][]float64{}}
	for path, values := range floats(r.store, WeightPath) {
		for _, v := range values {
			p.weights[path] = append(p.weights[path], float64(v))
		}
		p.average[path] = append([]float64{}, p.weights[path]...)
		p.first[path], p.second[path] = make([]float64, len(values)), make([]float64, len(values))
	}
	return p
}

// decays is open_clip's rule by name: no biases, norms, embeddings of class and position, temperature.
func (p *plain) decays(path string) bool {
	if regexp.MustCompile(`/ln_\w+/weight$`).MatchString(path) {
		return strings.HasPrefix(path, "text/") && p.cfg.Model.Text.DoLayerNormWeightDecay
	}
	return (strings.HasSuffix(path, "weight") || strings.HasSuffix(path, "proj") || strings.HasSuffix(path, "projection") || path == "text/token_embedding")
}

func (p *plain) step(gradients map[string][]float32) {
	o, sum := &p.cfg.Model.Optim, 0.0
	for _, g := range gradients {
		for _, v := range g {
			sum += float64(v) * float64(v)
		}
	}
	factor := 1.0
	if limit := p.cfg.Trainer.GradientClipVal; limit > 0 {
		factor = math.Min(1, limit/(math.Sqrt(sum)+1e-6))
	}
	p.count++
	for path, w := range p.weights {
		decay := 0.0
		if p.decays(path) {
			decay = o.WeightDecay
		}
		for i := range w {
			g := float64(gradients[path][i]) * factor
			if o.Name == "sgd" {
				p.first[path][i] = o.Momentum*p.first[path][i] + g + decay*w[i]
				w[i] -= o.LR * p.first[path][i]
			} else {
				m := o.Betas[0]*p.first[path][i] + (1-o.Betas[0])*g
				v := o.Betas[1]*p.second[path][i] + (1-o.Betas[1])*g*g
				p.first[path][i], p.second[path][i] = m, v
				m /= 1 - math.Pow(o.Betas[0], float64(p.count))
				v /= 1 - math.Pow(o.Betas[1], float64(p.count))
				w[i] -= o.LR * (decay*w[i] + m/(math.Sqrt(v)+o.Eps))
			}
		}
		if path == "logit_scale" {
			w[0] = math.Max(0, math.Min(w[0], math.Log(p.cfg.Model.LogitScaleMax)))
		}
		if ema := &p.cfg.ExpManager.EMA; (p.count-1)%ema.EveryNSteps == 0 {
			decay, n := ema.Decay, float64(p.count-1)
			if ema.Warmup {
				decay = math.Min(decay, (1+n)/(10+n))
			}
			for i := range w {
				p.average[path][i] = decay*p.average[path][i] + (1-decay)*w[i]
			}
		}
	}
}

func single32(all map[string][]float64) map[string][]float32 {
	out := map[string][]float32{}
	for path, values := range all {
		for _, v := range values {
			out[path] = append(out[path], float32(v))
		}
	}
	return out
}

func TestThreeStepsEqualThePlainOptimizer(t *testing.T) {
	b := backend(t)
	for _, tc := range [][]string{
		list("model.optim.name=adamw model.optim.weight_decay=0.2 model.optim.betas=[0.9,0.999] trainer.gradient_clip_val=0.5"),
		list("model.optim.name=fused_adam model.optim.weight_decay=0.2 trainer.gradient_clip_val=null model.text.do_layer_norm_weight_decay=true exp_manager.ema.warmup=true exp_manager.ema.decay=0.15"),
		list("model.optim.name=distributed_fused_adam trainer.gradient_clip_val=0.1 model.logit_scale_max=14.4 exp_manager.ema.every_n_steps=2"),
		list("model.optim.name=sgd model.optim.weight_decay=0.1 model.optim.momentum=0.9 trainer.gradient_clip_val=0.5"),
		list("model.optim.name=sgd model.optim.weight_decay=0.1 model.optim.momentum=0 trainer.gradient_clip_val=null"),
	} {
		cfg := configure(t, append(list("exp_manager.ema.enable=true exp_manager.ema.decay=0.6"), tc...)...)
		r := newTrainer(t, b, cfg)
		b = goBackend(t) // one of them is enough for XLA, which takes long to compile
		want := newPlain(r)
		for i := range 3 {
			gradients := gradientsOf(t, r, noise(cfg, i))
			want.step(gradients)
			m := r.run(i, 1)[0]
			if norm := normOf(gradients); math.Abs(m.GradNorm-norm) > 1e-5*norm {
				t.Errorf("%s: the gradient's norm is %g, want %g", tc[0], m.GradNorm, norm)
			}
		}
		wantClose(t, tc[0]+": weights", floats(r.store, WeightPath), single32(want.weights), 2e-6)
		wantClose(t, tc[0]+": moving average", floats(r.store, EMAPath), single32(want.average), 2e-6)
	}
}

func normOf(gradients map[string][]float32) float64 {
	sum := 0.0
	for _, g := range gradients {
		for _, v := range g {
			sum += float64(v) * float64(v)
		}
	}
	return math.Sqrt(sum)
}

func TestFrozenTensorsStayBitForBit(t *testing.T) {
	cfg := configure(t, "model.optim.rules=[{match: ^visual/, freeze: true}, {match: logit_scale, lr_scale: 0}]", "exp_manager.ema.enable=true", "exp_manager.ema.decay=0.7")
	r := newTrainer(t, goBackend(t), cfg)
	frozen := regexp.MustCompile(`^/(model|ema)/(visual/|logit_scale)`)
	before := floats(r.store, "")
	r.run(0, 2)
	after := floats(r.store, "")
	for path := range before {
		d, _ := farthest(map[string][]float32{"": before[path]}, map[string][]float32{"": after[path]})
		if frozen.MatchString(path) != (d == 0) {
			t.Errorf("%s changed by %g", path, d)
		}
		if strings.HasPrefix(path, firstPath+"visual/") {
			t.Errorf("%s: a frozen tensor needs no moment", path)
		}
	}
}

func TestRulesScaleRateAndDecayByName(t *testing.T) {
	o := list("model.optim.name=sgd model.optim.momentum=0 model.optim.weight_decay=0.1 trainer.gradient_clip_val=null")
	const one = "text/resblocks/0/mlp/c_fc/weight"
	moved := func(rules string) map[string][]float32 {
		r := newTrainer(t, goBackend(t), configure(t, append(o, "model.optim.rules="+rules)...))
		before := floats(r.store, WeightPath)
		r.run(0, 1)
		after := floats(r.store, WeightPath)
		for path := range after {
			for i := range after[path] {
				after[path][i] -= before[path][i]
			}
		}
		return after
	}
	plain, halved := moved("[]"), moved("[{match: c_fc, lr_scale: 0.5}, {match: ^text/.*c_fc, lr_scale: 0.25}]")
	want := maps.Clone(plain)
	for path, factor := range map[string]float32{"visual/resblocks/0/mlp/c_fc/weight": 0.5, "visual/resblocks/0/mlp/c_fc/bias": 0.5, one: 0.25, "text/resblocks/0/mlp/c_fc/bias": 0.25} {
		want[path] = nil
		for _, v := range plain[path] {
			want[path] = append(want[path], v*factor)
		}
	}
	wantClose(t, "with lr_scale", halved, want, 1e-7)

	without := moved("[{match: " + one + ", weight_decay: 0}]")
	weights := newPlain(newTrainer(t, goBackend(t), configure(t))).weights[one]
	want = maps.Clone(plain)
	want[one] = nil
	for i, v := range plain[one] {
		want[one] = append(want[one], v+float32(0.1*1e-2*weights[i]))
	}
	wantClose(t, "with weight_decay: 0", without, want, 1e-7)
}

func TestRulesThatDoNothingAreRefused(t *testing.T) {
	for rules, want := range map[string]string{
		"[{match: ^visuall/, freeze: true}]": `"^visuall/" is found in no tensor's path`,
		"[{match: ., freeze: true}]":         "they freeze every tensor",
	} {
		cfg := configure(t, "model.optim.rules="+rules)
		r := newTrainer(t, goBackend(t), configure(t))
		if _, err := NewStep(goBackend(t), cfg, r.model, r.store, 10); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", rules, err, want)
		}
	}
}
