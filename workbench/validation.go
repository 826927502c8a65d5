package workbench

import (
	"context"
	"fmt"
	"slices"

	"clipbench/data"
	"clipbench/workbench/clip"
	"clipbench/workbench/evaluate"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// The metrics of a run, beside those of single validation sources ("val/<source>_top1"). The validation's are means over
// its sources; recall is named as open_clip names it.
var (
	trainingMetrics   = []string{"loss", "grad_norm", "lr", "logit_scale", "pairs_per_s", "wait"}
	validationMetrics = []string{
		"val_loss", "val_top1", "val_top5",
		"val_image_to_text_r@1", "val_image_to_text_r@5", "val_image_to_text_r@10",
		"val_text_to_image_r@1", "val_text_to_image_r@5", "val_text_to_image_r@10",
	}
)

// retrievalPairs bounds the gallery of a validation's retrieval, which compares each with each.
const retrievalPairs = 1000

// validationMetrics are the names that this run's validation gives.
func (t *training) validationMetrics() []string {
	if len(t.validation) == 0 {
		return nil
	}
	names := slices.Clone(validationMetrics)
	for _, source := range t.validation {
		names = append(names, ofSource(source, "loss"), ofSource(source, "top1"), ofSource(source, "top5"))
	}
	return names
}

func ofSource(source data.Source, metric string) string {
	return "val/" + source.Name() + "_" + metric
}

// validationDue tells that the step done is one to validate after.
func (t *training) validationDue() bool {
	interval := t.Config.Trainer.ValCheckInterval
	return len(t.validation) > 0 && (t.place.step%interval == 0 || t.place.step == t.total)
}

// validate judges the model on each validation source and draws the gallery. When ctx ends first it leaves nothing behind.
func (t *training) validate(ctx context.Context) error {
	defer t.watch.pause()()
	if err := t.checkIn("validating"); err != nil {
		return err
	}
	values := map[string]float64{}
	for i, source := range t.validation {
		v, err := t.judgeSource(ctx, source)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("validation on %s: %w", source.Name(), err)
		}
		v.addTo(values, source, 1/float64(len(t.validation)))
		if i > 0 {
			continue
		}
		if err := t.draw(source, v); err != nil {
			return err
		}
	}
	t.place.validated = t.place.step
	t.progress.Say(fmt.Sprintf("step %d  loss %.4f  top-1 %.3f  top-5 %.3f on validation", t.place.step, values["val_loss"], values["val_top1"], values["val_top5"]))
	return t.write(values)
}

// verdict is a model's validation on one source, with what it was computed from.
type verdict struct {
	pairs    Pairs
	texts    evaluate.Embeddings // [pairs][output_dim], of the captions
	loss     float64
	zeroShot evaluate.Hits
	recall   evaluate.Recall
}

// addTo puts the numbers of a source under its own name, and its share into the means.
func (v *verdict) addTo(values map[string]float64, source data.Source, share float64) {
	values[ofSource(source, "loss")] = v.loss
	values[ofSource(source, "top1")], values[ofSource(source, "top5")] = v.zeroShot.Top1, v.zeroShot.Top5
	i2t, t2i := v.recall.ImageToText, v.recall.TextToImage
	for i, value := range []float64{v.loss, v.zeroShot.Top1, v.zeroShot.Top5, i2t.Top1, i2t.Top5, i2t.Top10, t2i.Top1, t2i.Top5, t2i.Top10} {
		values[validationMetrics[i]] += value * share
	}
}

// judgeSource embeds a source once and asks it everything.
func (t *training) judgeSource(ctx context.Context, source data.Source) (*verdict, error) {
	pairs, err := t.EmbedImages(ctx, source)
	if err != nil {
		return nil, err
	}
	labels, answers := labelsOf(pairs.Captions)
	classes, err := t.EmbedTexts(ctx, labels)
	if err != nil {
		return nil, err
	}
	v := &verdict{pairs: pairs, texts: make(evaluate.Embeddings, len(answers))}
	numbers := make([]int32, len(answers))
	for i, answer := range answers {
		v.texts[i], numbers[i] = classes[answer], int32(answer)
	}
	if v.zeroShot, err = evaluate.ZeroShot(pairs.Images, classes, answers); err != nil {
		return nil, err
	}
	n := min(len(answers), retrievalPairs)
	if v.recall, err = evaluate.Retrieval(pairs.Images[:n], v.texts[:n], numbers[:n]); err != nil {
		return nil, err
	}
	v.loss, err = t.lossOf(v)
	return v, err
}

// lossOf is the training loss of embedded pairs in batches of the global batch's size, or one of all pairs when they are
// fewer; what fills no batch is left out, as NeMo does.
func (t *training) lossOf(v *verdict) (float64, error) {
	if t.losses == nil {
		var err error
		if t.losses, err = t.newExec(t.lossGraph); err != nil {
			return 0, fmt.Errorf("validation loss: %w", err)
		}
	}
	n := max(1, min(t.Config.Model.GlobalBatchSize, len(v.texts)))
	sum, batches := 0.0, 0
	for start := 0; start+n <= len(v.texts); start += n {
		out, err := t.losses.Call1(tensors.FromValue([][]float32(v.pairs.Images[start:start+n])),
			tensors.FromValue([][]float32(v.texts[start:start+n])), tensors.FromValue(v.pairs.Concepts[start:start+n]))
		if err != nil {
			return 0, fmt.Errorf("validation loss: %w", err)
		}
		sum += float64(tensors.ToScalar[float32](out))
		batches++
	}
	return sum / float64(batches), nil
}

// lossGraph is the loss of features [batch, output_dim] and concepts [batch], with nothing random in it.
func (t *training) lossGraph(inputs []*graph.Node) *graph.Node {
	return t.clip.Loss(t.pass(inputs[0].Graph()), clip.Features{Image: inputs[0], Text: inputs[1]}, inputs[2])
}
