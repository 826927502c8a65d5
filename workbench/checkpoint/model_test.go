package checkpoint

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clipbench/workbench/checkpoint/tensorfile"
	"clipbench/workbench/config"
	"clipbench/workbench/device"
	"clipbench/workbench/train"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
)

func mustOpen(t *testing.T, path string, o Options) *Model {
	t.Helper()
	m, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func exported(t *testing.T, m *Model, format Format) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), string(format))
	if err := Export(dir, format, m); err != nil {
		t.Fatal(err)
	}
	return dir
}

// random is a model of a configuration with its initial weights.
func random(t *testing.T, overrides ...string) *Model {
	t.Helper()
	small := []string{
		"model.vision.num_layers=1", "model.text.num_layers=1", "model.vision.hidden_size=8", "model.vision.ffn_hidden_size=16", "model.text.hidden_size=8",
		"model.text.ffn_hidden_size=16", "model.text.vocab_size=40", "model.text.encoder_seq_length=6", "model.output_dim=8", "model.tokenizer.type=",
	}
	cfg, err := config.Preset("tiny", append(small, overrides...)...)
	if err != nil {
		t.Fatal(err)
	}
	m := &Model{Path: "random", Config: cfg, Weights: map[string]*tensors.Tensor{}}
	for _, p := range m.clip().Tensors() {
		values := p.Init.Values(1, p.Path, p.Size())
		for i := range values {
			values[i] += float32(i%7) / 50 // no bias is zero
		}
		m.Weights[p.Path] = tensors.FromFlatDataAndDimensions(values, p.Dims...)
	}
	return m
}

func sameWeights(t *testing.T, got, want *Model) {
	t.Helper()
	if len(got.Weights) != len(want.Weights) {
		t.Errorf("%d weights, want %d", len(got.Weights), len(want.Weights))
	}
	for path, w := range want.Weights {
		if got.Weights[path] == nil || !got.Weights[path].Equal(w) {
			t.Errorf("%s is %v, want %v", path, got.Weights[path], w)
		}
	}
}

func TestExportsHoldWhatTheReferenceWrote(t *testing.T) {
	for _, tc := range []struct {
		name    string
		format  Format
		weights string
	}{
		{"open_clip-gelu", OpenCLIP, openCLIPWeights},
		{"open_clip-quickgelu", OpenCLIP, openCLIPWeights},
		{"open_clip-sigmoid", OpenCLIP, openCLIPWeights},
		{"huggingface-quickgelu", HuggingFace, huggingFaceWeights},
		{"huggingface-gelu", HuggingFace, huggingFaceWeights},
	} {
		t.Run(tc.name, func(t *testing.T) {
			original := filepath.Join(goldens, tc.name)
			m := mustOpen(t, original, Options{Tokenizer: clipTokenizer})
			dir := exported(t, m, tc.format)
			sameBits(t, fileBits(t, filepath.Join(dir, tc.weights)), fileBits(t, filepath.Join(original, tc.weights)))
			again := mustOpen(t, dir, Options{})
			sameWeights(t, again, m)
			again.Config.Model.Tokenizer = m.Config.Model.Tokenizer // a vocabulary of 40 is nobody's name in a CLIPModel
			if changes := config.Diff(m.Config, again.Config); len(changes) > 0 {
				t.Errorf("the configuration came back with %v", changes)
			}
		})
	}
}

