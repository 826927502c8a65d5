package checkpoint

import (
	"fmt"

	"clipbench/workbench/checkpoint/tensorfile"
	"clipbench/workbench/clip"
	"clipbench/workbench/config"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// adjust brings a model that was read to what the options ask for, and refuses options that the files contradict.
func (m *Model) adjust(o Options) error {
	cfg := &m.Config.Model
	if m.Format != StateDict {
		switch {
		case o.Preset != "":
			return fmt.Errorf("%s has its own configuration; leave out --preset", m.Path)
		case o.Activation != "" && (o.Activation != cfg.Vision.Activation || o.Activation != cfg.Text.Activation):
			return fmt.Errorf("%s was trained with the activation %s, not %s; leave out --activation", m.Path, cfg.Vision.Activation, o.Activation)
		}
		if err := m.prepare(o.Preprocess); err != nil {
			return err
		}
		if o.Tokenizer != "" {
			cfg.Tokenizer.Type = o.Tokenizer
		}
	}
	wanted := *cfg
	if o.ImageSize != [2]int{} {
		wanted.Vision.ImgH, wanted.Vision.ImgW = o.ImageSize[0], o.ImageSize[1]
		wanted.Vision.EncoderSeqLength, wanted.Vision.MaxPositionEmbeddings = 0, 0 // they follow
	}
	if o.Context > 0 {
		wanted.Text.EncoderSeqLength, wanted.Text.MaxPositionEmbeddings = o.Context, o.Context
	}
	return m.Fit(&wanted)
}

// prepare sets the mean and standard deviation by name.
func (m *Model) prepare(name string) error {
	if name == "" {
		return nil
	}
	s, ok := statistics[name]
	if !ok {
		return fmt.Errorf("--preprocess %s: there are openai, imagenet and inception", name)
	}
	m.Config.Model.Vision.ImageMean, m.Config.Model.Vision.ImageStd = &s[0], &s[1]
	return nil
}

// Fit makes the weights those of another configuration of the same towers: positions are resampled to its image size and
// text length. Every other difference in shape is refused by the tensor's name, and another activation, number of heads or
// whatever else shapes do not show by its key.
func (m *Model) Fit(cfg *config.Model) error {
	own := &m.Config.Model
	if err := sameFunction(own, cfg); err != nil {
		return fmt.Errorf("%s: %w", m.Path, err)
	}
	resized := m.resampled(cfg)
	want, have := map[string]string{}, map[string]string{}
	for _, t := range clip.New(cfg, own.Text.VocabSize).Tensors() {
		want[t.Path] = tensorfile.Dims(t.Dims)
	}
	for path, w := range m.Weights {
		have[path] = tensorfile.Dims(w.Shape().Dimensions)
	}
	for path, w := range resized {
		have[path] = tensorfile.Dims(w.Shape().Dimensions)
	}
	if err := compare(want, have); err != nil {
		return fmt.Errorf("%s: %w", m.Path, err)
	}
	for path, w := range resized {
		m.Weights[path] = w
	}
	own.Vision.ImgH, own.Vision.ImgW = cfg.Vision.ImgH, cfg.Vision.ImgW
	own.Vision.EncoderSeqLength, own.Vision.MaxPositionEmbeddings = cfg.Vision.EncoderSeqLength, cfg.Vision.MaxPositionEmbeddings
	own.Text.EncoderSeqLength, own.Text.MaxPositionEmbeddings = cfg.Text.EncoderSeqLength, cfg.Text.MaxPositionEmbeddings
	return m.Config.Check()
}

// sameFunction compares what two configurations do with the same weights.
func sameFunction(own, wanted *config.Model) error {
	for _, key := range []struct {
		name        string
		own, wanted any
	}{
		{"vision.activation", own.Vision.Activation, wanted.Vision.Activation},
		{"vision.num_attention_heads", own.Vision.NumAttentionHeads, wanted.Vision.NumAttentionHeads},
		{"vision.layernorm_epsilon", own.Vision.LayerNormEpsilon, wanted.Vision.LayerNormEpsilon},
		{"vision.patch_dim", own.Vision.PatchDim, wanted.Vision.PatchDim},
		{"vision.class_token_length", own.Vision.ClassTokenLength, wanted.Vision.ClassTokenLength},
		{"vision.global_average_pool", own.Vision.GlobalAveragePool, wanted.Vision.GlobalAveragePool},
		{"vision.flatten_pool", own.Vision.FlattenPool, wanted.Vision.FlattenPool},
		{"text.activation", own.Text.Activation, wanted.Text.Activation},
		{"text.num_attention_heads", own.Text.NumAttentionHeads, wanted.Text.NumAttentionHeads},
		{"text.layernorm_epsilon", own.Text.LayerNormEpsilon, wanted.Text.LayerNormEpsilon},
		{"text.pool", own.Text.Pool, wanted.Text.Pool},
	} {
		if key.own != key.wanted {
			return fmt.Errorf("its weights want model.%s=%v, and the configuration has %v", key.name, key.own, key.wanted)
		}
	}
	return nil
}

// resampled are the position embeddings that change with the sizes of cfg.
func (m *Model) resampled(cfg *config.Model) map[string]*tensors.Tensor {
	own, changed := &m.Config.Model, map[string]*tensors.Tensor{}
	from := [2]int{own.Vision.ImgH / own.Vision.PatchDim, own.Vision.ImgW / own.Vision.PatchDim}
	to := [2]int{cfg.Vision.ImgH / cfg.Vision.PatchDim, cfg.Vision.ImgW / cfg.Vision.PatchDim}
	if from != to && to[0] > 0 && to[1] > 0 {
		const path = "visual/positional_embedding"
		changed[path] = m.rows(path, func(values []float32, width int) []float32 {
			return resizeGrid(values, width, own.Vision.ClassTokenLength, from, to)
		})
	}
	if n := cfg.Text.EncoderSeqLength; n != own.Text.EncoderSeqLength && n > 0 {
		const path = "text/positional_embedding"
		changed[path] = m.rows(path, func(values []float32, width int) []float32 {
			return resizeLine(values, width, own.Text.EncoderSeqLength, n)
		})
	}
	return changed
}

// rows is the matrix that change makes of the rows of one of the weights.
func (m *Model) rows(path string, change func(values []float32, width int) []float32) *tensors.Tensor {
	w := m.Weights[path]
	width := w.Shape().Dim(-1)
	values := change(tensors.MustCopyFlatData[float32](w), width)
	return tensors.FromFlatDataAndDimensions(values, len(values)/width, width)
}

// Store makes a store of the weights alone, each a variable prefix+path that is not trained. The store takes the tensors
// over: the model's Weights are empty afterwards.
func (m *Model) Store(prefix string) (*model.Store, error) {
	store := model.NewStore()
	for path, w := range m.Weights {
		v, err := store.CreateVariable(prefix+path, w)
		if err != nil {
			return nil, fmt.Errorf("%s: tensor %s: %w", m.Path, path, err)
		}
		v.SetTrainable(false)
	}
	m.Weights = nil
	return store, nil
}
