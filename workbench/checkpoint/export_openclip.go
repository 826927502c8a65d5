package checkpoint

import (
	"fmt"
	"math"
	"path/filepath"

	"clipbench/workbench/config"
)

// exportOpenCLIP writes what open_clip's create_model("local-dir:…") reads. The tokenizer goes under a key of our own,
// which open_clip passes over.
func exportOpenCLIP(dir string, m *Model) error {
	if err := inexpressible(m); err != nil {
		return err
	}
	cfg := &m.Config.Model
	switch {
	case cfg.Vision.NumChannels != 3:
		return fmt.Errorf("model.vision.num_channels=%d: open_clip's pictures have 3", cfg.Vision.NumChannels)
	case (cfg.Vision.Activation == "quick_gelu") != (cfg.Text.Activation == "quick_gelu"):
		return fmt.Errorf("model.text.activation=%s: open_clip has QuickGELU in both towers or in none", cfg.Text.Activation)
	}
	tokenizer, vocabulary, err := TokenizerOf(cfg.Tokenizer.Type)
	if err != nil {
		return err
	}
	ours := map[string]any{"tokenizer": tokenizer.Name}
	if tokenizer.File != "" {
		ours["tokenizer_file"] = tokenizer.File
	}
	p := m.Preprocess()
	document := map[string]any{
		"model_cfg":      openCLIPModel(cfg),
		"preprocess_cfg": map[string]any{"mean": p.Mean, "std": p.Std, "interpolation": p.Interpolation, "resize_mode": p.ResizeMode},
		"clipbench":      ours,
	}
	if err := exportAs(dir, m, openCLIPNames, openCLIPWeights, map[string]any{openCLIPConfig: document}); err != nil {
		return err
	}
	if tokenizer.File == "" {
		return nil
	}
	_, err = writeFile(filepath.Join(dir, tokenizer.File), content(vocabulary))
	return err
}

// openCLIPModel is model_cfg.
func openCLIPModel(cfg *config.Model) map[string]any {
	v, t := &cfg.Vision, &cfg.Text
	vision, text := openCLIPTower(&v.Tower), openCLIPTower(&t.Tower)
	vision["image_size"], vision["patch_size"], vision["head_width"] = v.ImgH, v.PatchDim, v.HeadWidth()
	if v.ImgH != v.ImgW {
		vision["image_size"] = []int{v.ImgH, v.ImgW}
	}
	if !v.PreprocessLayerNorm {
		vision["no_ln_pre"] = true
	}
	text["context_length"], text["vocab_size"], text["heads"] = t.EncoderSeqLength, t.VocabSize, t.NumAttentionHeads
	if t.Pool != "eot" {
		text["pool_type"] = t.Pool
	}
	model := map[string]any{"embed_dim": cfg.OutputDim, "vision_cfg": vision, "text_cfg": text}
	if v.Activation == "quick_gelu" {
		model["quick_gelu"] = true
	}
	if cfg.UseSigLIP {
		model["init_logit_bias"] = cfg.LogitBiasInit
	}
	return model
}

// openCLIPTower is what both towers have. What equals open_clip's defaults is left out, but for the sizes.
func openCLIPTower(t *config.Tower) map[string]any {
	tower := map[string]any{"layers": t.NumLayers, "width": t.HiddenSize}
	if ratio := mlpRatio(t.HiddenSize, t.FFNHiddenSize); ratio != 4 {
		tower["mlp_ratio"] = ratio
	}
	if t.LayerScale != 0 {
		tower["ls_init_value"] = t.LayerScale
	}
	if t.LayerNormEpsilon != 1e-5 {
		tower["norm_kwargs"] = map[string]any{"eps": t.LayerNormEpsilon}
	}
	if t.Activation == "openai_gelu" {
		tower["act_kwargs"] = map[string]any{"approximate": "tanh"}
	}
	return tower
}

// mlpRatio is the number whose product with the width open_clip cuts down to mlp.
func mlpRatio(width, mlp int) float64 {
	ratio := float64(mlp) / float64(width)
	for int(ratio*float64(width)) < mlp {
		ratio = math.Nextafter(ratio, math.Inf(1))
	}
	return ratio
}
