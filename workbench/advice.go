package workbench

import (
	"fmt"
	"slices"
	"strings"

	"clipbench/workbench/clip"
	"clipbench/workbench/config"
	"clipbench/workbench/device"
	"clipbench/workbench/parallel"
	"clipbench/workbench/train"
)

// Saving is a change of the configuration and the bytes that it takes off each device.
type Saving struct {
	Keys  string `json:"keys"`
	Bytes int    `json:"bytes"`
}

// savings are the three changes that lower the prediction most. None changes the batch that is learned from.
func savings(cfg *config.Config, m *clip.Model) []Saving {
	now := train.Predict(cfg, m).Total
	var list []Saving
	for _, keys := range cheaper(cfg) {
		if total, ok := predicted(cfg, m, keys); ok && total < now {
			list = append(list, Saving{strings.Join(keys, " "), now - total})
		}
	}
	slices.SortStableFunc(list, func(a, b Saving) int { return b.Bytes - a.Bytes })
	return list[:min(3, len(list))]
}

// predicted is what training takes with some keys changed; false where they do not fit the configuration.
func predicted(cfg *config.Config, m *clip.Model, keys []string) (total int, ok bool) {
	const precision = "precision=${trainer.precision}"
	follow := []string{
		"model." + precision, "model.vision." + precision, "model.text." + precision,
		"exp_manager.checkpoint_callback_params.model_parallel_size=${model.tensor_model_parallel_size}",
	}
	changed, err := config.LoadBytes("", cfg.YAML(), append(follow, keys...)...)
	if err != nil {
		return 0, false
	}
	return train.Predict(changed, clip.New(&changed.Model, m.VocabSize())).Total, true
}

// cheaper are changes that may lower what a step takes, by the names of their keys.
func cheaper(cfg *config.Config) [][]string {
	set := func(key string, value any) string { return fmt.Sprintf("%s=%v", key, value) }
	c := &cfg.Model
	changes := [][]string{
		{set("model.micro_batch_size", largestDivisor(c.MicroBatchSize)), set("model.global_batch_size", c.GlobalBatchSize)},
		{"trainer.precision=bf16"},
	}
	if c.GatherWithGrad { // else the number of data parallel ranks, which this halves, is part of the gradient
		changes = append(changes, []string{set("model.tensor_model_parallel_size", 2*c.TensorParallel), set("model.global_batch_size", c.GlobalBatchSize)})
	}
	if c.Optim.Name != "sgd" {
		changes = append(changes, []string{"model.optim.name=distributed_fused_adam"},
			[]string{"model.optim.name=distributed_fused_adam", "model.optim.shard_weights=true"})
	}
	for _, tower := range []string{"vision", "text"} {
		key := "model." + tower + "."
		changes = append(changes,
			[]string{key + "use_flash_attention=true"},
			[]string{key + "activations_checkpoint_granularity=selective"},
			[]string{key + "activations_checkpoint_granularity=full", key + "activations_checkpoint_method=uniform", key + "activations_checkpoint_num_layers=1"})
	}
	return changes
}

// largestDivisor is the largest number below n that divides it: half of an even number; 1 of 1.
func largestDivisor(n int) int {
	for d := n / 2; d > 1; d-- {
		if n%d == 0 {
			return d
		}
	}
	return 1
}

// advise adds to an error of the training step, where memory ran out, what the plan needed and what would lower it. XLA's
// own words are "Out of memory allocating … bytes", on a GPU after its status, RESOURCE_EXHAUSTED.
func advise(err error, cfg *config.Config, m *clip.Model) error {
	if text := strings.ToLower(err.Error()); !strings.Contains(text, "resource_exhausted") && !strings.Contains(text, "out of memory") {
		return err
	}
	return fmt.Errorf("out of memory: training on %s needs about %s%s: %w",
		parallel.NewPlan(cfg), needs(cfg, m), lowerings(cfg, m), err)
}

// shortage says that training will need more than is free on a machine whose devices share its memory; "" where it will not.
// Linux promises memory that it has not, and ends a process that then uses it: no error will tell of it.
func shortage(free int, cfg *config.Config, m *clip.Model) string {
	f := train.Predict(cfg, m)
	state := f.Weights + f.Optimizer + f.Average // made already
	devices := parallel.NewPlan(cfg).Devices()
	if f.Total*devices-state <= free {
		return ""
	}
	return fmt.Sprintf("memory may run out, and the system end this process: training on %s needs about %s, and %s are free%s",
		parallel.NewPlan(cfg), needs(cfg, m), Bytes(free), lowerings(cfg, m))
}

// needs is what training takes, in words.
func needs(cfg *config.Config, m *clip.Model) string {
	text := Bytes(train.Predict(cfg, m).Total)
	if parallel.NewPlan(cfg).Devices() > 1 {
		text += " on each of them"
	}
	return text
}

// lowerings says what would lower it, to be put after what it needs.
func lowerings(cfg *config.Config, m *clip.Model) string {
	var lower []string
	for _, s := range savings(cfg, m) {
		lower = append(lower, fmt.Sprintf("%s (%s less)", s.Keys, Bytes(s.Bytes)))
	}
	if len(lower) == 0 {
		return ""
	}
	return "; lower it most by " + strings.Join(lower, ", or ")
}

// shortage is that of this machine, which has the devices of xla:cpu.
func (t *training) shortage() string {
	if t.Device.Name != "xla:cpu" {
		return ""
	}
	free, err := device.FreeMemory()
	if err != nil {
		return "" // nobody knows
	}
	return shortage(free, t.Config, t.clip)
}
