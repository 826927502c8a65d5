package checkpoint

import (
	"fmt"

	"clipbench/workbench/config"
)

// exportHuggingFace writes what transformers' CLIPModel, CLIPImageProcessor and CLIPTokenizer read with from_pretrained.
func exportHuggingFace(dir string, m *Model) error {
	if err := inexpressible(m); err != nil {
		return err
	}
	cfg := &m.Config.Model
	v, t := &cfg.Vision, &cfg.Text
	switch {
	case v.ImgH != v.ImgW:
		return fmt.Errorf("model.vision.img_h=%d, img_w=%d: a CLIPModel's pictures are square", v.ImgH, v.ImgW)
	case !v.PreprocessLayerNorm:
		return fmt.Errorf("model.vision.preprocess_layernorm=false has no counterpart in a CLIPModel")
	case v.LayerScale != 0 || t.LayerScale != 0:
		return fmt.Errorf("layerscale has no counterpart in a CLIPModel")
	case t.Pool != "eot":
		return fmt.Errorf("model.text.pool=%s: a CLIPModel pools at the end of the text (eot)", t.Pool)
	case cfg.UseSigLIP:
		return fmt.Errorf("model.use_siglip=true: a CLIPModel has no logit_bias; export as openclip")
	}
	documents := map[string]any{huggingFaceConfig: huggingFaceModel(cfg), huggingFaceProcessor: huggingFacePictures(m.Preprocess())}
	if err := exportAs(dir, m, huggingFaceNames, huggingFaceWeights, documents); err != nil {
		return err
	}
	return exportTokenizer(dir, cfg.Tokenizer.Type, t.EncoderSeqLength)
}

// huggingFaceModel is config.json.
func huggingFaceModel(cfg *config.Model) map[string]any {
	v, t := &cfg.Vision, &cfg.Text
	vision, text := huggingFaceTower(&v.Tower, cfg.OutputDim), huggingFaceTower(&t.Tower, cfg.OutputDim)
	vision["model_type"], vision["image_size"], vision["patch_size"], vision["num_channels"] = "clip_vision_model", v.ImgH, v.PatchDim, v.NumChannels
	text["model_type"], text["max_position_embeddings"], text["vocab_size"] = "clip_text_model", t.EncoderSeqLength, t.VocabSize
	text["bos_token_id"], text["eos_token_id"] = t.VocabSize-2, t.VocabSize-1
	if t.VocabSize != clipVocabulary {
		text["eos_token_id"] = 2 // transformers' word for the highest id in a text, whatever the vocabulary is padded to
	}
	return map[string]any{
		"architectures": []string{"CLIPModel"}, "model_type": "clip", "dtype": "float32",
		"projection_dim": cfg.OutputDim, "vision_config": vision, "text_config": text,
	}
}

func huggingFaceTower(t *config.Tower, outputDim int) map[string]any {
	activation := t.Activation
	if activation == "openai_gelu" {
		activation = "gelu_new"
	}
	return map[string]any{
		"hidden_size": t.HiddenSize, "intermediate_size": t.FFNHiddenSize, "num_hidden_layers": t.NumLayers,
		"num_attention_heads": t.NumAttentionHeads, "hidden_act": activation, "layer_norm_eps": t.LayerNormEpsilon, "projection_dim": outputDim,
	}
}

// huggingFacePictures is preprocessor_config.json.
func huggingFacePictures(p Preprocess) map[string]any {
	return map[string]any{
		"image_processor_type": "CLIPImageProcessor",
		"do_resize":            true, "size": map[string]any{"shortest_edge": p.Size[0]}, "resample": 3,
		"do_center_crop": true, "crop_size": map[string]any{"height": p.Size[0], "width": p.Size[1]},
		"do_rescale": true, "rescale_factor": 1.0 / 255, "do_convert_rgb": true,
		"do_normalize": true, "image_mean": p.Mean, "image_std": p.Std,
	}
}
