package clip

import (
	"fmt"
	"testing"

	"clipbench/workbench/config"
)

// published is open_clip's docs/model_profile.csv: millions of parameters and GFLOPs, total, image and text.
var published = []struct {
	preset                          string
	params, imageParams, textParams float64
	gflops, imageGFLOPs, textGFLOPs float64
}{
	{"ViT-S-32-alt", 43.22, 22.59, 20.63, 3.56, 2.29, 1.27},
	{"ViT-S-32", 63.09, 22.64, 40.44, 5.66, 2.29, 3.38},
	{"ViT-M-32-alt", 80.07, 39.63, 40.44, 7.37, 3.99, 3.38},
	{"ViT-M-32", 103.12, 39.69, 63.43, 9.95, 3.99, 5.96},
	{"ViT-S-16-alt", 42.4, 21.76, 20.63, 10.47, 9.2, 1.27},
	{"ViT-S-16", 62.26, 21.81, 40.44, 12.58, 9.2, 3.38},
	{"ViT-B-32", 151.28, 87.85, 63.43, 14.78, 8.82, 5.96},
	{"ViT-B-32-quickgelu", 151.28, 87.85, 63.43, 14.78, 8.82, 5.96},
	{"ViT-B-32-256", 151.29, 87.86, 63.43, 17.46, 11.5, 5.96},
	{"ViT-M-16-alt", 78.98, 38.53, 40.44, 19.36, 15.98, 3.38},
	{"ViT-M-16", 102.02, 38.59, 63.43, 21.94, 15.98, 5.96},
	{"ViT-B-32-plus-256", 210.3, 119.13, 91.16, 24.83, 15.56, 9.27},
	{"ViT-B-16", 149.62, 86.19, 63.43, 41.09, 35.13, 5.96},
	{"ViT-B-16-quickgelu", 149.62, 86.19, 63.43, 41.09, 35.13, 5.96},
	{"ViT-B-16-plus", 208.35, 117.19, 91.16, 56.75, 47.49, 9.27},
	{"ViT-B-16-plus-240", 208.38, 117.21, 91.16, 64.03, 54.76, 9.27},
	{"ViT-L-16", 427.74, 304.09, 123.65, 136.41, 123.11, 13.3},
	{"ViT-L-14", 427.62, 303.97, 123.65, 175.33, 162.03, 13.3},
	{"ViT-L-14-quickgelu", 427.62, 303.97, 123.65, 175.33, 162.03, 13.3},
	{"ViT-L-14-280", 427.76, 304.11, 123.65, 271.79, 258.49, 13.3},
	{"ViT-L-16-320", 427.95, 304.3, 123.65, 271.93, 258.63, 13.3},
	{"ViT-H-16", 986.26, 632.23, 354.03, 301.72, 254.63, 47.09},
	{"ViT-H-14", 986.11, 632.08, 354.03, 381.68, 334.59, 47.09},
	{"ViT-H-14-quickgelu", 986.11, 632.08, 354.03, 381.68, 334.59, 47.09},
	{"ViT-L-14-336", 427.94, 304.29, 123.65, 395.22, 381.92, 13.3},
	{"ViT-g-14", 1366.68, 1012.65, 354.03, 581.15, 534.06, 47.09},
	{"ViT-H-14-378-quickgelu", 986.71, 632.68, 354.03, 1054.05, 1006.96, 47.09},
	{"ViT-bigG-14", 2539.57, 1844.91, 694.66, 1065.36, 967.5, 97.86},
	{"ViT-e-14", 4581.09, 3807.72, 773.37, 2091.45, 1981.35, 110.1},
}

func TestProfilesEqualThePublishedTableAtItsTwoDecimals(t *testing.T) {
	for _, row := range published {
		c, err := config.Preset(row.preset)
		if err != nil {
			t.Error(err)
			continue
		}
		p := NewProfile(c)
		million := func(n int) float64 { return float64(n) / 1e6 }
		for _, tc := range []struct {
			name      string
			got, want float64
		}{
			{"parameters", million(p.Params.Total), row.params},
			{"image parameters", million(p.Params.Image), row.imageParams},
			{"text parameters", million(p.Params.Text), row.textParams},
			{"GFLOPs", p.GFLOPs.Total, row.gflops},
			{"image GFLOPs", p.GFLOPs.Image, row.imageGFLOPs},
			{"text GFLOPs", p.GFLOPs.Text, row.textGFLOPs},
		} {
			if got, want := fmt.Sprintf("%.2f", tc.got), fmt.Sprintf("%.2f", tc.want); got != want {
				t.Errorf("%s: %s is %s, the table says %s", row.preset, tc.name, got, want)
			}
		}
	}
}

