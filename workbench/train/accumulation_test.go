package train

import "testing"

// dropping are all the kinds of randomness of a pass at once.
var dropping = list(`model.vision.hidden_dropout=0.2 model.vision.attention_dropout=0.2 model.vision.drop_path_rate=0.3
	model.vision.num_layers=2 model.text.hidden_dropout=0.2 model.text.attention_dropout=0.2`)

func TestAccumulationEqualsTheBigBatch(t *testing.T) {
	b := backend(t)
	for _, optim := range [][]string{
		list("model.optim.name=sgd model.optim.lr=0.1"),
		list("model.optim.name=adamw"),
	} {
		var big map[string][]float32
		for _, micro := range []string{"8", "4", "1"} {
			cfg := configure(t, append(append(optim, dropping...), "model.micro_batch_size="+micro)...)
			r := newTrainer(t, b, cfg)
			m := r.run(0, 3)
			if big == nil {
				big = floats(r.store, "")
				continue
			}
			wantClose(t, optim[0]+" in micro batches of "+micro, floats(r.store, ""), big, 2e-6)
			_ = m
		}
	}
}
