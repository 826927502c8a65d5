package train

import (
	"fmt"
	"testing"

	"clipbench/workbench/parallel"
)

// divisible are the two models that every plan is proven on: CLIP's own shape under SGD, and everything else that has a
// tensor or randomness of its own, under Adam.
var divisible = map[string][]string{
	"CLIP, SGD": list(`model.optim.name=sgd model.optim.lr=0.1 model.optim.momentum=0.9
		model.vision.num_attention_heads=4 model.text.num_attention_heads=4`),
	"convolutions, pairwise loss, dropout, Adam": append(dropping, list(`model.vision.num_layers=1
		model.vision.num_attention_heads=4 model.text.num_attention_heads=4 model.vision.class_token_length=0 model.vision.global_average_pool=true
		model.vision.patch_stem=conv model.vision.patch_stem_width=8 model.vision.drop_patch_rate=0.3 model.vision.layerscale=0.1
		model.use_siglip=true model.share_equal_captions=true exp_manager.ema.enable=true exp_manager.ema.decay=0.9`)...),
}

// plans are ways to lay 8 pairs over up to four devices.
var plans = []struct {
	name        string
	data, model int
	keys        string
}{
	{"data 2", 2, 1, ""},
	{"data 4", 4, 1, ""},
	{"model 2", 1, 2, ""},
	{"model 4", 1, 4, ""},
	{"data 2 × model 2", 2, 2, ""},
	{"moments over data 4", 4, 1, "model.optim.name=distributed_fused_adam model.optim.lr=3e-4"},
	{"moments over data 2 × model 2", 2, 2, "model.optim.name=distributed_fused_adam model.optim.lr=3e-4"},
	{"weights over data 2 × model 2", 2, 2, "model.optim.name=distributed_fused_adam model.optim.lr=3e-4 model.optim.shard_weights=true"},
	{"weights over data 4, accumulated", 4, 1, "model.optim.name=distributed_fused_adam model.optim.lr=3e-4 model.optim.shard_weights=true model.micro_batch_size=1"},
}

func TestEveryPlanTrainsTheWeightsOfOneDevice(t *testing.T) {
	b := needXLA(t)
	for name, keys := range divisible {
		want := map[string]map[string][]float32{}
		for _, plan := range plans {
			t.Run(name+"/"+plan.name, func(t *testing.T) {
				planned := append(append([]string{}, keys...), list("model.micro_batch_size=%d trainer.devices=%d model.tensor_model_parallel_size=%d %s",
					8/plan.data, plan.data*plan.model, plan.model, plan.keys)...)
				r := newTrainer(t, b, configure(t, planned...))
				alone := append(planned, list("trainer.devices=1 model.tensor_model_parallel_size=1 model.micro_batch_size=8")...)
				if r.cfg.Model.Optim.ShardWeights {
					alone = append(alone, "model.optim.shard_weights=false")
				}
				if want[r.cfg.Model.Optim.Name] == nil {
					one := newTrainer(t, b, configure(t, alone...))
					one.run(0, 3)
					want[r.cfg.Model.Optim.Name] = floats(one.store, "")
				}
				r.run(0, 3)
				wantShares(t, r)
				wantClose(t, plan.name, floats(r.store, ""), want[r.cfg.Model.Optim.Name], 2e-6)
			})
		}
	}
}

// wantShares compares the bytes of every real shard with those that the plan says.
func wantShares(t *testing.T, r *trainer) {
	t.Helper()
	where := newLayouts(r.mesh.Plan, r.model)
	for v := range r.store.IterVariables() {
		value, err := v.DistributedValue()
		if err != nil {
			t.Fatal(err)
		}
		want := int(v.Shape().ByteSize())
		for _, axis := range where.of(v) {
			want /= map[string]int{"": 1, parallel.DataAxis: r.mesh.Data, parallel.ModelAxis: r.mesh.Model}[axis]
		}
		for i, shard := range value.Shards() {
			if got := int(shard.ByteSize()); got != want {
				t.Errorf("%s: device %d holds %d bytes of it, the plan says %d", v.Path(), i, got, want)
			}
		}
	}
}

func TestHalfOfTheBlocksLiesOnEachOfTwoDevices(t *testing.T) {
	held := func(keys string) map[string]int {
		r := newTrainer(t, needXLA(t), configure(t, append(divisible["CLIP, SGD"], list("%s", keys)...)...))
		bytes := map[string]int{}
		for path := range floats(r.store, WeightPath) {
			v := r.store.GetVariable(WeightPath + path)
			bytes[path] = int(v.ShardShape().ByteSize())
		}
		return bytes
	}
	one, two := held(""), held("trainer.devices=2 model.tensor_model_parallel_size=2")
	for _, name := range []string{"attn/in_proj/weight", "attn/in_proj/bias", "attn/out_proj/weight", "mlp/c_fc/weight", "mlp/c_fc/bias", "mlp/c_proj/weight"} {
		for _, tower := range []string{"visual", "text"} {
			path := fmt.Sprintf("%s/resblocks/0/%s", tower, name)
			if two[path]*2 != one[path] {
				t.Errorf("%s: %d bytes of %d on each of two devices", path, two[path], one[path])
			}
		}
	}
}
