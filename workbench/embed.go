package workbench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"os"
	"slices"

	"clipbench/data"
	"clipbench/data/transform"
	"clipbench/workbench/clip"
	"clipbench/workbench/evaluate"
	"clipbench/workbench/parallel"
	"clipbench/workbench/train"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// embedBatch is the most images or texts that are embedded at once.
const embedBatch = 128

// batchOf is how many of n are embedded at once: a power of two, so that few programs are compiled and few rows are empty,
// or as many more as every device needs for an equal part.
func (m *Model) batchOf(n int) int {
	size, parts := min(embedBatch, 1<<bits.Len(uint(max(n, 1)-1))), m.mesh.Parts()
	return (size + parts - 1) / parts * parts
}

// pass is an evaluation of the model in a graph.
func (m *Model) pass(g *graph.Graph) *clip.Pass {
	return &clip.Pass{Weights: train.Weights(g, m.store, m.judged), DType: train.ComputeDType(m.Config.Trainer.Precision), Divided: m.mesh.DividesBlocks()}
}

// newExec makes a program that reads the model's weights.
func (m *Model) newExec(f func(inputs []*graph.Node) *graph.Node) (*model.Exec, error) {
	return model.NewExec(m.Device.Backend, m.store, func(_ *model.Scope, inputs []*graph.Node) *graph.Node { return f(inputs) })
}

// prepare builds the two embedding programs once, over the devices that the weights lie on.
func (m *Model) prepare() (err error) {
	if m.images != nil {
		return nil
	}
	if m.images, err = m.encoder(4, m.clip.EncodeImage); err != nil {
		return fmt.Errorf("image encoder: %w", err)
	}
	if m.texts, err = m.encoder(2, m.clip.EncodeText); err != nil {
		return fmt.Errorf("text encoder: %w", err)
	}
	return nil
}

// encoder makes a program of a tower, whose input has the given rank.
func (m *Model) encoder(rank int, encode func(*clip.Pass, *graph.Node) *graph.Node) (program *parallel.Program, err error) {
	exec, err := m.newExec(func(inputs []*graph.Node) *graph.Node {
		g := inputs[0].Graph()
		features := encode(m.pass(g), inputs[0])
		program.Results(m.store, g, features.Rank())
		return features
	})
	if err != nil {
		return nil, err
	}
	program = parallel.NewProgram(exec, m.mesh, rank)
	return program, nil
}

// spread makes programs read the weights where a training step has laid them.
func (m *Model) spread(mesh *parallel.Mesh) {
	if m.mesh != mesh {
		m.mesh, m.images, m.texts = mesh, nil, nil
	}
}

// EmbedTexts embeds texts as they are: L2-normalised [texts][output_dim].
func (m *Model) EmbedTexts(ctx context.Context, texts []string) (evaluate.Embeddings, error) {
	if err := m.prepare(); err != nil {
		return nil, err
	}
	if m.Tokenizer == nil {
		return nil, errors.New("the model's files do not say which tokenizer its texts need; add --tokenizer clip, or a file")
	}
	size, length := m.batchOf(len(texts)), m.Config.Model.Text.EncoderSeqLength
	var all evaluate.Embeddings
	for start := 0; start < len(texts); start += size {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		part := texts[start:min(start+size, len(texts))]
		tokens := make([]int32, size*length)
		for i, text := range part {
			m.Tokenizer.Encode(text, tokens[i*length:(i+1)*length])
		}
		rows, err := embedRows(m.texts, tensors.FromFlatDataAndDimensions(tokens, size, length), len(part))
		if err != nil {
			return nil, fmt.Errorf("text encoder: %w", err)
		}
		all = append(all, rows...)
		m.count("texts", len(all), len(texts))
	}
	return all, nil
}

func (m *Model) count(what string, done, total int) {
	if m.Counted != nil {
		m.Counted(what, done, total)
	}
}

// EmbedImages embeds every image of a source in its order: L2-normalised [images][output_dim], with the captions.
// Broken samples are left out and come back as skipped.
func (m *Model) EmbedImages(ctx context.Context, source data.Source) (Pairs, error) {
	if err := m.prepare(); err != nil {
		return Pairs{}, err
	}
	return m.runImages(ctx, m.images, source)
}

// features are EmbedImages before the rows are brought to length 1.
func (m *Model) features(ctx context.Context, source data.Source) (Pairs, error) {
	program, err := m.encoder(4, m.clip.ImageFeatures)
	if err != nil {
		return Pairs{}, fmt.Errorf("image encoder: %w", err)
	}
	return m.runImages(ctx, program, source)
}