func fileBits(t *testing.T, path string) map[string]string {
	t.Helper()
	f, err := openTensors(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	return tensorBits(t, f.Tensors)
}

func TestEveryFormatLeadsBackToTheSameModel(t *testing.T) {
	m := random(t, "model.vision.activation=quick_gelu", "model.text.activation=quick_gelu", "model.vision.image_mean=[0.1, 0.2, 0.3]", "model.tokenizer.type=clip")
	for _, path := range [][]Format{{Native}, {OpenCLIP, HuggingFace, Native}, {HuggingFace, OpenCLIP, Native}} {
		at := m
		for _, format := range path {
			at = mustOpen(t, exported(t, at, format), Options{})
		}
		sameWeights(t, at, m)
		for _, change := range config.Diff(m.Config, at.Config) {
			if change.Key == "model.vision.image_std" {
				continue // said, where it was left to the default
			}
			if strings.HasPrefix(change.Key, "model.vision.") || strings.HasPrefix(change.Key, "model.text.") || change.Key == "model.output_dim" {
				t.Errorf("%v: %v", path, change)
			}
		}
		if p := at.Preprocess(); !slices.Equal(p.Mean, []float64{0.1, 0.2, 0.3}) || p.Size != [2]int{32, 32} {
			t.Errorf("%v: preprocessing became %+v", path, p)
		}
	}
}

func TestAVocabularyOfOnesOwnGoesAlong(t *testing.T) {
	vocabulary := filepath.Join(t.TempDir(), "emoji.txt.gz")
	if err := os.WriteFile(vocabulary, []byte("merges"), 0o644); err != nil {
		t.Fatal(err)
	}
	m := random(t, "model.tokenizer.type="+vocabulary)
	for _, format := range []Format{Native, OpenCLIP} {
		dir := exported(t, m, format)
		name := mustOpen(t, dir, Options{}).Config.Model.Tokenizer.Type
		if content, err := os.ReadFile(name); err != nil || string(content) != "merges" || filepath.Dir(name) != dir || !strings.HasSuffix(name, ".txt.gz") {
			t.Errorf("%s: the tokenizer is %s, %q, %v", format, name, content, err)
		}
	}
}

func TestAHuggingFaceFolderHasTheVocabularyInTheirFiles(t *testing.T) {
	dir := exported(t, random(t, "model.tokenizer.type=clip", "model.text.vocab_size=49408"), HuggingFace)
	text, err := os.ReadFile(filepath.Join(dir, huggingFaceVocab))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range []string{`"!":0`, `"!</w>":256`, `"in":512`, `"the</w>":518`, `"cat</w>":2368`, `"<|startoftext|>":49406`, `"<|endoftext|>":49407`} {
		if !strings.Contains(string(text), entry) {
			t.Errorf("vocab.json lacks %s", entry)
		}
	}
	if m := mustOpen(t, dir, Options{}); m.Config.Model.Tokenizer.Type != filepath.Join(dir, huggingFaceMerges) || len(m.Notices) > 0 {
		t.Errorf("tokenizer %s, notices %q", m.Config.Model.Tokenizer.Type, m.Notices)
	}
	alter(t, filepath.Join(dir, huggingFaceVocab), func(b []byte) []byte { return []byte(strings.Replace(string(b), `"!":0`, `"!":1`, 1)) })
	if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), "its ids are not those that follow from merges.txt") {
		t.Errorf("other ids: got %v", err)
	}
	if err := Export(filepath.Join(t.TempDir(), "out"), HuggingFace, random(t, "model.tokenizer.type=gone.txt")); err == nil || !strings.Contains(err.Error(), "gone.txt") {
		t.Errorf("a vocabulary that is gone: got %v", err)
	}
}

