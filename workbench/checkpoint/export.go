package checkpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"sync"

	"clipbench/workbench/checkpoint/tensorfile"
	"clipbench/workbench/train"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
)

// Export writes a model as a new folder: a native checkpoint without the training's state, an open_clip folder, or a
// Hugging Face CLIPModel folder. What the other project cannot express is refused by its key. The folder is there whole or
// not at all.
func Export(dir string, format Format, m *Model) error {
	write, ok := map[Format]func(string, *Model) error{Native: exportNative, OpenCLIP: exportOpenCLIP, HuggingFace: exportHuggingFace}[format]
	if !ok {
		return fmt.Errorf("there is no format %q to write; use %s, %s or %s", format, Native, OpenCLIP, HuggingFace)
	}
	if _, err := os.Lstat(dir); err == nil {
		return fmt.Errorf("%s exists; name another folder, or remove it first", dir)
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(dir)), 0o755); err != nil {
		return err
	}
	temporary := filepath.Clean(dir) + ".writing"
	if err := os.RemoveAll(temporary); err != nil {
		return err
	}
	err := write(temporary, m)
	if err == nil {
		err = os.Rename(temporary, dir)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w", dir, err), os.RemoveAll(temporary))
	}
	return syncFolder(filepath.Dir(filepath.Clean(dir)))
}

// exportNative writes a checkpoint of step 0 with nothing but weights: it opens as a model, and no run resumes from it.
func exportNative(dir string, m *Model) error {
	tokenizer, vocabulary, err := TokenizerOf(m.Config.Model.Tokenizer.Type)
	if err != nil {
		return err
	}
	s := Snapshot{Meta: Meta{Preprocess: m.Preprocess(), Tokenizer: tokenizer}, Vocabulary: vocabulary, Tensors: map[string]tensorfile.Tensor{}}
	cfg := *m.Config
	cfg.ExpManager.EMA.Enable = false
	s.Config = cfg.YAML()
	for path, w := range m.Weights {
		s.Tensors[train.WeightPath+path] = tensorfile.Tensor{
			DType: w.DType(), Dims: w.Shape().Dimensions,
			Data: &laidOut{size: int(w.ByteSize()), write: func(dst []float32) error {
				return tensors.ConstFlatData(w, func(ours []float32) { copy(dst, ours) })
			}},
		}
	}
	return writeFolder(dir, s)
}

// exportAs writes weights under another project's names, and its JSON files beside them.
func exportAs(dir string, m *Model, names naming, weights string, documents map[string]any) error {
	m = m.withoutPatchBias()
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for name, document := range documents {
		text, err := json.MarshalIndent(document, "", "  ")
		if err != nil {
			return err
		}
		if _, err := writeFile(filepath.Join(dir, name), content(append(text, '\n'))); err != nil {
			return err
		}
	}
	files := map[string]tensorfile.Tensor{}
	for _, t := range m.clip().Tensors() {
		for _, p := range names(&m.Config.Model, t) {
			files[p.name] = p.of32(m.Weights[t.Path])
		}
	}
	_, err := writeFile(filepath.Join(dir, weights), func(w io.Writer) error {
		return tensorfile.WriteSafetensors(w, files, map[string]string{"format": "pt"}) // transformers insists on it
	})
	if err != nil {
		return err
	}
	return syncFolder(dir)
}

// withoutPatchBias is the same function with the bias of the patches added to their positions, for projects whose patches
// have none.
func (m *Model) withoutPatchBias() *Model {
	if !m.Config.Model.Vision.PatchBias {
		return m
	}
	cfg, weights := *m.Config, maps.Clone(m.Weights)
	cfg.Model.Vision.PatchBias = false
	bias := tensors.MustCopyFlatData[float32](weights["visual/conv1/bias"])
	const path = "visual/positional_embedding"
	weights[path] = m.rows(path, func(values []float32, width int) []float32 {
		for i := cfg.Model.Vision.ClassTokenLength * width; i < len(values); i++ {
			values[i] += bias[i%width]
		}
		return values
	})
	delete(weights, "visual/conv1/bias")
	return &Model{Path: m.Path, Config: &cfg, Weights: weights}
}

// of32 is the part of a weight as another project lays it out.
func (p part) of32(weight *tensors.Tensor) tensorfile.Tensor {
	return tensorfile.Tensor{DType: dtypes.Float32, Dims: p.dims, Data: &laidOut{size: 4 * p.size(), write: func(dst []float32) error {
		return tensors.ConstFlatData(weight, func(ours []float32) { p.write(dst, ours) })
	}}}
}

// laidOut makes a tensor's bytes when they are first read and drops them after the last, so that a file is written with no
// more than one tensor twice in memory. It is read once, from its beginning to its end.
type laidOut struct {
	size  int // bytes
	write func(dst []float32) error

	mu     sync.Mutex
	values *bytes.Reader
}

// ReadAt reads the bytes as they lie in the file.
func (l *laidOut) ReadAt(dst []byte, at int64) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.values == nil {
		values := make([]float32, l.size/4)
		if err := l.write(values); err != nil {
			return 0, err
		}
		l.values = bytes.NewReader(floatBytes(values))
	}
	n, err := l.values.ReadAt(dst, at)
	if at+int64(n) == int64(l.size) {
		l.values = nil
	}
	return n, err
}

// inexpressible refuses what neither open_clip's nor Hugging Face's plain ViT has.
func inexpressible(m *Model) error {
	v, t := &m.Config.Model.Vision, &m.Config.Model.Text
	switch {
	case v.PatchStem != "linear":
		return fmt.Errorf("model.vision.patch_stem=%s has no counterpart there; only native keeps it", v.PatchStem)
	case v.ClassTokenLength != 1:
		return fmt.Errorf("model.vision.class_token_length=%d: there is one class token there; only native keeps more or none", v.ClassTokenLength)
	case v.GlobalAveragePool:
		return fmt.Errorf("model.vision.global_average_pool=true has no counterpart there; only native keeps it")
	case v.FlattenPool:
		return fmt.Errorf("model.vision.flatten_pool=true has no counterpart there; only native keeps it")
	case v.NumAttentionHeads*v.HeadWidth() != v.HiddenSize:
		return fmt.Errorf("model.vision.kv_channels=%d: %d heads of it do not make the width of %d; only native keeps them", v.HeadWidth(), v.NumAttentionHeads, v.HiddenSize)
	case t.NumAttentionHeads*t.HeadWidth() != t.HiddenSize:
		return fmt.Errorf("model.text.kv_channels=%d: %d heads of it do not make the width of %d; only native keeps them", t.HeadWidth(), t.NumAttentionHeads, t.HiddenSize)
	}
	return nil
}
