package checkpoint

import (
	"fmt"
	"math"
	"path/filepath"
)

// The files of an open_clip folder, as open_clip names them.
const (
	openCLIPWeights = "open_clip_model.safetensors"
	openCLIPPickle  = "open_clip_pytorch_model.bin"
	openCLIPConfig  = "open_clip_config.json"
)

// readOpenCLIPConfig reads open_clip_config.json: {"model_cfg", "preprocess_cfg"} with the names of open_clip's
// CLIPVisionCfg and CLIPTextCfg. What is not a plain ViT with a causal text transformer is refused by its key.
func readOpenCLIPConfig(dir string) (*description, error) {
	path := filepath.Join(dir, openCLIPConfig)
	f, err := readFields(path)
	if err != nil {
		return nil, err
	}
	d := &description{source: path}
	m := f.object("model_cfg")
	if m.values == nil {
		return nil, fmt.Errorf("%s: it has no model_cfg", path)
	}
	activation := "gelu" // open_clip's meaning of no quick_gelu
	if m.yes("quick_gelu", false) {
		activation = "quick_gelu"
	}
	d.OutputDim = m.whole("embed_dim", 512)
	_, d.SigLIP = m.value("init_logit_bias")
	m.only("multimodal_cfg", map[string]any{}, "CoCa has a third tower")
	m.ignore("custom_text", "init_logit_scale", "nonscalar_logit_scale", "output_dict", "cast_dtype")
	d.openCLIPVision(m.object("vision_cfg"), activation)
	d.openCLIPText(m.object("text_cfg"), activation)
	m.done()
	d.openCLIPPreprocess(f.object("preprocess_cfg"))
	d.openCLIPTokenizer(f.object("clipbench"), dir)
	return d, f.err()
}

func (d *description) openCLIPVision(f *fields, activation string) {
	v := &d.Vision
	image, patch := f.pair("image_size", 224), f.pair("patch_size", 16)
	if patch[0] != patch[1] {
		f.refuse("patch_size", "patches are square here, not %v", patch)
	}
	v.ImgH, v.ImgW, v.PatchDim, v.Channels, v.ClassTokens = image[0], image[1], patch[0], 3, 1
	v.Layers, v.Width = f.whole("layers", 12), f.whole("width", 768)
	if head := f.whole("head_width", 64); head > 0 {
		v.Heads = v.Width / head
	}
	v.PreNorm = !f.yes("no_ln_pre", false)
	v.DropPatch = f.number("patch_dropout", 0)
	v.openCLIPTower(f, activation)

	f.only("timm_model_name", nil, "its image tower comes from timm")
	f.only("attentional_pool", false, "it pools by attention")
	f.only("pos_embed_type", "learnable", "positions are learned here")
	f.only("pool_type", "tok", "pictures are pooled at the class token, or with global_average_pool over all tokens")
	f.ignore("attn_pooler_queries", "attn_pooler_heads", "timm_model_pretrained", "timm_pool", "timm_proj", "timm_proj_bias", "timm_drop", "timm_drop_path")
	f.done()
}

func (d *description) openCLIPText(f *fields, activation string) {
	t := &d.Text
	t.Layers, t.Width, t.Heads = f.whole("layers", 12), f.whole("width", 512), f.whole("heads", 8)
	t.Context, t.Vocab = f.whole("context_length", 77), f.whole("vocab_size", 49408)
	t.openCLIPTower(f, activation)

	switch pool := f.text("pool_type", "argmax"); pool {
	case "argmax":
		t.Pool = "eot"
	case "first", "last":
		t.Pool = pool
	default:
		f.refuse("pool_type", "texts are pooled by argmax, first or last, not %s", pool)
	}
	if t.Vocab == clipVocabulary {
		d.Tokenizer = clipTokenizer // open_clip's own, unless another is named
	}
	f.only("hf_tokenizer_name", nil, "its tokenizer comes from Hugging Face")
	f.only("hf_model_name", nil, "its text tower comes from Hugging Face")
	f.only("tokenizer_kwargs", map[string]any{}, "its tokenizer is not open_clip's own")
	f.only("embed_cls", false, "its text tower has a class token")
	f.only("no_causal_mask", false, "its text tower is not causal")
	f.only("proj_type", "linear", "both towers end in a linear projection")
	f.only("proj_bias", false, "the projections have no bias")
	f.ignore("pad_id", "eos_id", "tokenizer_mode", "hf_model_pretrained", "hf_proj_type", "hf_pooler_type")
	f.done()
}

// openCLIPTower reads what both towers have.
func (t *towerDescription) openCLIPTower(f *fields, activation string) {
	t.MLP = int(math.Floor(f.number("mlp_ratio", 4) * float64(t.Width)))
	t.LayerScale = f.number("ls_init_value", 0)
	t.Activation = activation
	if act := f.object("act_kwargs"); len(act.values) > 0 {
		act.only("approximate", "tanh", "GELU is exact or approximated by tanh")
		act.done()
		t.Activation = "openai_gelu"
		if activation == "quick_gelu" {
			f.refuse("act_kwargs", "QuickGELU takes none")
		}
	}
	norm := f.object("norm_kwargs")
	t.Epsilon = norm.number("eps", 1e-5)
	norm.done()
	f.only("block_type", "default", "its attention is not the plain one")
	f.ignore("output_tokens", "final_ln_after_pool") // the norm of the token that is pooled is the same before and after
}

func (d *description) openCLIPPreprocess(f *fields) {
	d.Mean, d.Std = f.numbers("mean"), f.numbers("std")
	f.only("interpolation", "bicubic", "pictures are resized bicubically")
	f.only("resize_mode", "shortest", "pictures are resized by their short side")
	f.only("mode", "RGB", "pictures are RGB")
	f.ignore("size", "fill_color")
}

// openCLIPTokenizer reads which vocabulary an export of ours was trained with; open_clip passes over it.
func (d *description) openCLIPTokenizer(f *fields, dir string) {
	if name := f.text("tokenizer", ""); name != "" {
		d.Tokenizer = name
	}
	if file := f.text("tokenizer_file", ""); file != "" {
		d.Tokenizer = filepath.Join(dir, filepath.Base(file))
	}
}
