package checkpoint

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"clipbench/workbench/checkpoint/tensorfile"
	"clipbench/workbench/config"
)

// statistics are the means and standard deviations that image towers were trained with, by the name that
// Options.Preprocess takes.
var statistics = map[string][2][]float64{
	"openai":    {{0.48145466, 0.4578275, 0.40821073}, {0.26862954, 0.26130258, 0.27577711}},
	"imagenet":  {{0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}},
	"inception": {{0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}},
}

// openStateDict reads a file of weights alone.
func openStateDict(path string, o Options) (*Model, error) {
	file, err := openTensors(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	_, isOpenAI := file.Tensors["input_resolution"] // OpenAI's archives carry it, and all have its activation
	file.Tensors = plainNames(file.Tensors)
	if isOpenAI {
		o = o.openAI()
	}
	cfg, err := o.describe(path, file)
	if err != nil {
		return nil, err
	}
	names := openCLIPNames
	if _, ok := file.Tensors["vision_model.embeddings.class_embedding"]; ok {
		names = huggingFaceNames
	}
	if rows, ok := rowsOf(file, "token_embedding.weight", "text_model.embeddings.token_embedding.weight"); ok && cfg.Model.Text.VocabSize == 0 {
		cfg.Model.Text.VocabSize = rows
	}
	wanted := *cfg
	notices, err := sizesOf(file, cfg)
	if err != nil {
		return nil, err
	}
	m := &Model{Path: path, Format: StateDict, Config: cfg, Notices: notices}
	if err := m.read(file, names); err != nil {
		return nil, err
	}
	return m, m.Fit(&wanted.Model)
}

// openAI fills in what is the same for all of OpenAI's archives.
func (o Options) openAI() Options {
	for _, fill := range []struct {
		option *string
		value  string
	}{{&o.Activation, "quick_gelu"}, {&o.Preprocess, "openai"}, {&o.Tokenizer, clipTokenizer}} {
		if *fill.option == "" {
			*fill.option = fill.value
		}
	}
	return o
}

// describe is the configuration that the options give a state dict. What they leave open is asked for, all at once.
func (o Options) describe(path string, file *tensorfile.File) (*config.Config, error) {
	var open []string
	ask := func(value, option string) {
		if value == "" {
			open = append(open, option)
		}
	}
	if strings.HasSuffix(o.Preset, "-quickgelu") && o.Activation == "" {
		o.Activation = "quick_gelu"
	}
	ask(o.Preset, "--preset NAME (its sizes, such as ViT-B-32, or a recipe's file)")
	ask(o.Activation, "--activation gelu or quick_gelu (OpenAI's)")
	ask(o.Preprocess, "--preprocess openai, imagenet or inception")
	ask(o.Tokenizer, "--tokenizer clip, or a file")
	if len(open) > 0 {
		return nil, fmt.Errorf("%s: a file of weights alone does not say what they need, and a wrong guess would show only in worse results; add %s", path, strings.Join(open, ", "))
	}
	mean, ok := statistics[o.Preprocess]
	if !ok {
		return nil, fmt.Errorf("--preprocess %s: there are openai, imagenet and inception", o.Preprocess)
	}
	_, sigmoid := file.Tensors["logit_bias"]
	sizes := config.Preset
	if ext := filepath.Ext(o.Preset); ext == ".yaml" || ext == ".yml" {
		sizes = config.Load
	}
	return sizes(o.Preset,
		"model.vision.activation="+o.Activation, "model.text.activation="+o.Activation,
		fmt.Sprintf("model.vision.image_mean=%s", list(mean[0])), fmt.Sprintf("model.vision.image_std=%s", list(mean[1])),
		fmt.Sprintf("model.tokenizer.type=%q", o.Tokenizer), fmt.Sprintf("model.use_siglip=%v", sigmoid))
}

// list writes numbers as YAML does.
func list(numbers []float64) string {
	return strings.ReplaceAll(fmt.Sprint(numbers), " ", ", ")
}

// sizesOf sets the image size and the text's length of a configuration to those of the positions in a file: the only sizes
// in which weights may differ from what is wanted of them.
func sizesOf(file *tensorfile.File, cfg *config.Config) (notices []string, err error) {
	v, t := &cfg.Model.Vision, &cfg.Model.Text
	if rows, ok := rowsOf(file, "visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"); ok && rows != v.Positions() {
		side := int(math.Round(math.Sqrt(float64(rows - v.ClassTokenLength))))
		if side < 1 || side*side != rows-v.ClassTokenLength {
			return nil, fmt.Errorf("%s: %d image positions are neither the preset's %d nor a square of patches and a class token", file.Path, rows, v.Positions())
		}
		notices = append(notices, fmt.Sprintf("%s: image positions resampled from %d × %d patches to %d × %d", file.Path, side, side, v.ImgH/v.PatchDim, v.ImgW/v.PatchDim))
		v.ImgH, v.ImgW = side*v.PatchDim, side*v.PatchDim
	}
	if rows, ok := rowsOf(file, "positional_embedding", "text_model.embeddings.position_embedding.weight"); ok && rows != t.EncoderSeqLength {
		notices = append(notices, fmt.Sprintf("%s: text positions resampled from %d to %d", file.Path, rows, t.EncoderSeqLength))
		t.EncoderSeqLength, t.MaxPositionEmbeddings = rows, rows
	}
	return notices, nil
}

// rowsOf is the first dimension of the tensor that has one of two names.
func rowsOf(file *tensorfile.File, names ...string) (int, bool) {
	for _, name := range names {
		if t, ok := file.Tensors[name]; ok && len(t.Dims) == 2 {
			return t.Dims[0], true
		}
	}
	return 0, false
}