func TestEveryPresetButTinyAndThreeIsInThePublishedTable(t *testing.T) {
	listed := map[string]bool{
		"tiny": true, "ViT-L-14-336-quickgelu": true, "ViT-H-14-378": true, "ViT-bigG-14-quickgelu": true, // later than the table
	}
	for _, row := range published {
		listed[row.preset] = true
	}
	for _, name := range config.Presets() {
		if !listed[name] {
			t.Errorf("%s is a preset and not in the table", name)
		}
	}
}

func TestViTB32HasTheParametersOfOpenAIs(t *testing.T) {
	c, err := config.Preset("ViT-B-32")
	if err != nil {
		t.Fatal(err)
	}
	if got := NewProfile(c).Params.Total; got != 151_277_313 {
		t.Errorf("%d parameters, OpenAI's has 151,277,313", got)
	}
}

// Of tiny: both towers have width 128, four blocks, MLPs of 512 and two heads of 64; a patch has 4×4 pixels of 3 channels.
func TestAnOptionAddsTheParametersThatItIsMadeOf(t *testing.T) {
	const width, layers = 128, 4
	projections := func(fewer int) int { return -layers * fewer * (3*(width+1) + width) } // heads that are narrower in sum
	tiny := profileOf(t).Params
	for name, tc := range map[string]struct {
		overrides           []string
		image, text, beyond int // more than tiny has
	}{
		"eight class tokens":   {overrides: []string{"model.vision.class_token_length=8"}, image: 7 * 2 * width}, // and their positions
		"pooled":               {overrides: []string{"model.vision.class_token_length=0", "model.vision.global_average_pool=true"}, image: -2 * width},
		"no first norm":        {overrides: []string{"model.vision.preprocess_layernorm=false"}, image: -2 * width},
		"patch bias":           {overrides: []string{"model.vision.patch_bias=true"}, image: width},
		"narrow heads":         {overrides: []string{"model.vision.kv_channels=24", "model.text.kv_channels=40"}, image: projections(2 * 40), text: projections(2 * 24)},
		"narrow MLP":           {overrides: []string{"model.vision.ffn_hidden_size=300"}, image: -layers * 212 * (2*width + 1)},
		"layer scale":          {overrides: []string{"model.vision.layerscale=true", "model.text.layerscale=0.1"}, image: layers * 2 * width, text: layers * 2 * width},
		"every position read":  {overrides: []string{"model.vision.flatten_pool=true"}, image: 64 * width * width},
		"sigmoid":              {overrides: []string{"model.use_siglip=true"}, beyond: 1},
		"oblong":               {overrides: []string{"model.vision.img_w=64"}, image: 64 * width},
		"the tokenizer's size": {overrides: []string{"model.text.vocab_size=null"}, text: (49408 - 2048) * width},
		"convolutional stem": {
			overrides: []string{"model.vision.patch_stem=conv", "model.vision.patch_stem_width=12", "model.vision.patch_stem_depth=2"},
			image:     9*(3*12+12*12+12*24+24*24) + 2*(12+12+24+24) + (24+1)*width - 4*4*3*width, // convolutions, norms, projection
		},
	} {
		want := Params{Total: tiny.Total + tc.image + tc.text + tc.beyond, Image: tiny.Image + tc.image, Text: tiny.Text + tc.text}
		if got := profileOf(t, tc.overrides...).Params; got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

// profileOf is the profile of tiny with overrides.
func profileOf(t *testing.T, overrides ...string) Profile {
	t.Helper()
	c, err := config.Preset("tiny", overrides...)
	if err != nil {
		t.Fatal(err)
	}
	return NewProfile(c)
}
