package workbench

import (
	"fmt"

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
