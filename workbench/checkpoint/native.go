package checkpoint

import (
	"maps"
	"path/filepath"
	"strings"

	"clipbench/workbench/checkpoint/tensorfile"
	"clipbench/workbench/clip"
	"clipbench/workbench/config"
	"clipbench/workbench/train"
)

// openNative reads the model out of a training state: the moving average, if one is kept and used for validation, unless
// the options ask for the weights themselves.
func openNative(dir string, o Options) (*Model, error) {
	saved, err := Load(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = saved.Close() }()
	cfg, err := config.LoadBytes(filepath.Join(dir, configFile), saved.Config)
	if err != nil {
		return nil, err
	}
	prefix := train.WeightPath
	if ema := cfg.ExpManager.EMA; ema.Enable && !ema.ValidateOriginalWeights && !o.Original {
		prefix = train.EMAPath
	}
	file := &tensorfile.File{Path: filepath.Join(dir, stateFile), Tensors: below(prefix, saved.Tensors)}
	if prefix == train.WeightPath {
		maps.Copy(file.Tensors, below(train.MasterPath, saved.Tensors))
	}
	if embedding, ok := file.Tensors["text/token_embedding"]; ok && cfg.Model.Text.VocabSize == 0 && len(embedding.Dims) == 2 {
		cfg.Model.Text.VocabSize = embedding.Dims[0]
	}
	cfg.Model.Tokenizer = config.Tokenizer{Library: cfg.Model.Tokenizer.Library, Type: saved.TokenizerPath()}
	m := &Model{Path: dir, Format: Native, Step: saved.Meta.Step, Config: cfg}
	return m, m.read(file, func(_ *config.Model, t clip.Tensor) []part { return whole(t, t.Path) })
}

// below are the tensors whose paths begin with prefix, by what comes after it.
func below(prefix string, tensors map[string]tensorfile.Tensor) map[string]tensorfile.Tensor {
	found := map[string]tensorfile.Tensor{}
	for path, t := range tensors {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			found[rest] = t
		}
	}
	return found
}
