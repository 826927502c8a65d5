package checkpoint

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// The files of a CLIPModel folder, as transformers names them.
const (
	huggingFaceWeights   = "model.safetensors"
	huggingFaceIndex     = "model.safetensors.index.json"
	huggingFacePickle    = "pytorch_model.bin"
	huggingFaceConfig    = "config.json"
	huggingFaceProcessor = "preprocessor_config.json"
	huggingFaceTokenizer = "tokenizer.json"
	huggingFaceMerges    = "merges.txt" // with the ids in vocab.json, where there is no tokenizer.json
	huggingFaceVocab     = "vocab.json"
)

// readHuggingFaceConfig reads config.json of a CLIPModel, preprocessor_config.json, and which tokenizer lies beside them.
// transformers leaves out what equals the defaults of CLIPConfig, so an absent key means that default: quick_gelu too.
func readHuggingFaceConfig(dir string) (*description, error) {
	path := filepath.Join(dir, huggingFaceConfig)
	f, err := readFields(path)
	if err != nil {
		return nil, err
	}
	if kind := f.text("model_type", ""); kind != "clip" {
		f.refuse("model_type", "only clip is read, this is %q", kind)
		return nil, f.err()
	}
	d := &description{source: path, OutputDim: f.whole("projection_dim", 512)}
	d.huggingFaceVision(f.either("vision_config", "vision_config_dict"))
	d.huggingFaceText(f.either("text_config", "text_config_dict"))
	if err := d.huggingFacePreprocess(dir, f); err != nil {
		return nil, err
	}
	if err := d.huggingFaceTokenizer(dir); err != nil {
		return nil, err
	}
	return d, f.err()
}

// either lays the older key's object, if it is there, over the newer's, as transformers does.
func (f *fields) either(key, older string) *fields {
	inner, over := f.object(key), f.object(older)
	if inner.values == nil {
		inner.values = map[string]any{}
	}
	for k, v := range over.values {
		inner.values[k] = v
	}
	return inner
}

func (d *description) huggingFaceVision(f *fields) {
	v := &d.Vision
	image, patch := f.pair("image_size", 224), f.pair("patch_size", 32)
	if patch[0] != patch[1] {
		f.refuse("patch_size", "patches are square here, not %v", patch)
	}
	v.ImgH, v.ImgW, v.PatchDim, v.ClassTokens, v.PreNorm = image[0], image[1], patch[0], 1, true
	v.Channels = f.whole("num_channels", 3)
	v.huggingFaceTower(f, 768, 3072, 12)
}

func (d *description) huggingFaceText(f *fields) {
	t := &d.Text
	t.Context, t.Vocab, t.Pool = f.whole("max_position_embeddings", 77), f.whole("vocab_size", clipVocabulary), "eot"
	t.huggingFaceTower(f, 512, 2048, 8)
	// 2 stands for the highest id in a text, and any other for the first token that is it.
	if eos := f.whole("eos_token_id", 49407); eos != 2 && eos != t.Vocab-1 {
		f.refuse("eos_token_id", "texts are pooled at their highest id, and %d is not the highest of %d", eos, t.Vocab)
	}
}

// huggingFaceTower reads what both towers have.
func (t *towerDescription) huggingFaceTower(f *fields, width, mlp, heads int) {
	t.Width, t.MLP = f.whole("hidden_size", width), f.whole("intermediate_size", mlp)
	t.Layers, t.Heads = f.whole("num_hidden_layers", 12), f.whole("num_attention_heads", heads)
	t.Epsilon = f.number("layer_norm_eps", 1e-5)
	switch act := f.text("hidden_act", "quick_gelu"); act {
	case "gelu", "quick_gelu":
		t.Activation = act
	case "gelu_new", "gelu_pytorch_tanh":
		t.Activation = "openai_gelu"
	default:
		f.refuse("hidden_act", "the activations are gelu, quick_gelu and gelu_new, not %s", act)
	}
}

// huggingFacePreprocess reads preprocessor_config.json. CLIPModel's own save_pretrained writes none; CLIPImageProcessor's
// defaults hold then, which are CLIP's mean and standard deviation.
func (d *description) huggingFacePreprocess(dir string, parent *fields) error {
	f, err := readFields(filepath.Join(dir, huggingFaceProcessor))
	if errors.Is(err, os.ErrNotExist) {
		d.Mean, d.Std = statistics["openai"][0], statistics["openai"][1]
		d.preprocessDefault = fmt.Sprintf("%s: no %s; pictures are normalised by CLIPImageProcessor's defaults, --preprocess names others", dir, huggingFaceProcessor)
		return nil
	}
	if err != nil {
		return err
	}
	f.errs = parent.errs
	d.Mean, d.Std = f.numbers("image_mean"), f.numbers("image_std")
	f.only("resample", float64(3), "pictures are resized bicubically (3)")
	for _, step := range []string{"do_resize", "do_center_crop", "do_rescale", "do_normalize"} {
		f.only(step, true, "pictures are resized, cropped and normalised")
	}
	if size, ok := f.values["size"].(map[string]any); ok && size["shortest_edge"] == nil {
		f.refuse("size", "pictures are resized by their short side (shortest_edge), not to %v", size)
	}
	return nil
}

// huggingFaceTokenizer finds the tokenizer in the folder. Where there is none and the model has as many entries as CLIP's
// vocabulary, it is that one, as CLIPTokenizer's default is.
func (d *description) huggingFaceTokenizer(dir string) error {
	path, merges := filepath.Join(dir, huggingFaceTokenizer), filepath.Join(dir, huggingFaceMerges)
	switch {
	case exists(path):
		d.Tokenizer = path
	case exists(merges):
		d.Tokenizer = merges
		return vocabularyFollows(dir)
	case d.Text.Vocab == clipVocabulary:
		d.Tokenizer = clipTokenizer
		d.tokenizerDefault = fmt.Sprintf("%s: no %s; texts are encoded by CLIP's own vocabulary, which has the model's %d entries, --tokenizer names another", dir, huggingFaceTokenizer, clipVocabulary)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
