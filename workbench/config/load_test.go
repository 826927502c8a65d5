package config

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// load reads a document that a test writes out.
func load(t *testing.T, document string, overrides ...string) *Config {
	t.Helper()
	c, err := LoadBytes("test.yaml", []byte(document), overrides...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNeMosFileLoadsAsItIs(t *testing.T) {
	c, err := Load("testdata/megatron_clip_config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"trainer.precision":                                          "16",
		"trainer.max_epochs":                                         "-1",
		"trainer.gradient_clip_val":                                  "1",
		"exp_manager.name":                                           "megatron_clip",
		"exp_manager.ema.decay":                                      "0.9999",
		"model.vision.precision":                                     "16",
		"model.text.output_dim":                                      "512",
		"model.text.max_position_embeddings":                         "77",
		"model.vision.encoder_seq_length":                            "196",
		"model.vision.class_token_length":                            "8",
		"model.vision.layernorm_epsilon":                             "1e-05",
		"model.vision.native_amp_init_scale":                         "4294967296",
		"model.data.train.dataset_path":                              "[/datasets/coyo/test.pkl]",
		"model.optim.lr":                                             "0.001",
		"model.optim.betas":                                          "[0.9, 0.98]",
		"model.optim.sched.name":                                     "CosineAnnealing",
		"exp_manager.checkpoint_callback_params.filename":            `"megatron_clip--{val_loss:.2f}-{step}-{consumed_samples}"`,
		"exp_manager.checkpoint_callback_params.model_parallel_size": "1",
	} {
		if got, err := c.Get(key); err != nil || got != want {
			t.Errorf("%s is %s (%v), want %s", key, got, err, want)
		}
	}
}

// TestOnlyTheseDefaultsDifferFromNeMos: the defaults against NeMo's file. What differs is marked "ours" in defaults.yaml.
func TestOnlyTheseDefaultsDifferFromNeMos(t *testing.T) {
	nemo, err := Load("testdata/megatron_clip_config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	ours := map[string]bool{
		"name": true, "trainer.accelerator": true, "trainer.precision": true, "exp_manager.name": true,
		"exp_manager.checkpoint_callback_params.filename": true,
		"model.precision": true, "model.vision.precision": true, "model.text.precision": true,
		"model.vision.encoder_seq_length": true, "model.vision.max_position_embeddings": true,
		"model.data.train.dataset_path": true, "model.data.validation.dataset_path": true,
		"model.data.webdataset.local_root_path": true,
	}
	for _, change := range Diff(nemo, load(t, "")) {
		if !ours[change.Key] {
			t.Errorf("the default of %s differs from NeMo's", change)
		}
		delete(ours, change.Key)
	}
	if len(ours) > 0 {
		t.Errorf("these defaults are NeMo's after all: %v", ours)
	}
}

func TestAFileGoesBeforeItsPresetAndAnOverrideBeforeBoth(t *testing.T) {
	document := "model:\n  preset: ViT-L-14\n  vision:\n    num_layers: 6\n"
	c := load(t, document, "model.text.num_layers=3", "+model.optim.lr=2e-4", "++trainer.max_steps=10")
	for key, want := range map[string]string{
		"model.vision.hidden_size": "1024", // the preset's
		"model.output_dim":         "768",
		"model.text.output_dim":    "768",
		"model.vision.num_layers":  "6", // the file's
		"model.text.num_layers":    "3", // the override's
		"model.optim.lr":           "0.0002",
		"trainer.max_steps":        "10",
	} {
		if got, _ := c.Get(key); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
	c = load(t, document, "model.text.num_layers=3", "model.preset=ViT-B-32")
	if v, x := c.Model.Vision, c.Model.Text; v.HiddenSize != 768 || v.NumLayers != 12 || x.NumLayers != 3 {
		t.Errorf("the preset of an override: width %d, %d and %d layers", v.HiddenSize, v.NumLayers, x.NumLayers)
	}
}

func TestValuesAreReadAsNeMoReadsThem(t *testing.T) {
	for _, tc := range []struct{ override, key, want string }{
		{"model.optim.lr=1e-3", "model.optim.lr", "0.001"},
		{"model.optim.lr=.5", "model.optim.lr", "0.5"},
		{"model.optim.lr=1", "model.optim.lr", "1"},
		{"trainer.max_steps=1_000", "trainer.max_steps", "1000"},
		{"trainer.max_steps=1e5", "trainer.max_steps", "100000"},
		{"trainer.precision=bf16-mixed", "model.vision.precision", "bf16"},
		{"trainer.precision=32-true", "trainer.precision", "32"},
		{"trainer.precision='16'", "trainer.precision", "16"},
		{"trainer.gradient_clip_val=null", "trainer.gradient_clip_val", "0"},
		{"trainer.max_time=00:01:30:00", "trainer.max_time", `"00:01:30:00"`},
		{"model.global_batch_size=null", "model.global_batch_size", "32"},
		{"model.vision.layerscale=True", "model.vision.layerscale", "1e-05"},
		{"model.vision.layerscale=false", "model.vision.layerscale", "0"},
		{"model.vision.layerscale=0.1", "model.vision.layerscale", "0.1"},
		{"model.vision.activation=approx-gelu", "model.vision.activation", "quick_gelu"},
		{"model.text.openai_gelu=true", "model.text.activation", "openai_gelu"},
		{"model.use_siglip=yes", "model.use_siglip", "true"},
		{"model.data.train.dataset_path=emoji:train", "model.data.train.dataset_path", `["emoji:train"]`},
		{"model.data.train.dataset_path=[a.tar, 'b.tar']", "model.data.train.dataset_path", "[a.tar, b.tar]"},
		{"model.data.train.dataset_path=null", "model.data.train.dataset_path", "[]"},
		{"model.data.webdataset=null", "model.data.webdataset.local_root_path", "null"},
		{"model.restore_from_path=", "model.restore_from_path", "null"},
		{
			"model.optim.rules=[{match: ^text/, lr_scale: 0.1}]", "model.optim.rules",
			`[{match: "^text/", freeze: false, lr_scale: 0.1, weight_decay: null}]`,
		},
		{"name=${model.vision.patch_dim}px-${trainer.precision}", "name", `"16px-32"`},
		{"model.micro_batch_size=${model.global_batch_size}", "model.micro_batch_size", "32"},
		{"model.output_dim=${multiply:${model.vision.patch_dim}, 32}", "model.text.output_dim", "512"},
		{"model.output_dim=${int_div:1024,4}", "model.vision.output_dim", "256"},
		{"model.output_dim=${.text.hidden_size}", "model.output_dim", "512"},
		{"model.text.hidden_size=${..output_dim}", "model.text.hidden_size", "512"},
	} {
		if got, err := load(t, "", tc.override).Get(tc.key); err != nil || got != tc.want {
			t.Errorf("%s: %s is %s (%v), want %s", tc.override, tc.key, got, err, tc.want)
		}
	}
}

func TestAResolvedConfigurationLoadsBackEqual(t *testing.T) {
	documents := map[string][]string{
		"":                   nil,
		"name: \"a\\tb: c\"": {"model.data.train.dataset_path=['x y', 'true', '12', 'null', '1e3', 'a#b', '', ~]"},
		"trainer: {max_time: 5m, precision: bf16}": {"model.preset=ViT-g-14", "model.optim.rules=[{match: 'ln_.*'}]"},
	}
	for document, overrides := range documents {
		c := load(t, document, overrides...)
		back := load(t, string(c.YAML()))
		if changes := Diff(c, back); len(changes) > 0 {
			t.Errorf("%q: %v", document, changes)
		}
		if string(back.YAML()) != string(c.YAML()) {
			t.Errorf("%q: written differently the second time", document)
		}
	}
}

func TestEveryRecipeOfNeMoLoads(t *testing.T) {
	paths, err := filepath.Glob("../../recipes/nemo/*.yaml")
	if err != nil || len(paths) != 7 {
		t.Fatalf("%d recipes (%v), want 7", len(paths), err)
	}
	for _, path := range paths {
		c, err := Load(path)
		if err != nil {
			t.Error(err)
			continue
		}
		name := "ViT-" + strings.TrimSuffix(filepath.Base(path), ".yaml")
		preset, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := shape(c), shape(preset); got != want {
			t.Errorf("%s has the sizes\n%swant those of %s\n%s", path, got, name, want)
		}
	}
}

// shape is every size that a preset sets, but for the heads: NeMo's H/14 and g/14 have others.
func shape(c *Config) string {
	var out strings.Builder
	overrides, _ := presetOverrides("ViT-B-32")
	for _, text := range overrides {
		key, _, _ := strings.Cut(text, "=")
		if strings.HasSuffix(key, ".num_attention_heads") || strings.HasSuffix(key, ".vocab_size") {
			continue
		}
		value, _ := c.Get(key)
		out.WriteString(key + ": " + value + "\n")
	}
	return out.String()
}

// TestMistakesAreNamed: each file in testdata/errors ends in comments that start with "want:", the lines of its error,
// without the folder.
func TestMistakesAreNamed(t *testing.T) {
	paths, err := filepath.Glob("testdata/errors/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no files in testdata/errors", err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, line := range regexp.MustCompile(`(?m)^# want: (.*)$`).FindAllStringSubmatch(string(data), -1) {
			want = append(want, line[1])
		}
		_, err = LoadBytes(filepath.Base(path), data)
		if err == nil {
			t.Errorf("%s: loaded, want %q", path, want)
		} else if got := err.Error(); got != strings.Join(want, "\n") {
			t.Errorf("%s says\n%s\nwant\n%s", path, got, strings.Join(want, "\n"))
		}
	}
}
