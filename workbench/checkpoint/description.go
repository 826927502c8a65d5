package checkpoint

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"clipbench/workbench/config"
)

// CLIP's own vocabulary, by the name that model.tokenizer.type has for it.
const (
	clipVocabulary = 49408
	clipTokenizer  = "openai/clip-vit-base-patch32"
)

// description is a model as another project's files describe it: what config.Config says of a model, and no more.
type description struct {
	source    string // the file, for messages
	OutputDim int
	SigLIP    bool
	Vision    visionDescription
	Text      textDescription
	Mean, Std []float64 // nil: the files do not say
	Tokenizer string    // as model.tokenizer.type; empty: the files do not say

	// What the format itself means where the files are silent, one line each for the user; empty: they are not.
	preprocessDefault, tokenizerDefault string
}

type towerDescription struct {
	Layers, Width, Heads, MLP int
	Activation                string
	Epsilon, LayerScale       float64
}

type visionDescription struct {
	towerDescription
	ImgH, ImgW, PatchDim  int
	Channels, ClassTokens int
	PreNorm               bool
	DropPatch             float64
}

type textDescription struct {
	towerDescription
	Context, Vocab int
	Pool           string
}

// ask refuses a description that leaves open how pictures are prepared, unless the options say it: a wrong guess would
// show in nothing but worse results. A tokenizer that is not named is asked for when a text is to be encoded.
func (d *description) ask(o Options) error {
	if d.Mean != nil && d.Std != nil || o.Preprocess != "" {
		return nil
	}
	add := "--preprocess openai (what CLIP's pictures had), imagenet or inception"
	if d.Tokenizer == "" && o.Tokenizer == "" {
		add += ", and for texts --tokenizer clip, or a file"
	}
	return fmt.Errorf("%s: the files do not say by which mean and standard deviation pictures are normalised; add %s", filepath.Dir(d.source), add)
}

// defaults are those of the format's defaults that no option replaces.
func (d *description) defaults(o Options) (said []string) {
	if d.preprocessDefault != "" && o.Preprocess == "" {
		said = append(said, d.preprocessDefault)
	}
	if d.tokenizerDefault != "" && o.Tokenizer == "" {
		said = append(said, d.tokenizerDefault)
	}
	return said
}

// config is the description as a configuration, checked.
func (d *description) config() (*config.Config, error) {
	vision := d.Vision.keys()
	vision["img_h"], vision["img_w"], vision["patch_dim"] = d.Vision.ImgH, d.Vision.ImgW, d.Vision.PatchDim
	vision["num_channels"], vision["class_token_length"] = d.Vision.Channels, d.Vision.ClassTokens
	vision["preprocess_layernorm"], vision["drop_patch_rate"] = d.Vision.PreNorm, d.Vision.DropPatch
	if d.Mean != nil {
		vision["image_mean"] = d.Mean
	}
	if d.Std != nil {
		vision["image_std"] = d.Std
	}
	text := d.Text.keys()
	text["encoder_seq_length"], text["vocab_size"], text["pool"] = d.Text.Context, d.Text.Vocab, d.Text.Pool
	document := map[string]any{"model": map[string]any{
		"output_dim": d.OutputDim, "use_siglip": d.SigLIP, "init_method": "open_clip",
		"tokenizer": map[string]any{"type": d.Tokenizer}, "vision": vision, "text": text,
	}}
	yaml, err := json.Marshal(document) // JSON is YAML
	if err != nil {
		return nil, err
	}
	cfg, err := config.LoadBytes(d.source, yaml)
	if err != nil {
		return nil, fmt.Errorf("the model it describes cannot be built: %w", err)
	}
	return cfg, nil
}

func (t *towerDescription) keys() map[string]any {
	return map[string]any{
		"num_layers": t.Layers, "hidden_size": t.Width, "num_attention_heads": t.Heads, "ffn_hidden_size": t.MLP,
		"activation": t.Activation, "layernorm_epsilon": t.Epsilon, "layerscale": t.LayerScale,
	}
}