// runImages runs a program on every image of a source.
func (m *Model) runImages(ctx context.Context, program *parallel.Program, source data.Source) (pairs Pairs, err error) {
	loader, err := m.evaluationLoader(source)
	if err != nil {
		return pairs, err
	}
	v := &m.Config.Model.Vision
	for batch, err := range loader.Once(ctx) {
		if err != nil {
			return pairs, err
		}
		images := tensors.FromFlatDataAndDimensions(batch.Images, m.batchOf(source.Len()), v.ImgH, v.ImgW, v.NumChannels)
		rows, err := embedRows(program, images, batch.Count)
		if err != nil {
			return pairs, fmt.Errorf("image encoder: %w", err)
		}
		pairs.Images = append(pairs.Images, rows...)
		pairs.Captions = append(pairs.Captions, batch.Captions...)
		pairs.Keys = append(pairs.Keys, batch.Keys...)
		pairs.Concepts = append(pairs.Concepts, batch.Concepts...)
		pairs.Skipped = append(pairs.Skipped, batch.Skipped...)
		m.count("pictures", len(pairs.Keys)+len(pairs.Skipped), source.Len())
	}
	return pairs, nil
}

// EmbedFiles embeds pictures by their paths: L2-normalised [paths][output_dim]. One that cannot be read is an error.
func (m *Model) EmbedFiles(ctx context.Context, paths []string) (all evaluate.Embeddings, err error) {
	if err := m.prepare(); err != nil {
		return nil, err
	}
	normalize, err := m.normalize()
	if err != nil {
		return nil, err
	}
	v := &m.Config.Model.Vision
	size, pixels := m.batchOf(len(paths)), v.ImgH*v.ImgW*v.NumChannels
	for part := range slices.Chunk(paths, size) {
		images := make([]float32, size*pixels)
		for i, path := range part {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			picture, err := readPicture(path)
			if err != nil {
				return nil, err
			}
			normalize(transform.Eval(picture, v.ImgH, v.ImgW), images[i*pixels:(i+1)*pixels])
		}
		rows, err := embedRows(m.images, tensors.FromFlatDataAndDimensions(images, size, v.ImgH, v.ImgW, v.NumChannels), len(part))
		if err != nil {
			return nil, fmt.Errorf("image encoder: %w", err)
		}
		all = append(all, rows...)
	}
	return all, nil
}

func readPicture(path string) (*transform.RGB, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	picture, err := transform.Decode(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return picture, nil
}

// LogitScale is exp(logit_scale): what cosines are multiplied by before a softmax.
func (m *Model) LogitScale() (float64, error) {
	v := m.store.GetVariable(m.judged + "logit_scale")
	value, err := v.Value()
	if err != nil {
		return 0, fmt.Errorf("logit_scale: %w", err)
	}
	return math.Exp(float64(tensors.ToScalar[float32](value))), nil
}

// Pairs are the embedded images of a source with what belongs to them.
type Pairs struct {
	Images   evaluate.Embeddings // [images][output_dim]
	Captions []string
	Concepts []int32 // equal numbers mean the same
	Keys     []string
	Skipped  []error // broken samples that were left out
}

func embedRows(program *parallel.Program, input *tensors.Tensor, count int) (evaluate.Embeddings, error) {
	out, err := program.Call(input)
	if err != nil {
		return nil, err
	}
	flat, dim := tensors.MustCopyFlatData[float32](out[0]), out[0].Shape().Dim(1)
	rows := make(evaluate.Embeddings, count)
	for i := range rows {
		rows[i] = flat[i*dim : (i+1)*dim : (i+1)*dim]
	}
	return rows, nil
}

// evaluationLoader reads a source for evaluation: short side resized, centre cut out, normalised.
func (m *Model) evaluationLoader(source data.Source) (*data.Loader, error) {
	v := &m.Config.Model.Vision
	normalize, err := m.normalize()
	if err != nil {
		return nil, err
	}
	return data.NewLoader(source, data.Options{
		Batch: m.batchOf(source.Len()), ImageSize: [3]int{v.ImgH, v.ImgW, v.NumChannels},
		Image: func(img *transform.RGB, _ *randSource, dst []float32) {
			normalize(transform.Eval(img, v.ImgH, v.ImgW), dst)
		},
	})
}
