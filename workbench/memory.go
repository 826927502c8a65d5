package workbench

import (
	"fmt"
	"slices"
	"strings"

	"clipbench/workbench/clip"
	"clipbench/workbench/config"
	"clipbench/workbench/device"
	"clipbench/workbench/parallel"
	"clipbench/workbench/tokenizer"
	"clipbench/workbench/train"
)

// Memory is what the training step of a configuration takes on each of its devices.
type Memory struct {
	Plan      string          `json:"plan"`
	Tensors   []train.Holding `json:"tensors"`
	Predicted train.Footprint `json:"predicted"`
	Compiled  *device.Memory  `json:"compiled,omitempty"` // what XLA has reserved
	Lower     []Saving        `json:"lower"`              // what would lower it most
}

// Saving is a change of the configuration and the bytes that it takes off each device.
type Saving struct {
	Keys  string `json:"keys"`
	Bytes int    `json:"bytes"`
}

// NewMemory predicts what training takes. Where the configuration names no vocabulary size, the tokenizer's is read.
func NewMemory(cfg *config.Config) (Memory, error) {
	m, err := modelOf(cfg)
	if err != nil {
		return Memory{}, err
	}
	return Memory{
		Plan: parallel.NewPlan(cfg).String(), Tensors: train.Holdings(cfg, m), Predicted: train.Predict(cfg, m), Lower: savings(cfg, m),
	}, nil
}

func modelOf(cfg *config.Config) (*clip.Model, error) {
	if cfg.Model.Text.VocabSize > 0 {
		return clip.New(&cfg.Model, cfg.Model.Text.VocabSize), nil
	}
	t, err := tokenizer.Load(vocabularyName(cfg))
	if err != nil {
		return nil, fmt.Errorf("model.tokenizer: %w", err)
	}
	return clip.New(&cfg.Model, t.Vocab()), nil
}

// Compile adds what XLA reserves for the compiled step. Nothing is run and no weights are made.
func (m *Memory) Compile(d *device.Device, cfg *config.Config) error {
	model, err := modelOf(cfg)
	if err != nil {
		return err
	}
	store, err := train.Blueprint(cfg, model)
	if err != nil {
		return err
	}
	step, err := train.NewStep(d.Backend, cfg, model, store, max(1, cfg.Trainer.MaxSteps))
	if err != nil {
		return err
	}
	program, err := step.Compile()
	if err != nil {
		return err
	}
	compiled, ok := device.MemoryOf(program)
	if !ok {
		return fmt.Errorf("%s does not say what a compiled program takes; use --backend xla:cpu", d.Name)
	}
	m.Compiled = &compiled
	return nil
}

// savings are the three changes that lower the prediction most. None changes what is learned but by rounding.
func savings(cfg *config.Config, m *clip.Model) []Saving {
	now := train.Predict(cfg, m).Total
	var list []Saving
	for _, keys := range cheaper(cfg) {
		changed, err := config.LoadBytes("", cfg.YAML(), keys...)
		if err != nil {
			continue // the change does not fit this configuration
		}
		if changed.Model.Text.VocabSize == 0 {
			changed.Model.Text.VocabSize = m.VocabSize()
		}
		if saved := now - train.Predict(changed, clip.New(&changed.Model, 0)).Total; saved > 0 {
			list = append(list, Saving{strings.Join(keys, " "), saved})
		}
	}
	slices.SortStableFunc(list, func(a, b Saving) int { return b.Bytes - a.Bytes })
	return list[:min(3, len(list))]
}

// cheaper are changes that may lower what a step takes, by the names of their keys.
func cheaper(cfg *config.Config) [][]string {
	set := func(key string, value any) string { return fmt.Sprintf("%s=%v", key, value) }
	c := &cfg.Model
	changes := [][]string{
		{set("model.micro_batch_size", max(1, c.MicroBatchSize/2))},
		{"model.optim.name=distributed_fused_adam"},
		{"model.optim.name=distributed_fused_adam", "model.optim.shard_weights=true"},
		{set("model.tensor_model_parallel_size", 2*c.TensorParallel), set("exp_manager.checkpoint_callback_params.model_parallel_size", 2*c.TensorParallel)},
		{"trainer.precision=bf16", "model.precision=bf16", "model.vision.precision=bf16", "model.text.precision=bf16"},
	}
	for _, tower := range []string{"vision", "text"} {
		key := "model." + tower + "."
		changes = append(changes,
			[]string{key + "use_flash_attention=true"},
			[]string{key + "activations_checkpoint_granularity=selective"},
			[]string{key + "activations_checkpoint_granularity=full", key + "activations_checkpoint_method=uniform", key + "activations_checkpoint_num_layers=1"})
	}
	if c.Optim.Name == "sgd" {
		changes = slices.DeleteFunc(changes, func(keys []string) bool { return strings.HasPrefix(keys[0], "model.optim.name") })
	}
	return changes
}

// advise adds to an error of the training step, where memory ran out, what the plan needed and what would lower it.
func advise(err error, cfg *config.Config, m *clip.Model) error {
	text := strings.ToLower(err.Error())
	if !strings.Contains(text, "resource_exhausted") && !strings.Contains(text, "out of memory") {
		return err
	}
	var lower []string
	for _, s := range savings(cfg, m) {
		lower = append(lower, fmt.Sprintf("%s (%s less)", s.Keys, Bytes(s.Bytes)))
	}
	return fmt.Errorf("out of memory: %s needs about %s on each device; lower it most by %s: %w",
		parallel.NewPlan(cfg), Bytes(train.Predict(cfg, m).Total), strings.Join(lower, ", or "), err)
}

// Bytes is a number of bytes in the unit that suits it, as in 1.5 GiB.
func Bytes(n int) string {
	value, unit := float64(n), 0
	for value >= 1024 && unit < 4 {
		value, unit = value/1024, unit+1
	}
	if unit == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", value, []string{"B", "KiB", "MiB", "GiB", "TiB"}[unit])
}
