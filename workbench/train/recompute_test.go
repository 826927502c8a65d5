package train

import (
	"slices"
	"strings"
	"testing"

	"clipbench/workbench/device"
)

// deep is a model whose activations outweigh its weights.
var deep = list(`model.vision.num_layers=3 model.vision.img_h=32 model.vision.img_w=32 model.text.num_layers=3 model.text.encoder_seq_length=32
	model.vision.attention_dropout=0.1 model.text.hidden_dropout=0.1 model.vision.layerscale=0.1`)

// saving are the ways to compute activations again, for both towers.
var saving = map[string]string{
	"selective":       "granularity=selective",
	"full, uniform 1": "granularity=full method=uniform num_layers=1",
	"full, uniform 2": "granularity=full method=uniform num_layers=2",
	"full, block 2":   "granularity=full method=block num_layers=2",
}

// forBoth gives both towers some keys.
func forBoth(prefix, keys string) []string {
	var both []string
	for _, tower := range []string{"vision", "text"} {
		for _, key := range strings.Fields(keys) {
			both = append(both, "model."+tower+"."+prefix+key)
		}
	}
	return both
}

func temporary(t *testing.T, r *trainer) int64 {
	t.Helper()
	program, err := r.Compile()
	if err != nil {
		t.Fatal(err)
	}
	m, ok := device.MemoryOf(program)
	if !ok {
		t.Fatal("XLA does not say what the program takes")
	}
	return m.Temporary
}

func TestActivationsComputedAgainChangeNothingButMemory(t *testing.T) {
	b := needXLA(t)
	for _, optim := range []string{"model.optim.name=sgd model.optim.lr=0.1", "model.optim.name=adamw model.optim.lr=1e-3"} {
		keys := append(list("%s", optim), deep...)
		kept := newTrainer(t, b, configure(t, keys...))
		kept.run(0, 3)
		for name, how := range saving {
			t.Run(optim+"/"+name, func(t *testing.T) {
				r := newTrainer(t, b, configure(t, append(keys, forBoth("activations_checkpoint_", how)...)...))
				r.run(0, 3)
				wantClose(t, name, floats(r.store, ""), floats(kept.store, ""), 2e-6)
				if less, all := temporary(t, r), temporary(t, kept); less >= all {
					t.Errorf("it takes %d bytes of temporary memory, and %d without", less, all)
				} else {
					t.Logf("%d bytes of temporary memory, %d without", less, all)
				}
			})
		}
	}
}

func TestFlashAttentionTrainsTheSameWeights(t *testing.T) {
	b := needXLA(t)
	long := list("model.optim.name=sgd model.optim.lr=0.1 model.text.encoder_seq_length=130") // more than a chunk
	plain := newTrainer(t, b, configure(t, long...))
	plain.run(0, 3)
	for name, keys := range map[string][]string{
		"alone":                  nil,
		"all computed again":     forBoth("activations_checkpoint_", "granularity=full method=uniform num_layers=1"),
		"with selective besides": forBoth("activations_checkpoint_", "granularity=selective"),
		"data 2 × model 2":       list("trainer.devices=4 model.tensor_model_parallel_size=2 model.micro_batch_size=4"),
	} {
		t.Run(name, func(t *testing.T) {
			r := newTrainer(t, b, configure(t, slices.Concat(long, forBoth("", "use_flash_attention=true"), keys)...))
			r.run(0, 3)
			wantClose(t, name, floats(r.store, ""), floats(plain.store, ""), 2e-6)
		})
	}
}
