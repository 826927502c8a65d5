package train

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"clipbench/workbench/config"
	"clipbench/workbench/parallel"
)

// The two models that plans are proven on: CLIP's own shape, and everything else that has a tensor or randomness of its own.
var (
	plainCLIP  = list("model.vision.num_attention_heads=4 model.text.num_attention_heads=4")
	everything = append(dropping, list(`model.vision.num_layers=1
		model.vision.num_attention_heads=4 model.text.num_attention_heads=4 model.vision.class_token_length=0 model.vision.global_average_pool=true
		model.vision.patch_stem=conv model.vision.patch_stem_width=8 model.vision.drop_patch_rate=0.3 model.vision.layerscale=0.1
		model.use_siglip=true model.share_equal_captions=true exp_manager.ema.enable=true exp_manager.ema.decay=0.9`)...)
)

// The optimizers that one device trains with, and the keys that divide Adam's tensors over several.
const (
	sgd           = "model.optim.name=sgd model.optim.lr=0.1 model.optim.momentum=0.9"
	adam          = "model.optim.name=adamw model.optim.lr=3e-4"
	shardMoments  = "model.optim.name=distributed_fused_adam"
	shardWeights  = shardMoments + " model.optim.shard_weights=true"
	microBatchOf1 = " model.micro_batch_size=1"
)

// plans are ways to lay 8 pairs over up to four devices.
var plans = []struct {
	name         string
	model        []string
	optim        string
	data, blocks int // devices over each axis
	keys         string
}{
	{"data 2", plainCLIP, sgd, 2, 1, ""},
	{"data 4", plainCLIP, sgd, 4, 1, ""},
	{"model 2", plainCLIP, sgd, 1, 2, ""},
	{"model 4", plainCLIP, sgd, 1, 4, ""},
	{"data 2 × model 2", plainCLIP, sgd, 2, 2, ""},
	{"moments over data 4", plainCLIP, adam, 4, 1, shardMoments},
	{"moments over data 2 × model 2", plainCLIP, adam, 2, 2, shardMoments},
	{"weights over data 2 × model 2", plainCLIP, adam, 2, 2, shardWeights},
	{"weights over data 4, accumulated", plainCLIP, adam, 4, 1, shardWeights + microBatchOf1},
	{"everything, data 4", everything, adam, 4, 1, ""},
	{"everything, model 2", everything, adam, 1, 2, ""},
	{"everything, weights over data 2 × model 2", everything, adam, 2, 2, shardWeights},
}

func TestEveryPlanTrainsTheWeightsOfOneDevice(t *testing.T) {
	b := needXLA(t)
	train := func(t *testing.T, keys ...string) *trainer {
		r := newTrainer(t, b, configure(t, keys...))
		r.run(0, 3)
		return r
	}
	alone := map[string]map[string][]float32{} // the state of one device, by model and optimizer
	for _, plan := range plans {
		t.Run(plan.name, func(t *testing.T) {
			one := slices.Concat(plan.model, list("%s", plan.optim))
			r := train(t, slices.Concat(one, list("model.micro_batch_size=%d trainer.devices=%d model.tensor_model_parallel_size=%d %s",
				8/plan.data, plan.data*plan.blocks, plan.blocks, plan.keys))...)
			reference := strings.Join(one, " ")
			if alone[reference] == nil {
				alone[reference] = floats(train(t, one...).store, "")
			}
			wantShares(t, r)
			wantClose(t, plan.name, floats(r.store, ""), alone[reference], 2e-6)
		})
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
		r := newTrainer(t, needXLA(t), configure(t, slices.Concat(plainCLIP, list("%s", keys))...))
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

func TestShardedMomentsAreAShareOfThemOnEachDevice(t *testing.T) {
	b := needXLA(t)
	for _, devices := range []int{1, 2, 4} {
		cfg, err := config.LoadBytes("test.yaml", nil, list("model.preset=tiny model.optim.name=distributed_fused_adam model.global_batch_size=null trainer.devices=%d", devices)...)
		if err != nil {
			t.Fatal(err)
		}
		r := newTrainer(t, b, cfg)
		held := make([]int, devices)
		for v := range r.store.IterVariables() {
			if !strings.HasPrefix(v.Path(), firstPath) && !strings.HasPrefix(v.Path(), secondPath) {
				continue
			}
			if r.mesh == nil {
				held[0] += int(v.Shape().ByteSize())
				continue
			}
			value, err := v.DistributedValue()
			if err != nil {
				t.Fatal(err)
			}
			for i, shard := range value.Shards() {
				held[i] += int(shard.ByteSize())
			}
		}
		predicted := Predict(cfg, r.model).Optimizer
		t.Logf("%d devices hold %d bytes of moments, predicted %d on each", devices, held, predicted)
		for _, bytes := range held {
			if bytes != predicted {
				t.Errorf("%d devices hold %d bytes of moments, want %d on each", devices, held, predicted)
			}
		}
	}
}
