package checkpoint_test

import (
	"testing"

	"clipbench/workbench/checkpoint"
	"clipbench/workbench/clip"
	"clipbench/workbench/config"
	"clipbench/workbench/train"
)

func TestWeightsOfHalfPrecisionAreOpenedWhereTheyAreKeptExactly(t *testing.T) {
	cfg, err := config.Preset("tiny", "trainer.precision=bf16", "model.megatron_amp_O2=true", "model.tokenizer.type=clip")
	if err != nil {
		t.Fatal(err)
	}
	towers := clip.New(&cfg.Model, 0)
	store, err := train.NewState(cfg, towers)
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := checkpoint.Capture(store)
	if err != nil {
		t.Fatal(err)
	}
	snapshot.Config = cfg.YAML()
	path, err := checkpoint.Save(t.TempDir(), snapshot)
	if err != nil {
		t.Fatal(err)
	}
	m, err := checkpoint.Open(path, checkpoint.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range towers.Tensors() {
		want, err := train.Weight(store, p.Path)
		if err != nil {
			t.Fatal(err)
		}
		if !m.Weights[p.Path].Equal(want) {
			t.Errorf("%s is rounded", p.Path)
		}
	}
}
