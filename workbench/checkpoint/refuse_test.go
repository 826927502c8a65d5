package checkpoint

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clipbench/workbench/checkpoint/tensorfile"

	"github.com/gomlx/compute/dtypes"
)

// folder copies a golden, so that a test may damage it.
func folder(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(goldens, name))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// replace changes a text of a file that must be there.
func replace(old, with string) func(t *testing.T, path string) {
	return func(t *testing.T, path string) {
		t.Helper()
		alter(t, path, func(text []byte) []byte {
			if !strings.Contains(string(text), old) {
				t.Fatalf("%s does not hold %s", path, old)
			}
			return []byte(strings.Replace(string(text), old, with, 1))
		})
	}
}

func cut(t *testing.T, path string) {
	t.Helper()
	alter(t, path, func(b []byte) []byte { return b[:len(b)-4] })
}

// retensor writes a safetensors file anew with other tensors.
func retensor(change func(map[string]tensorfile.Tensor)) func(t *testing.T, path string) {
	return func(t *testing.T, path string) {
		t.Helper()
		f, err := tensorfile.OpenSafetensors(path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		change(f.Tensors)
		var out strings.Builder
		if err := tensorfile.WriteSafetensors(&out, f.Tensors, nil); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestModelsThatDoNotFitAreRefusedByName(t *testing.T) {
	const (
		oc, hf = "open_clip-gelu", "huggingface-quickgelu"
		head   = `"model_cfg": {`
		vision = `"vision_cfg": {`
		text   = `"text_cfg": {`
	)
	type all = map[string]tensorfile.Tensor
	for _, tc := range []struct {
		name, golden, file string
		change             func(t *testing.T, path string)
		want               string
	}{
		{"a tensor missing", oc, openCLIPWeights, retensor(func(a all) { delete(a, "visual.proj") }), "it lacks tensor visual.proj [16,12]"},
		{
			"a tensor more", oc, openCLIPWeights, retensor(func(a all) { a["visual.extra"] = tensorfile.New(dtypes.Float32, []int{2}, make([]byte, 8)) }),
			"it holds tensor visual.extra [2], for which there is no place",
		},
		{
			"a tensor of another shape", oc, openCLIPWeights, retensor(func(a all) { a["visual.proj"] = tensorfile.New(dtypes.Float32, []int{12, 16}, make([]byte, 768)) }),
			"tensor visual.proj is [12,16], and [16,12] is wanted",
		},
		{
			"a tensor of whole numbers", oc, openCLIPWeights, retensor(func(a all) { a["visual.proj"] = tensorfile.New(dtypes.Int32, []int{16, 12}, make([]byte, 768)) }),
			"tensor visual.proj: int32[16,12] is no floating-point tensor",
		},
		{"truncated", oc, openCLIPWeights, cut, "open_clip_model.safetensors: truncated: tensor"},
		{"a header that lies", oc, openCLIPWeights, func(t *testing.T, path string) {
			alter(t, path, func(b []byte) []byte { b[3] = 0xff; return b })
		}, "not a whole safetensors file: its header claims"},
		{"no weights", oc, openCLIPWeights, func(t *testing.T, path string) { alter(t, path, nil) }, "it has no open_clip_model.safetensors"},
		{"code instead of weights", oc, openCLIPWeights, func(t *testing.T, path string) {
			evil, err := os.ReadFile(filepath.Join(goldens, "pytorch/evil.pt"))
			if err != nil {
				t.Fatal(err)
			}
			alter(t, path, func([]byte) []byte { return evil })
		}, "asks for posix.system"},
		{"another width", oc, openCLIPConfig, replace(`"width": 16`, `"width": 24`), "is [16], and [24] is wanted"},
		{"more layers", oc, openCLIPConfig, replace(`"layers": 2`, `"layers": 3`), "it lacks tensor visual.transformer.resblocks.2.attn.in_proj_bias [48] (and 11 more)"},
		{"fewer layers", oc, openCLIPConfig, replace(`"layers": 2`, `"layers": 1`), "it holds tensor visual.transformer.resblocks.1.attn.in_proj_bias [48] (and 11 more), for which there is no place"},
		{"another image size", oc, openCLIPConfig, replace(`"image_size": 12`, `"image_size": 16`), "tensor visual.positional_embedding is [10,16], and [17,16] is wanted"},
		{"heads that do not divide", oc, openCLIPConfig, replace(`"heads": 2`, `"heads": 3`), "num_attention_heads"},
		{"a head width of 0", oc, openCLIPConfig, replace(`"head_width": 8`, `"head_width": 0`), "num_attention_heads"},
		{"a negative width", oc, openCLIPConfig, replace(`"width": 16`, `"width": -16`), "width: wants a whole number"},
		{"a text for a number", oc, openCLIPConfig, replace(`"layers": 2`, `"layers": "2"`), "layers: wants a number, has 2"},
		{"a ResNet", oc, openCLIPConfig, replace(`"layers": 2`, `"layers": [3, 4, 6, 3]`), "layers: wants a number"},
		{"an unknown key", oc, openCLIPConfig, replace(vision, vision+`"rotary": true, `), "vision_cfg: rotary: unknown key"},
		{"attention pooling", oc, openCLIPConfig, replace(vision, vision+`"attentional_pool": true, `), "attentional_pool: true is not this family"},
		{"mean pooling without the class token", oc, openCLIPConfig, replace(vision, vision+`"pool_type": "avg", `), "pool_type: avg is not this family"},
		{"timm", oc, openCLIPConfig, replace(vision, vision+`"timm_model_name": "vit", `), "timm_model_name: vit is not"},
		{"a text tower of Hugging Face", oc, openCLIPConfig, replace(text, text+`"hf_model_name": "roberta", `), "hf_model_name"},
		{"no causal mask", oc, openCLIPConfig, replace(text, text+`"no_causal_mask": true, `), "no_causal_mask"},
		{"a pool of its own", oc, openCLIPConfig, replace(text, text+`"pool_type": "eos", `), "pool_type: texts are pooled by"},
		{"CoCa", oc, openCLIPConfig, replace(head, head+`"multimodal_cfg": {"layers": 2}, `), "multimodal_cfg"},
		{"squashed pictures", oc, openCLIPConfig, replace(`"shortest"`, `"squash"`), "resize_mode: squash"},
		{"a bias that is promised", oc, openCLIPConfig, replace(head, head+`"init_logit_bias": -10, `), "it lacks tensor logit_bias []"},
		{"no model", oc, openCLIPConfig, replace("model_cfg", "model"), "it has no model_cfg"},
		{"half a configuration", oc, openCLIPConfig, cut, "not a JSON object"},
		{"no configuration", oc, openCLIPConfig, func(t *testing.T, path string) { alter(t, path, nil) }, "not a model: it holds neither"},

		{"another family", hf, huggingFaceConfig, replace(`"model_type": "clip"`, `"model_type": "siglip"`), `model_type: only clip is read, this is "siglip"`},
		{"another activation", hf, huggingFaceConfig, replace(`"quick_gelu"`, `"silu"`), "hidden_act: the activations are"},
		{"another end of text", hf, huggingFaceConfig, replace(`"eos_token_id": 39`, `"eos_token_id": 7`), "eos_token_id: texts are pooled at their highest id"},
		{"another MLP", hf, huggingFaceConfig, replace(`"intermediate_size": 40`, `"intermediate_size": 48`), "text_model.encoder.layers.0.mlp.fc1.bias is [40], and [48] is wanted"},
		{"a projection of its own", hf, huggingFaceConfig, replace(`"projection_dim": 10,`+"\n  \"text_config\"", `"projection_dim": 12,`+"\n  \"text_config\""), "is [10,16], and [12,16] is wanted"},
		{"pictures that are not cropped", hf, huggingFaceProcessor, replace(`"do_resize": true`, `"do_center_crop": false`), "do_center_crop: false"},
		{"bilinear pictures", hf, huggingFaceProcessor, replace(`"resample": 3`, `"resample": 2`), "resample: 2"},
		{"divided weights", hf, huggingFaceIndex, func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte("{}"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, "divided among several files"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := folder(t, tc.golden)
			tc.change(t, filepath.Join(dir, tc.file))
			_, err := Open(dir, Options{})
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), dir) {
				t.Fatalf("got %v, want %s", err, tc.want)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %v", err)
			}
		})
	}
}

func TestACLIPModelAloneOpensWithItsFormatsDefaultsAndSaysSo(t *testing.T) {
	dir := folder(t, "huggingface-gelu")
	alter(t, filepath.Join(dir, huggingFaceProcessor), nil)
	if _, err := Open(dir, Options{Preprocess: "clip"}); err == nil || !strings.HasSuffix(err.Error(), "--preprocess clip: there are openai, imagenet and inception") {
		t.Errorf("an unknown --preprocess: %v", err)
	}
	for _, tc := range []struct {
		o    Options
		mean float64
		said bool
	}{
		{Options{}, 0.48145466, true}, // transformers' OPENAI_CLIP_MEAN
		{Options{Preprocess: "imagenet"}, 0.485, false},
	} {
		m := mustOpen(t, dir, tc.o)
		said := slices.ContainsFunc(m.Notices, func(n string) bool { return strings.Contains(n, "CLIPImageProcessor") })
		if p := m.Preprocess(); p.Mean[0] != tc.mean || said != tc.said {
			t.Errorf("%+v: mean %v, notices %q", tc.o, p.Mean, m.Notices)
		}
		if name := m.Config.Model.Tokenizer.Type; name != "" {
			t.Errorf("a vocabulary of 40 is nobody's, and %q was taken for it", name)
		}
	}
}

func TestAnOpenCLIPFolderWithoutStatisticsIsAskedForThem(t *testing.T) {
	dir := folder(t, "open_clip-gelu")
	replace(`"mean"`, `"average"`)(t, filepath.Join(dir, openCLIPConfig))
	if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), "add --preprocess") {
		t.Errorf("got %v", err)
	}
}

// FuzzDescriptions reads damaged configurations of other projects: an error or a configuration, never a panic.
func FuzzDescriptions(f *testing.F) {
	for _, name := range []string{"open_clip-sigmoid/" + openCLIPConfig, "huggingface-gelu/" + huggingFaceConfig, "open_clip-quickgelu/" + openCLIPConfig} {
		text, err := os.ReadFile(filepath.Join(goldens, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		for name, read := range map[string]func(string) (*description, error){openCLIPConfig: readOpenCLIPConfig, huggingFaceConfig: readHuggingFaceConfig} {
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
				t.Fatal(err)
			}
			if d, err := read(dir); err == nil {
				_, _ = d.config()
			}
		}
	})
}

// FuzzMeta reads damaged checkpoint.json: an error, or one that encodes to itself.
func FuzzMeta(f *testing.F) {
	text, err := Meta{Version: formatVersion, Step: 3, Metrics: Metrics{"val_loss": 1}}.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"format_version": 1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := decodeMeta(text)
		if err != nil {
			return
		}
		if _, err := m.encode(); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
	})
}
