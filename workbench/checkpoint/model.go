package checkpoint

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"clipbench/workbench/checkpoint/tensorfile"
	"clipbench/workbench/clip"
	"clipbench/workbench/config"

	"github.com/gomlx/gomlx/core/tensors"
)

// Format is whose files a model lies in.
type Format string

// The formats. A state dict is a file of weights alone, which says neither sizes nor activation.
const (
	Native      Format = "native"
	OpenCLIP    Format = "openclip"
	HuggingFace Format = "huggingface"
	StateDict   Format = "state dict"
)

// Model is a CLIP in host memory, ready to be embedded with, trained on or exported.
type Model struct {
	Path    string
	Format  Format
	Step    int                        // optimizer steps in the weights, of a native checkpoint
	Config  *config.Config             // model: the towers, their activation, the preprocessing and the tokenizer ("": unknown)
	Weights map[string]*tensors.Tensor // by path in clip's Tensors, float32
	Notices []string                   // what was done to fit the weights and the files do not show: one line each, for the user
}

// Options say what a file does not. Where the file says otherwise, that is an error.
type Options struct {
	Preset     string // the sizes of a state dict: a name of config.Presets, or a recipe's file
	Activation string // gelu, quick_gelu or openai_gelu
	Preprocess string // openai, imagenet or inception: the mean and standard deviation
	Tokenizer  string // as model.tokenizer.type

	ImageSize [2]int // height and width to resample the positions to; zero: as they are
	Context   int    // text length to resample the positions to; zero: as it is
	Original  bool   // of a native checkpoint that keeps a moving average: the weights themselves
}

// Open reads a model: a native checkpoint, an open_clip folder (open_clip_model.safetensors and open_clip_config.json), a
// Hugging Face CLIPModel folder (model.safetensors and config.json), or a state dict (.safetensors or .pt) with open_clip's,
// OpenAI's or Hugging Face's names. No code in a file is run. Tensors that are missing, left over or of another shape than
// the configuration's are refused by name, and so is a file that leaves open what Options could say.
func Open(path string, o Options) (*Model, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("the model cannot be read: %w", err)
	}
	m, err := open(path, info.IsDir(), o)
	if err != nil {
		return nil, err
	}
	if err := m.adjust(o); err != nil {
		return nil, err
	}
	return m, nil
}

func open(path string, isFolder bool, o Options) (*Model, error) {
	in := func(name string) bool { return exists(filepath.Join(path, name)) }
	switch {
	case !isFolder && slices.Contains([]string{openCLIPWeights, openCLIPPickle, huggingFaceWeights, huggingFacePickle}, filepath.Base(path)) && describedBeside(path):
		return open(filepath.Dir(path), true, o)
	case !isFolder:
		return openStateDict(path, o)
	case in(metaFile):
		return openNative(path, o)
	case in(openCLIPConfig):
		return openDescribed(path, OpenCLIP, o, readOpenCLIPConfig, openCLIPNames, openCLIPWeights, openCLIPPickle)
	case in(huggingFaceIndex):
		return nil, fmt.Errorf("%s: the weights are divided among several files, which is not read; save them as one (max_shard_size)", path)
	case in(huggingFaceConfig):
		return openDescribed(path, HuggingFace, o, readHuggingFaceConfig, huggingFaceNames, huggingFaceWeights, huggingFacePickle)
	}
	return nil, fmt.Errorf("%s: not a model: it holds neither %s nor %s nor %s", path, metaFile, openCLIPConfig, huggingFaceConfig)
}

// describedBeside says whether the folder of a weights file has the configuration to it.
func describedBeside(path string) bool {
	name := openCLIPConfig
	if base := filepath.Base(path); base == huggingFaceWeights || base == huggingFacePickle {
		name = huggingFaceConfig
	}
	return exists(filepath.Join(filepath.Dir(path), name))
}

// openDescribed reads a folder with a configuration and weights, in one of the files given.
func openDescribed(dir string, format Format, o Options, describe func(string) (*description, error), names naming, weights ...string) (*Model, error) {
	d, err := describe(dir)
	if err != nil {
		return nil, err
	}
	if err := d.ask(o); err != nil {
		return nil, err
	}
	cfg, err := d.config()
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(weights, func(name string) bool { return exists(filepath.Join(dir, name)) })
	if at < 0 {
		return nil, fmt.Errorf("%s: it has no %s", dir, weights[0])
	}
	file, err := openTensors(filepath.Join(dir, weights[at]))
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	file.Tensors = plainNames(file.Tensors)
	m := &Model{Path: dir, Format: format, Config: cfg, Notices: d.defaults(o)}
	return m, m.read(file, names)
}

// openTensors opens a file of weights by what it is, not by what it is called.
func openTensors(path string) (*tensorfile.File, error) {
	open := tensorfile.OpenSafetensors
	if tensorfile.IsPyTorch(path) {
		open = tensorfile.OpenPyTorch
	} else if ext := filepath.Ext(path); ext == ".pt" || ext == ".pth" || ext == ".bin" {
		open = tensorfile.OpenPyTorch // to say what is wrong with it as such
	}
	return open(path)
}

// bookkeeping are tensors of a state dict that are no weights.
var bookkeeping = map[string]bool{
	"input_resolution": true, "context_length": true, "vocab_size": true, "attn_mask": true, "text.attn_mask": true,
	"text_model.embeddings.position_ids": true, "vision_model.embeddings.position_ids": true,
}

// plainNames takes off what wrappers put before the names, and what is no weight.
func plainNames(tensors map[string]tensorfile.Tensor) map[string]tensorfile.Tensor {
	tensors = tensorfile.TrimPrefix(tensorfile.TrimPrefix(tensors, "module."), "_orig_mod.")
	plain := make(map[string]tensorfile.Tensor, len(tensors))
	_, apart := tensors["text.positional_embedding"]
	for name, t := range tensors {
		if bookkeeping[name] {
			continue
		}
		if apart { // open_clip's CustomTextCLIP keeps the text tower under text.
			name = strings.TrimPrefix(name, "text.")
		}
		plain[name] = t
	}
	return plain
}

// clip is the model as graph functions.
func (m *Model) clip() *clip.Model { return clip.New(&m.Config.Model, 0) }

// Preprocess is what is to be done to a picture before the image tower sees it.
func (m *Model) Preprocess() Preprocess { return PreprocessOf(&m.Config.Model) }

// PreprocessOf is the preprocessing that a configuration asks for.
func PreprocessOf(cfg *config.Model) Preprocess {
	v := &cfg.Vision
	return Preprocess{Mean: v.Mean(), Std: v.Std(), Size: [2]int{v.ImgH, v.ImgW}, Interpolation: "bicubic", ResizeMode: "shortest"}
}
