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
	for _, set := range [][]string{
		list("model.optim.name=sgd model.optim.lr=0.1"), // the one that XLA runs, which takes long to compile
		list("model.optim.name=adamw model.vision.num_layers=2 model.text.num_layers=2"),
		list("model.optim.name=adamw model.use_siglip=true model.logit_bias_init=-2 model.share_equal_captions=true"),
		list("model.optim.name=sgd trainer.devices=4 model.local_loss=true model.gather_with_grad=false"),
		list("model.optim.name=sgd trainer.devices=2 model.local_loss=false model.gather_with_grad=false"),
	} {
		set = append(append(set, "model.micro_batch_size=1"), dropping...)
		cfg := configure(t, set...)
		cfg.Model.MicroBatchSize = 8 / cfg.DataParallel()
		big := newTrainer(t, b, cfg)
		losses := big.run(0, 3)
		want := floats(big.store, "")
		for _, accumulation := range []int{2, 8} {
			cfg := configure(t, set...)
			micro := 8 / cfg.DataParallel() / accumulation
			if micro == 0 {
				continue
			}
			cfg.Model.MicroBatchSize = micro
			r := newTrainer(t, b, cfg)
			for i, m := range r.run(0, 3) {
				if d := m.Loss - losses[i].Loss; math.Abs(d) > 1e-5 {
					t.Errorf("%v, %d micro batches: loss %g at step %d, want %g", set[:2], accumulation, m.Loss, i, losses[i].Loss)
				}
			}
			wantClose(t, set[0], floats(r.store, ""), want, 2e-6)
		}
		b = goBackend(t)
	}
}
