package workbench

import (
	"context"
	"log/slog"
	"time"

	"clipbench/data"
	"clipbench/workbench/checkpoint"
	"clipbench/workbench/runlog"
	"clipbench/workbench/train"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// training is one process' part in training a run.
type training struct {
	*Run
	step       *train.Step
	loader     *data.Loader
	data       []checkpoint.Source // what the loader reads
	judges     []checkpoint.Source // what validation is taken from
	validation []data.Source
	losses     *model.Exec // the loss of embedded pairs
	gallery    gallery

	last  int           // the step that this process ends with
	total int           // the step that the run ends with
	limit time.Duration // trainer.max_time

	log      *runlog.Writer
	saver    *checkpoint.Saver
	machine  *machine
	watch    *stopwatch
	progress Progress

	written   string // the newest checkpoint on disk; to be read when none is being written
	skipped   int    // broken samples
	nonfinite int    // steps with NaN or infinity since the last finite one, overflows of the loss scale aside
}

// place is how far a run has come.
type place struct {
	step      int
	samples   int // consumed
	epoch     float64
	validated int                // the step of the newest validation
	latest    checkpoint.Metrics // the newest value of each metric
	trained   time.Duration      // in training, by all processes until the newest ended or saved
}

// Train trains the run to its end, or until ctx is cancelled, the process is interrupted or trainer.max_time is over; then
// it saves a checkpoint. It goes on where the state stands. What it returns for a run that was stopped is no error.
func (r *Run) Train(ctx context.Context) (Summary, error) { return r.train(ctx, -1) }

// TrainSteps is Train for at most so many steps more.
func (r *Run) TrainSteps(ctx context.Context, steps int) (Summary, error) {
	return r.train(ctx, r.place.step+max(0, steps))
}

// train trains up to the step last; -1 is the run's end.
func (r *Run) train(ctx context.Context, last int) (summary Summary, err error) {
	ctx, stop := interruptible(ctx)
	defer stop()
	t, err := r.beginTraining(ctx, last)
	if err != nil {
		return Summary{Run: r.Name, State: runlog.Failed}, err
	}
	defer func() {
		err = t.end(err)
		summary = t.summary(err)
	}()
	if err := t.catchUp(ctx); err != nil {
		return summary, err
	}
	return summary, t.loop(ctx)
}

// loop is training: one step on each batch, and between steps what is due.
func (t *training) loop(ctx context.Context) error {
	for batch, err := range t.loader.Batches(ctx, t.place.samples) {
		if ctx.Err() != nil || t.done() {
			break
		}
		if err != nil {
			_ = t.save() // what was learned so far; the data's error is the one to tell
			return err
		}
		if err := t.learn(batch); err != nil {
			return err
		}
		if err := t.settle(ctx); err != nil {
			return err
		}
		if t.done() {
			break
		}
	}
	return t.save()
}

// done tells that this process has no step to do any more.
func (t *training) done() bool { return t.place.step >= t.last || t.watch.over(t.limit) }

// learn does one step on a batch.
func (t *training) learn(b *data.Batch) error {
	for _, broken := range b.Skipped {
		t.skipped++
		t.log.Log(slog.LevelWarn, "%v", broken)
	}
	v, length := &t.Config.Model.Vision, t.Config.Model.Text.EncoderSeqLength
	metrics, err := t.step.Run(train.Batch{
		Images:   tensors.FromFlatDataAndDimensions(b.Images, b.Count, v.ImgH, v.ImgW, v.NumChannels),
		Tokens:   tensors.FromFlatDataAndDimensions(b.Tokens, b.Count, length),
		Concepts: tensors.FromFlatDataAndDimensions(b.Concepts, b.Count),
	})
	if err != nil {
		return advise(err, t.Config, t.clip)
	}
	t.place.step++
	t.place.samples = b.Start + b.Count
	t.place.epoch = t.epochsAfter(b)
	t.watch.step(b.Count)
	return t.record(metrics, b)
}

// epochsAfter is how many epochs are consumed with a batch. Without repeated captions epochs differ in length.
func (t *training) epochsAfter(b *data.Batch) float64 {
	batches := t.place.samples / b.Count
	for epoch := range b.Epoch {
		batches -= t.loader.BatchesPerEpoch(epoch)
	}
	return float64(b.Epoch) + float64(batches)/float64(t.loader.BatchesPerEpoch(b.Epoch))
}

// settle does what is due between steps: validation and a checkpoint.
func (t *training) settle(ctx context.Context) error {
	if t.validationDue() {
		if err := t.validate(ctx); err != nil {
			_ = t.save() // what was learned so far; the validation's error is the one to tell
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
	}
	if t.saveDue() {
		return t.save()
	}
	return nil
}

// catchUp does what was due when the run was stopped before it.
func (t *training) catchUp(ctx context.Context) error {
	if t.place.step == 0 || t.place.validated == t.place.step || !t.validationDue() {
		return nil
	}
	return t.settle(ctx)
}
