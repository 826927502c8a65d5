package train

import (
	"math"
	"testing"
)

// dropping are all the kinds of randomness of a pass at once.
var dropping = list(`model.vision.hidden_dropout=0.2 model.vision.attention_dropout=0.2 model.vision.drop_path_rate=0.3
	model.vision.drop_patch_rate=0.3 model.text.hidden_dropout=0.2 model.text.attention_dropout=0.2`)

func TestAccumulationEqualsTheBigBatch(t *testing.T) {
	b := backend(t)
	for _, tc := range []struct {
		keys  string
		ranks int // played by one device: the losses and the cuts are those of so many
	}{
		{"model.optim.name=sgd model.optim.lr=0.1", 1}, // the one that XLA runs, which takes long to compile
		{"model.optim.name=adamw model.vision.num_layers=2 model.text.num_layers=2", 1},
		{"model.optim.name=adamw model.use_siglip=true model.logit_bias_init=-2 model.share_equal_captions=true", 1},
		{"model.optim.name=sgd model.local_loss=true model.gather_with_grad=false", 4},
		{"model.optim.name=sgd model.gather_with_grad=false", 2},
	} {
		steps := func(accumulation int) ([]Metrics, map[string][]float32) {
			r := newTrainer(t, b, configure(t, append(list("%s", tc.keys), dropping...)...))
			r.cfg.Trainer.Devices, r.cfg.Model.MicroBatchSize = tc.ranks, 8/tc.ranks/accumulation
			return r.run(0, 3), floats(r.store, "")
		}
		metrics, want := steps(1)
		for _, accumulation := range []int{2, 8 / tc.ranks} {
			got, state := steps(accumulation)
			for i := range got {
				if math.Abs(got[i].Loss-metrics[i].Loss) > 1e-5 {
					t.Errorf("%s, %d micro batches: loss %g at step %d, want %g", tc.keys, accumulation, got[i].Loss, i, metrics[i].Loss)
				}
			}
			wantClose(t, tc.keys, state, want, 2e-6)
		}
		b = goBackend(t)
	}
}

func TestAccumulationTakesTheMemoryOfAMicroBatch(t *testing.T) {
	b := needXLA(t)
	taken := func(micro int) int64 {
		return temporary(t, newTrainer(t, b, configure(t, list("model.vision.img_h=32 model.vision.img_w=32 model.global_batch_size=32 model.micro_batch_size=%d", micro)...)))
	}
	if cut, whole := taken(8), taken(32); cut*2 > whole {
		t.Errorf("four micro batches take %d bytes of temporary memory, the whole batch %d", cut, whole)
	} else {
		t.Logf("four micro batches take %d bytes of temporary memory, the whole batch %d", cut, whole)
	}
}
