package config

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestDataParallelAndAccumulation(t *testing.T) {
	for _, tc := range []struct {
		devices, tensor, micro, global string
		parallel, accumulation         int
	}{
		{"1", "1", "32", "32", 1, 1},
		{"4", "1", "8", "32", 4, 1},
		{"4", "2", "8", "64", 2, 4},
		{"8", "4", "16", "null", 2, 1},
		{"1", "1", "4", "32", 1, 8},
	} {
		c := load(t, "", "trainer.devices="+tc.devices, "model.tensor_model_parallel_size="+tc.tensor,
			"model.micro_batch_size="+tc.micro, "model.global_batch_size="+tc.global)
		if p, a := c.DataParallel(), c.Accumulation(); p != tc.parallel || a != tc.accumulation {
			t.Errorf("%+v: %d in parallel, %d accumulated", tc, p, a)
		}
		if got := c.Model.MicroBatchSize * c.DataParallel() * c.Accumulation(); got != c.Model.GlobalBatchSize {
			t.Errorf("%+v: micro × parallel × accumulated is %d, the global batch %d", tc, got, c.Model.GlobalBatchSize)
		}
	}
}

func TestMaxDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 0, "90s": 90 * time.Second, "5m": 5 * time.Minute, "1h30m": 90 * time.Minute,
		"00:00:05:00": 5 * time.Minute, "02:03:04:05": 51*time.Hour + 4*time.Minute + 5*time.Second,
	} {
		if got, err := (&Trainer{MaxTime: text}).MaxDuration(); err != nil || got != want {
			t.Errorf("%q is %v (%v), want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"300", "5 minutes", "-5m", "0s", "00:05:00", "1:2:3:x", "00:00:00:00", "99999999:0:0:0"} {
		if got, err := (&Trainer{MaxTime: text}).MaxDuration(); err == nil {
			t.Errorf("%q is %v, want an error", text, got)
		}
	}
}

func TestSizesThatFollowFromOthers(t *testing.T) {
	c := load(t, "", "model.vision.img_h=224", "model.vision.img_w=112", "model.vision.kv_channels=24")
	v := &c.Model.Vision
	if v.Patches() != 14*7 || v.Positions() != 14*7+8 || v.HeadWidth() != 24 || c.Model.Text.HeadWidth() != 64 {
		t.Errorf("%d patches, %d positions, heads of %d and %d", v.Patches(), v.Positions(), v.HeadWidth(), c.Model.Text.HeadWidth())
	}
	if !slices.Equal(v.Mean(), []float64{0.48145466, 0.4578275, 0.40821073}) || !slices.Equal(v.Std(), []float64{0.26862954, 0.26130258, 0.27577711}) {
		t.Errorf("mean %v, std %v", v.Mean(), v.Std())
	}
	own := load(t, "", "model.vision.image_mean=[0, 0.5, 1]", "model.vision.image_std=[1, 2, 3]")
	if !slices.Equal(own.Model.Vision.Mean(), []float64{0, 0.5, 1}) || !slices.Equal(own.Model.Vision.Std(), []float64{1, 2, 3}) {
		t.Errorf("mean %v, std %v", own.Model.Vision.Mean(), own.Model.Vision.Std())
	}
}

func TestDiffNamesEachKeyThatChanged(t *testing.T) {
	before := load(t, "", "model.preset=tiny")
	after := load(t, "", "model.preset=tiny", "model.optim.lr=2e-3", "model.vision.kv_channels=32", "trainer.max_time=5m")
	want := []Change{
		{"trainer.max_time", "null", `"5m"`},
		{"model.vision.kv_channels", "null", "32"},
		{"model.optim.lr", "0.001", "0.002"},
	}
	if got := Diff(before, after); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := Diff(before, before); len(got) != 0 {
		t.Errorf("a configuration differs from itself in %v", got)
	}
	if got, want := want[2].String(), "model.optim.lr (0.001, now 0.002)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestCheckHoldsForAConfigurationThatAProgramChanges(t *testing.T) {
	c := load(t, "")
	c.Model.Vision.NumAttentionHeads = 7
	want := "model.vision.num_attention_heads=7: the image tower's hidden_size of 768 does not divide by 7 heads; change one, or name kv_channels"
	if err := c.Check(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestGetOfAnUnknownKey(t *testing.T) {
	if _, err := load(t, "").Get("model.optim.lrr"); err == nil || err.Error() != "model.optim.lrr: unknown key (did you mean lr?)" {
		t.Error(err)
	}
}

func TestPresetsAreSortedAndLoad(t *testing.T) {
	names := Presets()
	if !slices.IsSorted(names) || len(names) != 33 {
		t.Errorf("%d presets: %v", len(names), names)
	}
	for _, name := range names {
		if _, err := Preset(name); err != nil {
			t.Error(err)
		}
	}
}

func TestQuickGELUIsAllThatSetsItsPresetsApart(t *testing.T) {
	for _, name := range quickGELU {
		plain, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		quick, err := Preset(name + "-quickgelu")
		if err != nil {
			t.Fatal(err)
		}
		want := []Change{
			{"model.preset", name, name + "-quickgelu"},
			{"model.vision.activation", "gelu", "quick_gelu"},
			{"model.text.activation", "gelu", "quick_gelu"},
		}
		if got := Diff(plain, quick); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestTheTinyPresetIsThatOfThePeer: the sizes that open_clip's step is timed with.
func TestTheTinyPresetIsThatOfThePeer(t *testing.T) {
	c, err := Preset("tiny")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"model.output_dim": "128", "model.vision.img_h": "32", "model.vision.img_w": "32", "model.vision.patch_dim": "4",
		"model.vision.class_token_length": "1", "model.vision.hidden_size": "128", "model.vision.num_layers": "4",
		"model.vision.num_attention_heads": "2", "model.vision.ffn_hidden_size": "512", "model.vision.activation": "gelu",
		"model.text.encoder_seq_length": "16", "model.text.vocab_size": "2048", "model.text.hidden_size": "128",
		"model.text.num_layers": "4", "model.text.num_attention_heads": "2", "model.text.ffn_hidden_size": "512",
	} {
		if got, _ := c.Get(key); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
}
