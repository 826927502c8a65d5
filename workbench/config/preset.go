package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// tower are the sizes of one transformer: layers, width, the MLP's width and the number of heads.
type tower struct {
	layers, width, mlp, heads int
}

// The towers of open_clip's model_configs, by the letter of their name.
var (
	visionS    = tower{12, 384, 1536, 6}
	visionM    = tower{12, 512, 2048, 8}
	visionB    = tower{12, 768, 3072, 12}
	visionPlus = tower{12, 896, 3584, 14}
	visionL    = tower{24, 1024, 4096, 16}
	visionH    = tower{32, 1280, 5120, 16}
	visionG    = tower{40, 1408, 6144, 16}
	visionBigG = tower{48, 1664, 8192, 16}
	visionE    = tower{56, 1792, 15360, 16}

	text256  = tower{10, 256, 1024, 4}
	text384  = tower{12, 384, 1536, 6}
	text512  = tower{12, 512, 2048, 8}
	text640  = tower{12, 640, 2560, 10}
	text768  = tower{12, 768, 3072, 12}
	text1024 = tower{24, 1024, 4096, 16}
	textBigG = tower{32, 1280, 5120, 20}
	textE    = tower{36, 1280, 5120, 20}
)

// preset are the sizes of a plain ViT model. Image and patch are in pixels; output is the width of the embeddings.
type preset struct {
	image, patch int
	vision, text tower
	output       int
}

// presets are open_clip's plain ViT models with exact GELU, 77 tokens and 49,408 words. Those with quickgelu differ in
// the activation alone.
var presets = map[string]preset{
	"ViT-S-32-alt":      {224, 32, visionS, text256, 256},
	"ViT-S-32":          {224, 32, visionS, text384, 384},
	"ViT-S-16-alt":      {224, 16, visionS, text256, 256},
	"ViT-S-16":          {224, 16, visionS, text384, 384},
	"ViT-M-32-alt":      {224, 32, visionM, text384, 384},
	"ViT-M-32":          {224, 32, visionM, text512, 512},
	"ViT-M-16-alt":      {224, 16, visionM, text384, 384},
	"ViT-M-16":          {224, 16, visionM, text512, 512},
	"ViT-B-32":          {224, 32, visionB, text512, 512},
	"ViT-B-32-256":      {256, 32, visionB, text512, 512},
	"ViT-B-32-plus-256": {256, 32, visionPlus, text640, 640},
	"ViT-B-16":          {224, 16, visionB, text512, 512},
	"ViT-B-16-plus":     {224, 16, visionPlus, text640, 640},
	"ViT-B-16-plus-240": {240, 16, visionPlus, text640, 640},
	"ViT-L-16":          {224, 16, visionL, text768, 768},
	"ViT-L-16-320":      {320, 16, visionL, text768, 768},
	"ViT-L-14":          {224, 14, visionL, text768, 768},
	"ViT-L-14-280":      {280, 14, visionL, text768, 768},
	"ViT-L-14-336":      {336, 14, visionL, text768, 768},
	"ViT-H-16":          {224, 16, visionH, text1024, 1024},
	"ViT-H-14":          {224, 14, visionH, text1024, 1024},
	"ViT-H-14-378":      {378, 14, visionH, text1024, 1024},
	"ViT-g-14":          {224, 14, visionG, text1024, 1024},
	"ViT-bigG-14":       {224, 14, visionBigG, textBigG, 1280},
	"ViT-e-14":          {224, 14, visionE, textE, 1280},
	"tiny":              {32, 4, tower{4, 128, 512, 2}, tower{4, 128, 512, 2}, 128},
}

// quickGELU are the presets that open_clip also has with OpenAI's activation, under the same name and -quickgelu.
var quickGELU = []string{"ViT-B-32", "ViT-B-16", "ViT-L-14", "ViT-L-14-336", "ViT-H-14", "ViT-H-14-378", "ViT-bigG-14"}

// Presets are the names that model.preset takes, sorted: open_clip's plain ViT models, and tiny, which trains in
// minutes on a CPU.
func Presets() []string {
	names := slices.Collect(maps.Keys(presets))
	for _, name := range quickGELU {
		names = append(names, name+"-quickgelu")
	}
	slices.Sort(names)
	return names
}

// presetOverrides are the sizes of a preset as key=value; false when there is no such preset.
func presetOverrides(name string) ([]string, bool) {
	plain, quick := strings.CutSuffix(name, "-quickgelu")
	p, ok := presets[plain]
	if !ok || quick && !slices.Contains(quickGELU, plain) {
		return nil, false
	}
	return slices.Concat(p.overrides(), exceptions(name, quick)), true
}

// unknownPreset names the preset that was meant, or all.
func unknownPreset(name string) string {
	if best := nearest(name, Presets()); best != "" {
		return "there is no such preset (did you mean " + best + "?)"
	}
	return "there is no such preset; there are " + strings.Join(Presets(), ", ")
}

// overrides are the sizes in NeMo's keys.
func (p preset) overrides() []string {
	return slices.Concat(
		[]string{
			fmt.Sprintf("model.output_dim=%d", p.output),
			fmt.Sprintf("model.vision.img_h=%d", p.image),
			fmt.Sprintf("model.vision.img_w=%d", p.image),
			fmt.Sprintf("model.vision.patch_dim=%d", p.patch),
			"model.vision.class_token_length=1",
			"model.text.encoder_seq_length=77",
			"model.text.vocab_size=49408",
		},
		p.vision.overrides("model.vision"),
		p.text.overrides("model.text"),
	)
}

func (t tower) overrides(key string) []string {
	return []string{
		fmt.Sprintf("%s.num_layers=%d", key, t.layers),
		fmt.Sprintf("%s.hidden_size=%d", key, t.width),
		fmt.Sprintf("%s.ffn_hidden_size=%d", key, t.mlp),
		fmt.Sprintf("%s.num_attention_heads=%d", key, t.heads),
	}
}

// exceptions are what sets single presets apart.
func exceptions(name string, quick bool) []string {
	switch {
	case quick:
		return []string{"model.vision.activation=quick_gelu", "model.text.activation=quick_gelu"}
	case name == "tiny":
		return []string{"model.text.encoder_seq_length=16", "model.text.vocab_size=2048"}
	case name == "ViT-M-16-alt":
		return []string{"model.vision.layerscale=1e-4"}
	}
	return nil
}