func TestThePatchBiasIsFoldedIntoThePositions(t *testing.T) {
	d, err := device.Open(t.Context(), device.Options{Backend: "go"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	m := random(t, "model.vision.patch_bias=true", "model.vision.img_h=16", "model.vision.img_w=16")
	plain := mustOpen(t, exported(t, m, OpenCLIP), Options{})
	if _, ok := plain.Weights["visual/conv1/bias"]; ok {
		t.Error("the bias is there twice")
	}
	images, tokens := make([]float32, 2*16*16*3), []int32{1, 2, 39, 0, 0, 0, 5, 39, 0, 0, 0, 0}
	for i := range images {
		images[i] = float32(i%11)/5 - 1
	}
	g := golden{images: tensors.FromFlatDataAndDimensions(images, 2, 16, 16, 3), tokens: tensors.FromFlatDataAndDimensions(tokens, 2, 6)}
	if worst := largest(t, plain.compute(t, d.Backend, g).image, m.compute(t, d.Backend, g).image); worst > 1e-6 {
		t.Errorf("features differ by up to %.2g", worst)
	}
}

func TestWhatAFormatCannotExpressIsRefused(t *testing.T) {
	for _, tc := range []struct {
		format   Format
		override string
		want     string
	}{
		{OpenCLIP, "model.vision.class_token_length=3", "model.vision.class_token_length=3"},
		{HuggingFace, "model.vision.class_token_length=3", "model.vision.class_token_length=3"},
		{OpenCLIP, "model.vision.global_average_pool=true", "global_average_pool"},
		{OpenCLIP, "model.vision.flatten_pool=true", "flatten_pool"},
		{OpenCLIP, "model.vision.patch_stem=conv", "patch_stem=conv"},
		{OpenCLIP, "model.vision.kv_channels=3", "model.vision.kv_channels=3: 2 heads of it do not make the width of 8"},
		{HuggingFace, "model.text.kv_channels=3", "model.text.kv_channels=3"},
		{OpenCLIP, "model.text.activation=quick_gelu", "QuickGELU in both towers or in none"},
		{HuggingFace, "model.vision.img_h=16", "pictures are square"},
		{HuggingFace, "model.vision.preprocess_layernorm=false", "preprocess_layernorm"},
		{HuggingFace, "model.text.layerscale=0.1", "layerscale"},
		{HuggingFace, "model.text.pool=last", "model.text.pool=last"},
		{HuggingFace, "model.use_siglip=true", "use_siglip"},
		{StateDict, "model.use_siglip=true", `no format "state dict"`},
	} {
		dir := filepath.Join(t.TempDir(), "out")
		err := Export(dir, tc.format, random(t, tc.override))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s, %s: got %v, want %s", tc.format, tc.override, err, tc.want)
		}
		if left := names(t, filepath.Dir(dir)); left != "" {
			t.Errorf("%s, %s: %s is left behind", tc.format, tc.override, left)
		}
	}
	if err := Export(t.TempDir(), Native, random(t)); err == nil || !strings.Contains(err.Error(), "exists; name another folder") {
		t.Errorf("a folder that is there: got %v", err)
	}
}

func TestAnExportedNativeCheckpointIsNoRunToResume(t *testing.T) {
	s := opened(t, exported(t, random(t), Native))
	if err := s.Restore(state(t, 1)); err == nil || !strings.Contains(err.Error(), "it lacks tensor") && !strings.Contains(err.Error(), "is wanted") {
		t.Errorf("got %v", err)
	}
}

func TestTheMovingAverageIsWhatANativeCheckpointOpens(t *testing.T) {
	m := random(t)
	s := Snapshot{Tensors: map[string]tensorfile.Tensor{}}
	for path, w := range m.Weights {
		data, err := hostCopy(w)
		if err != nil {
			t.Fatal(err)
		}
		s.Tensors[train.WeightPath+path] = tensorfile.New(dtypes.Float32, w.Shape().Dimensions, data)
		s.Tensors[train.EMAPath+path] = tensorfile.New(dtypes.Float32, w.Shape().Dimensions, make([]byte, len(data)))
	}
	cfg := *m.Config
	cfg.ExpManager.EMA.Enable = true
	s.Config = cfg.YAML()
	path, err := Save(t.TempDir(), s)
	if err != nil {
		t.Fatal(err)
	}
	sameWeights(t, mustOpen(t, path, Options{Original: true}), m)
	for path, w := range mustOpen(t, path, Options{}).Weights {
		if slices.Max(tensors.MustCopyFlatData[float32](w)) != 0 {
			t.Errorf("%s is not the average", path)
		}
	}
}

// statePath writes a model as a file of weights alone; change alters its tensors.
func statePath(t *testing.T, m *Model, change func(map[string]tensorfile.Tensor)) string {
	t.Helper()
	f, err := openTensors(filepath.Join(exported(t, m, OpenCLIP), openCLIPWeights))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if change != nil {
		change(f.Tensors)
	}
	out, err := os.Create(filepath.Join(t.TempDir(), "weights.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	if err := tensorfile.WriteSafetensors(out, f.Tensors, nil); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Name()
}

// tiny is the preset as it is, with another image size or text length.
func tiny(t *testing.T, overrides ...string) *Model {
	t.Helper()
	return random(t, append([]string{
		"model.vision.num_layers=4", "model.text.num_layers=4", "model.vision.hidden_size=128", "model.vision.ffn_hidden_size=512", "model.text.hidden_size=128",
		"model.text.ffn_hidden_size=512", "model.text.vocab_size=2048", "model.text.encoder_seq_length=16", "model.output_dim=128",
	}, overrides...)...)
}

var all = Options{Preset: "tiny", Activation: "gelu", Preprocess: "inception", Tokenizer: "clip"}

func TestAStateDictAsksForWhatItDoesNotSay(t *testing.T) {
	path := statePath(t, tiny(t), nil)
	for _, tc := range []struct {
		name string
		o    Options
		want []string
		not  string
	}{
		{"nothing said", Options{}, []string{path, "--preset", "--activation gelu or quick_gelu", "--preprocess", "--tokenizer"}, "\n"},
		{"sizes alone", Options{Preset: "tiny"}, []string{"--activation", "--preprocess", "--tokenizer"}, "--preset"},
		{"a preset that names the activation", Options{Preset: "ViT-B-32-quickgelu"}, []string{"--preprocess", "--tokenizer"}, "--activation"},
		{"an unknown preprocessing", Options{Preset: "tiny", Activation: "gelu", Preprocess: "siglip", Tokenizer: "clip"}, []string{"there are openai, imagenet and inception"}, "--preset"},
		{"an unknown preset", Options{Preset: "huge", Activation: "gelu", Preprocess: "openai", Tokenizer: "clip"}, []string{"huge"}, "--preset"},
		{"another preset", Options{Preset: "ViT-B-32", Activation: "gelu", Preprocess: "openai", Tokenizer: "clip"}, []string{"tensor ln_final.bias is [128], and [512] is wanted"}, "--preset"},
	} {
		_, err := Open(path, tc.o)
		for _, want := range tc.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %s", tc.name, err, want)
			}
		}
		if err != nil && strings.Contains(err.Error(), tc.not) {
			t.Errorf("%s: %v speaks of %q", tc.name, err, tc.not)
		}
	}
}

func TestStateDictsOfEveryKindAreRead(t *testing.T) {
	m := tiny(t)
	rename := func(change func(string) string) func(map[string]tensorfile.Tensor) {
		return func(all map[string]tensorfile.Tensor) {
			for _, name := range slices.Collect(maps.Keys(all)) {
				tensor := all[name]
				delete(all, name)
				all[change(name)] = tensor
			}
		}
	}
	isText := func(name string) bool { return !strings.HasPrefix(name, "visual") && name != "logit_scale" }
	for _, tc := range []struct {
		name   string
		change func(map[string]tensorfile.Tensor)
		o      Options
	}{
		{"open_clip", nil, all},
		{"DataParallel", rename(func(name string) string { return "module." + name }), all},
		{"a text tower apart", rename(func(name string) string {
			if isText(name) {
				return "text." + name
			}
			return name
		}), all},
		{"logit_scale in one dimension, and buffers", func(all map[string]tensorfile.Tensor) {
			scale := all["logit_scale"]
			scale.Dims = []int{1}
			all["logit_scale"] = scale
			all["attn_mask"] = tensorfile.New(dtypes.Float32, []int{1}, make([]byte, 4))
		}, all},
		{"OpenAI", func(all map[string]tensorfile.Tensor) {
			for _, name := range []string{"input_resolution", "context_length", "vocab_size"} {
				all[name] = tensorfile.New(dtypes.Int64, nil, make([]byte, 8))
			}
		}, Options{Preset: "tiny"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := mustOpen(t, statePath(t, m, tc.change), tc.o)
			sameWeights(t, got, m)
			want := "gelu"
			if tc.o == (Options{Preset: "tiny"}) {
				want = "quick_gelu"
			}
			if v := got.Config.Model.Vision.Activation; v != want || got.Config.Model.Text.Activation != want {
				t.Errorf("activation %s, want %s", v, want)
			}
		})
	}
}

func TestAStateDictOfAnotherSizeIsResampled(t *testing.T) {
	path := statePath(t, tiny(t, "model.vision.img_h=24", "model.vision.img_w=24", "model.text.encoder_seq_length=20"), nil)
	m := mustOpen(t, path, all)
	if v := &m.Config.Model.Vision; v.ImgH != 32 || m.Weights["visual/positional_embedding"].Shape().Dim(0) != 65 {
		t.Errorf("image %d, positions %s", v.ImgH, m.Weights["visual/positional_embedding"].Shape())
	}
	if dims := m.Weights["text/positional_embedding"].Shape().Dimensions; !slices.Equal(dims, []int{16, 128}) {
		t.Errorf("text positions %v", dims)
	}
	if len(m.Notices) != 2 || !strings.Contains(m.Notices[0], "from 6 × 6 patches to 8 × 8") || !strings.Contains(m.Notices[1], "from 20 to 16") {
		t.Errorf("notices %q", m.Notices)
	}
}

func TestOptionsResampleAndAreCheckedAgainstTheFile(t *testing.T) {
	dir := filepath.Join(goldens, "open_clip-gelu") // 12 × 12 pixels in patches of 4, 7 tokens
	m, wide := mustOpen(t, dir, Options{}), mustOpen(t, dir, Options{ImageSize: [2]int{8, 20}, Context: 9})
	before, after := m.Weights["visual/positional_embedding"], wide.Weights["visual/positional_embedding"]
	if !slices.Equal(after.Shape().Dimensions, []int{11, 16}) || wide.Config.Model.Text.EncoderSeqLength != 9 || wide.Preprocess().Size != [2]int{8, 20} {
		t.Errorf("positions %s, text %d", after.Shape(), wide.Config.Model.Text.EncoderSeqLength)
	}
	if !slices.Equal(tensors.MustCopyFlatData[float32](before)[:16], tensors.MustCopyFlatData[float32](after)[:16]) {
		t.Error("the class token's position changed")
	}
	for want, o := range map[string]Options{
		"has its own configuration; leave out --preset":               {Preset: "tiny"},
		"was trained with the activation gelu, not quick_gelu":        {Activation: "quick_gelu"},
		"--preprocess clip: there are openai, imagenet and inception": {Preprocess: "clip"},
		"patches of 4 pixels do not fill it":                          {ImageSize: [2]int{13, 12}},
	} {
		if _, err := Open(dir, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %s", o, err, want)
		}
	}
}

func TestFitRefusesAnotherFunctionOfTheSameShapes(t *testing.T) {
	for key, want := range map[string]string{
		"model.vision.activation=quick_gelu":   "model.vision.activation=gelu, and the configuration has quick_gelu",
		"model.text.num_attention_heads=4":     "model.text.num_attention_heads=2, and the configuration has 4",
		"model.vision.global_average_pool=yes": "model.vision.global_average_pool=false",
		"model.text.pool=last":                 "model.text.pool=eot",
		"model.vision.hidden_size=16":          "is [1,8], and [1,16] is wanted (and 18 more)",
		"model.vision.layerscale=0.5":          "it lacks tensor visual/resblocks/0/ls_1/gamma [8] (and 1 more)",
		"model.text.vocab_size=41":             "tensor text/token_embedding is [40,8], and [41,8] is wanted",
	} {
		m := random(t)
		before := maps.Clone(m.Weights)
		if err := m.Fit(&random(t, key).Config.Model); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", key, err, want)
		}
		if !maps.Equal(before, m.Weights) {
			t.Errorf("%s: the weights changed", key)
		}
	}
}
