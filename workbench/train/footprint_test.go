package train

import (
	"math"
	"testing"

	"clipbench/workbench/clip"
	"clipbench/workbench/device"
)

func TestThePredictionIsWithinATenthOfWhatXLAReserves(t *testing.T) {
	b := needXLA(t)
	pictures := list(`model.vision.img_h=64 model.vision.img_w=64 model.vision.patch_dim=8 model.vision.hidden_size=64 model.vision.ffn_hidden_size=256
		model.vision.num_layers=3 model.micro_batch_size=16 model.global_batch_size=16`)
	for name, keys := range map[string][]string{
		"activations weigh most":            append(pictures, list("model.optim.name=adamw model.vision.num_attention_heads=4")...),
		"weights weigh most":                list("model.optim.name=adamw model.text.hidden_size=128 model.text.ffn_hidden_size=512 model.text.vocab_size=4096"),
		"heads over 2, sums in the library": append(pictures, list("model.optim.name=adamw trainer.devices=2 model.tensor_model_parallel_size=2 model.micro_batch_size=128 model.global_batch_size=128")...),
		"weights over 4":                    append(pictures, list("model.optim.name=distributed_fused_adam model.optim.shard_weights=true trainer.devices=4 model.global_batch_size=64")...),
		"moments and heads over 2 × 2":      append(pictures, list("model.optim.name=distributed_fused_adam trainer.devices=4 model.tensor_model_parallel_size=2 model.micro_batch_size=8")...),
	} {
		t.Run(name, func(t *testing.T) {
			cfg := configure(t, keys...)
			m := clip.New(&cfg.Model, 0)
			store, err := Blueprint(cfg, m)
			if err != nil {
				t.Fatal(err)
			}
			step, err := NewStep(b, cfg, m, store, 100)
			if err != nil {
				t.Fatal(err)
			}
			program, err := step.Compile()
			if err != nil {
				t.Fatal(err)
			}
			compiled, ok := device.MemoryOf(program)
			if !ok {
				t.Fatal("XLA does not say what the program takes")
			}
			f := Predict(cfg, m)
			t.Logf("predicted %+v, compiled %+v", f, compiled)
			if off := float64(f.Total)/float64(compiled.Peak()) - 1; math.Abs(off) > 0.1 {
				t.Errorf("predicted %d bytes, compiled %d: %+.1f %%", f.Total, compiled.Peak(), 100*off)
			}
		})
	}
}
