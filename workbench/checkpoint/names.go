package checkpoint

import (
	"fmt"
	"strings"

	"clipbench/workbench/clip"
	"clipbench/workbench/config"
)

// naming says where a tensor of ours lies in another project's files.
type naming func(cfg *config.Model, t clip.Tensor) []part

// openCLIPNames are open_clip's and OpenAI's names.
func openCLIPNames(cfg *config.Model, t clip.Tensor) []part {
	if tower, rest, ok := strings.Cut(t.Path, "/resblocks/"); ok {
		prefix := map[string]string{"visual": "visual.transformer.resblocks.", "text": "transformer.resblocks."}[tower]
		return blockParts(t, prefix+openCLIPBlock.Replace(rest))
	}
	switch t.Path {
	case "visual/conv1/weight":
		return []part{patchPart(cfg, "visual.conv1.weight")}
	case "visual/class_embedding":
		return classPart(t, "visual.class_embedding")
	case "text/token_embedding":
		return whole(t, "token_embedding.weight")
	case "text/projection":
		return whole(t, "text_projection")
	}
	return whole(t, strings.ReplaceAll(strings.TrimPrefix(t.Path, "text/"), "/", "."))
}

var openCLIPBlock = strings.NewReplacer("attn/in_proj/weight", "attn.in_proj_weight", "attn/in_proj/bias", "attn.in_proj_bias", "/", ".")

// huggingFaceNames are those of transformers' CLIPModel.
func huggingFaceNames(cfg *config.Model, t clip.Tensor) []part {
	tower, rest, _ := strings.Cut(t.Path, "/")
	model := map[string]string{"visual": "vision_model.", "text": "text_model."}[tower]
	if block, ok := strings.CutPrefix(rest, "resblocks/"); ok {
		return huggingFaceBlock(t, model+"encoder.layers.", block)
	}
	switch t.Path {
	case "logit_scale":
		return whole(t, t.Path)
	case "visual/conv1/weight":
		return []part{patchPart(cfg, model+"embeddings.patch_embedding.weight")}
	case "visual/class_embedding":
		return classPart(t, model+"embeddings.class_embedding")
	case "visual/positional_embedding", "text/positional_embedding":
		return whole(t, model+"embeddings.position_embedding.weight")
	case "text/token_embedding":
		return whole(t, model+"embeddings.token_embedding.weight")
	case "visual/proj":
		return []part{linear(t, "visual_projection.weight")}
	case "text/projection":
		return []part{linear(t, "text_projection.weight")}
	}
	norms := strings.NewReplacer("ln_pre/", "pre_layrnorm.", "ln_post/", "post_layernorm.", "ln_final/", "final_layer_norm.")
	return whole(t, model+norms.Replace(rest))
}

var huggingFaceLayer = strings.NewReplacer("ln_1/", "layer_norm1.", "ln_2/", "layer_norm2.", "attn/out_proj/", "self_attn.out_proj.",
	"mlp/c_fc/", "mlp.fc1.", "mlp/c_proj/", "mlp.fc2.", "/", ".")

// huggingFaceBlock names a tensor of a block; query, key and value lie apart there.
func huggingFaceBlock(t clip.Tensor, layers, block string) []part {
	depth, kind, ok := strings.Cut(block, "/attn/in_proj/")
	if !ok {
		return blockParts(t, layers+huggingFaceLayer.Replace(block))
	}
	width := t.Dims[len(t.Dims)-1]
	var parts []part
	for at, letter := range []string{"q", "k", "v"} {
		p := part{name: fmt.Sprintf("%s%s.self_attn.%s_proj.%s", layers, depth, letter, kind), dims: []int{width}, at: at, of: 3}
		if kind == "weight" {
			p.dims, p.layout = []int{width, t.Dims[0]}, transposed
		}
		parts = append(parts, p)
	}
	return parts
}

// blockParts is a tensor of a block that lies whole: a weight [out, in], or a vector.
func blockParts(t clip.Tensor, name string) []part {
	switch {
	case strings.HasSuffix(t.Path, "attn/in_proj/bias"):
		return []part{{name: name, dims: []int{t.Size()}, of: 1}}
	case len(t.Dims) > 1:
		return []part{linear(t, name)}
	}
	return whole(t, name)
}

func whole(t clip.Tensor, name string) []part { return []part{{name: name, dims: t.Dims, of: 1}} }

// classPart is the class tokens: [width] when there is one, as there always is in these projects.
func classPart(t clip.Tensor, name string) []part {
	if t.Dims[0] == 1 {
		return []part{{name: name, dims: t.Dims[1:], of: 1}}
	}
	return whole(t, name)
}

// linear is a weight of ours, [in, …out], as PyTorch's [out, in].
func linear(t clip.Tensor, name string) part {
	in := t.Dims[0]
	return part{name: name, dims: []int{t.Size() / in, in}, layout: transposed, of: 1}
}

func patchPart(cfg *config.Model, name string) part {
	v := &cfg.Vision
	return part{name: name, dims: []int{v.HiddenSize, v.NumChannels, v.PatchDim, v.PatchDim}, layout: patches, of: 1}
}
