package workbench

import (
	"slices"
	"strings"
	"testing"

	"clipbench/workbench/config"
	"clipbench/workbench/train"
)

func TestAdviceIsTheThreeChangesThatLowerThePredictionMost(t *testing.T) {
	const devices = "trainer.devices=4"
	for name, keys := range map[string][]string{
		"ViT-L-14 on one device":      {"model.preset=ViT-L-14", "model.micro_batch_size=36", "model.global_batch_size=36"},
		"its state weighs most":       {"model.preset=ViT-L-14", "model.micro_batch_size=1", "model.global_batch_size=4", devices},
		"with SGD, in odd batches":    {"model.preset=ViT-B-16", "model.optim.name=sgd", "model.micro_batch_size=9", "model.global_batch_size=9"},
		"computed again already":      {"model.preset=tiny", devices, "model.micro_batch_size=8", "model.vision.activations_checkpoint_granularity=selective"},
		"dropout forbids flash":       {"model.preset=tiny", "model.vision.attention_dropout=0.1", "model.text.attention_dropout=0.1"},
		"the vocabulary's is counted": {"model.preset=tiny", "model.text.vocab_size=null"},
	} {
		t.Run(name, func(t *testing.T) {
			total := func(more ...string) (int, error) {
				cfg, err := config.LoadBytes("", nil, append(append([]string{}, keys...), more...)...)
				if err != nil {
					return 0, err
				}
				m, err := modelOf(cfg)
				if err != nil {
					return 0, err
				}
				return train.Predict(cfg, m).Total, nil
			}
			cfg, err := config.LoadBytes("", nil, keys...)
			if err != nil {
				t.Fatal(err)
			}
			memory, err := NewMemory(cfg)
			if err != nil {
				t.Fatal(err)
			}
			if len(memory.Lower) != 3 {
				t.Fatalf("advice is %v, want three changes", memory.Lower)
			}
			named, least := map[string]bool{}, memory.Lower[2].Bytes
			for _, s := range memory.Lower {
				named[s.Keys] = true
				if got, err := total(strings.Fields(s.Keys)...); err != nil || got != memory.Predicted.Total-s.Bytes {
					t.Errorf("%s: %d bytes, %v; the advice promises %d", s.Keys, got, err, memory.Predicted.Total-s.Bytes)
				}
			}
			for _, change := range cheaper(cfg) {
				if got, err := total(change...); err == nil && !named[strings.Join(change, " ")] && memory.Predicted.Total-got > least {
					t.Errorf("%s would take %d bytes off and is not named; the least that is takes %d", change, memory.Predicted.Total-got, least)
				}
			}
		})
	}
}

func TestAShortageIsToldBeforeItHappens(t *testing.T) {
	cfg, err := config.Preset("tiny", "trainer.devices=2", "model.micro_batch_size=8", "model.global_batch_size=16")
	if err != nil {
		t.Fatal(err)
	}
	m, err := modelOf(cfg)
	if err != nil {
		t.Fatal(err)
	}
	memory, err := NewMemory(cfg)
	if err != nil {
		t.Fatal(err)
	}
	p := memory.Predicted
	needed := 2*p.Total - p.Weights - p.Optimizer
	if text := shortage(needed, cfg, m); text != "" {
		t.Errorf("all that is needed is free: %s", text)
	}
	text := shortage(needed-1, cfg, m)
	for _, word := range []string{Bytes(p.Total) + " on each of them", Bytes(needed-1) + " are free", memory.Lower[0].Keys, memory.Lower[2].Keys} {
		if !strings.Contains(text, word) {
			t.Errorf("a byte too few is free, and %q does not say %q", text, word)
		}
	}
}

func TestAdviceLeavesTheBatchAndTheGradientAsTheyAre(t *testing.T) {
	keys := []string{"model.preset=tiny", "model.micro_batch_size=8", "model.global_batch_size=null", "model.gather_with_grad=false", "trainer.devices=2"}
	cfg, err := config.LoadBytes("", nil, keys...)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range cheaper(cfg) {
		changed, err := config.LoadBytes("", nil, append(slices.Clone(keys), change...)...)
		if err != nil {
			continue // it is never advised
		}
		if changed.Model.GlobalBatchSize != cfg.Model.GlobalBatchSize || changed.DataParallel() != cfg.DataParallel() {
			t.Errorf("%s: a batch of %d on %d ranks, was %d on %d", change,
				changed.Model.GlobalBatchSize, changed.DataParallel(), cfg.Model.GlobalBatchSize, cfg.DataParallel())
		}
	}
}
