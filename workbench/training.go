package workbench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"path/filepath"
	"runtime"
	"time"

	"clipbench/data"
	"clipbench/workbench/checkpoint"
	"clipbench/workbench/runlog"
	"clipbench/workbench/train"

	"github.com/gomlx/gomlx/core/tensors"
)

// badSteps in a row, with NaN or infinity in loss or gradient, end a run.
const badSteps = 20

// Summary is what a training run came to.
type Summary struct {
	Run            string             `json:"run"`
	State          runlog.State       `json:"state"` // finished or stopped
	Step           int                `json:"step"`
	Samples        int                `json:"samples"`
	Seconds        float64            `json:"seconds"` // of this process
	PairsPerSecond float64            `json:"pairs_per_s"`
	Wait           float64            `json:"wait"` // share of the time spent waiting for data
	Metrics        map[string]float64 `json:"metrics"`
	Checkpoint     string             `json:"checkpoint"`
	Skipped        int                `json:"skipped"` // broken samples
}

// session is one process' part in training a run.
type session struct {
	*Run
	log        *runlog.Writer
	step       *train.Step
	loader     *data.Loader
	validation []data.Source
	saver      *checkpoint.Saver
	watch      *watch
	bar        *bar
	done       int // steps
	total      int
	samples    int
	epoch      float64
	perEpoch   int
	skipped    int
	bad        int // steps in a row that were not finite
	latest     map[string]float64
	written    string
	limit      time.Duration // trainer.max_time
}

// Train trains the run to its end or until ctx is cancelled, and then saves a checkpoint and says so. It goes on where the
// run's newest checkpoint ends. Progress goes to out.
func (r *Run) Train(ctx context.Context, out io.Writer) (summary Summary, err error) {
	s, err := r.session(out)
	if err != nil {
		return Summary{}, err
	}
	defer func() {
		err = errors.Join(err, s.end(err))
		summary = s.summary(err)
	}()
	for batch, err := range s.loader.Batches(ctx, s.samples) {
		if ctx.Err() != nil || s.done >= s.total {
			break
		}
		if err != nil {
			return summary, err
		}
		if err := s.learn(batch); err != nil {
			return summary, err
		}
		if err := s.settle(ctx); err != nil {
			return summary, err
		}
		if s.done >= s.total || s.watch.over(s.limit) {
			break
		}
	}
	return summary, s.save()
}

// session opens everything that training needs; nothing is written before all of it is there.
func (r *Run) session(out io.Writer) (*session, error) {
	s := &session{Run: r, done: r.meta.Step, samples: r.meta.Samples, latest: map[string]float64{}}
	c := &r.Config.Model
	sources, err := openDataset(&c.Data, &c.Data.Train)
	if err != nil {
		return nil, err
	}
	if len(sources) == 0 {
		return nil, errors.New("model.data.train.dataset_path: no training data is named; give tar shards, a folder, a csv or emoji:train")
	}
	if s.validation, err = openDataset(&c.Data, &c.Data.Validation); err != nil {
		return nil, err
	}
	if s.loader, err = r.trainingLoader(data.Concat("training data", sources...)); err != nil {
		return nil, err
	}
	s.perEpoch = s.loader.BatchesPerEpoch(0)
	if s.total, err = totalSteps(&r.Config.Trainer, s.perEpoch); err != nil {
		return nil, err
	}
	if s.step, err = train.NewStep(r.Device.Backend, r.Config, r.clip, r.store, s.total); err != nil {
		return nil, err
	}
	if s.limit, err = r.Config.Trainer.MaxDuration(); err != nil {
		return nil, err
	}
	if err := s.open(); err != nil {
		return nil, err
	}
	s.watch = newWatch(s.done, s.loader)
	s.bar = newBar(out, r.Name, s.done, s.total)
	s.bar.say("%s · %s · %d of %d steps done", r.Dir, r.Device, s.done, s.total)
	return s, nil
}

// open takes the run's folder for this process.
func (s *session) open() (err error) {
	info := runlog.Info{Backend: s.Device.Name, Commit: gitCommit(), Versions: versions()}
	if s.fresh {
		yaml := s.Config.YAML()
		s.log, err = runlog.Create(filepath.Dir(s.Dir), s.Name, info, yaml)
	} else {
		s.log, err = runlog.Append(filepath.Dir(s.Dir), s.Name, s.done, info)
	}
	if err != nil {
		return err
	}
	s.fresh = false
	s.tell(s.log.Log)
	s.log.Log(slog.LevelInfo, "%s; %d of %d steps done", s.Device, s.done, s.total)
	k := &s.Config.ExpManager.Checkpoint
	retention := checkpoint.Retention{Keep: k.SaveTopK, Monitor: k.Monitor, Mode: k.Mode}
	s.saver = checkpoint.NewSaver(filepath.Join(s.Dir, "checkpoints"), retention, func(path string) {
		s.log.Log(slog.LevelInfo, "checkpoint %s", path)
	})
	return s.checkIn(runlog.Running, "compiling")
}

// learn does one step on a batch.
func (s *session) learn(b *data.Batch) error {
	for _, broken := range b.Skipped {
		s.skipped++
		s.log.Log(slog.LevelWarn, "skipped (%d so far): %v", s.skipped, broken)
	}
	v, length := &s.Config.Model.Vision, s.Config.Model.Text.EncoderSeqLength
	metrics, err := s.step.Run(train.Batch{
		Images:   tensors.FromFlatDataAndDimensions(b.Images, b.Count, v.ImgH, v.ImgW, v.NumChannels),
		Tokens:   tensors.FromFlatDataAndDimensions(b.Tokens, b.Count, length),
		Concepts: tensors.FromFlatDataAndDimensions(b.Concepts, b.Count),
	})
	if err != nil {
		return err
	}
	s.done++
	s.samples = b.Start + b.Count
	s.epoch = float64(b.Epoch) + float64(s.done%s.perEpoch)/float64(s.perEpoch)
	s.watch.step(b.Count)
	return s.record(metrics, b)
}

// record keeps a step's metrics, and stops a run that computes nothing but NaN.
func (s *session) record(m train.Metrics, b *data.Batch) error {
	s.bad++
	if m.Finite {
		s.bad = 0
	} else {
		s.log.Log(slog.LevelError, "loss %g, gradient norm %g: the step was not applied; its samples: %v", m.Loss, m.GradNorm, b.Keys)
	}
	s.bar.show(s.done, m.Loss, s.watch)
	if s.bad >= badSteps {
		return fmt.Errorf("%s: loss or gradient was not finite for %d steps; the last good checkpoint is kept; lower model.optim.lr or raise trainer.gradient_clip_val", s.Dir, s.bad)
	}
	if s.done%s.Config.Trainer.LogEveryNSteps != 0 && s.done != s.total && m.Finite {
		return nil
	}
	speed, wait := s.watch.speed()
	values := map[string]float64{"loss": m.Loss, "grad_norm": m.GradNorm, "lr": m.LearningRate, "logit_scale": m.LogitScale, "pairs_per_s": speed, "wait": wait}
	maps.Copy(s.latest, values)
	if err := s.write(values); err != nil {
		return err
	}
	return s.checkIn(runlog.Running, "")
}

// settle does what is due between steps: validation and a checkpoint.
func (s *session) settle(ctx context.Context) error {
	interval, every := s.Config.Trainer.ValCheckInterval, s.Config.ExpManager.Checkpoint.EveryNTrainSteps
	validated := interval > 0 && (s.done%interval == 0 || s.done == s.total) && len(s.validation) > 0
	if validated {
		if err := s.validate(ctx); err != nil {
			return err
		}
	}
	if s.done == s.total || (every > 0 && s.done%every == 0) || (every == 0 && validated) || s.watch.due(s.Config.ExpManager.Checkpoint.TrainTimeIntervalMin) {
		return s.save()
	}
	return nil
}

// validate measures zero-shot accuracy on each validation source.
func (s *session) validate(ctx context.Context) error {
	values, sum := map[string]float64{}, 0.0
	defer s.watch.pause()()
	for _, source := range s.validation {
		hits, err := s.ZeroShot(ctx, source)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("validation on %s: %w", source.Name(), err)
		}
		values["val/"+source.Name()+"_top1"], values["val/"+source.Name()+"_top5"] = hits.Top1, hits.Top5
		sum += hits.Top1
	}
	values["val_top1"] = sum / float64(len(s.validation))
	for name, value := range values {
		s.latest[name] = value
	}
	s.bar.say("step %d  %s", s.done, list(values))
	return s.write(values)
}

func (s *session) write(values map[string]float64) error {
	return s.log.Scalars(runlog.Step{Step: s.done, Samples: s.samples, Epoch: s.epoch}, values)
}

// save begins to write a checkpoint, unless the newest holds this very step.
func (s *session) save() error {
	if s.meta.Step == s.done {
		return nil
	}
	snapshot, err := checkpoint.Capture(s.store)
	if err != nil {
		return err
	}
	s.meta = checkpoint.Meta{
		Step: s.done, Samples: s.samples, Epoch: s.epoch, Metrics: copyOf(s.latest), Backend: s.Device.Name,
		Tokenizer: checkpoint.Tokenizer{Name: vocabularyName(s.Config)}, Preprocess: s.preprocess(),
	}
	snapshot.Meta, snapshot.Config = s.meta, s.Config.YAML()
	if snapshot.Tokenizer.File, snapshot.Vocabulary, err = vocabularyFile(s.Config); err != nil {
		return err
	}
	s.watch.saved()
	s.written = filepath.Join(s.Dir, "checkpoints", fmt.Sprint(s.done))
	return s.saver.Save(snapshot)
}

// end waits for the last checkpoint and leaves the folder in an honest state.
func (s *session) end(failure error) error {
	err := s.saver.Close()
	s.bar.close()
	status := runlog.Status{State: runlog.Finished, Step: s.done, Total: s.total}
	switch {
	case failure != nil:
		status.State, status.Message = runlog.Failed, failure.Error()
		s.log.Log(slog.LevelError, "%v", failure)
	case s.done < s.total:
		status.State, status.Message = runlog.Stopped, fmt.Sprintf("stopped at step %d of %d; the same command goes on from there", s.done, s.total)
		s.bar.say("%s: %s", s.Dir, status.Message)
	}
	return errors.Join(err, s.log.Close(status))
}

func (s *session) checkIn(state runlog.State, message string) error {
	return s.log.Status(runlog.Status{State: state, Step: s.done, Total: s.total, Message: message, Next: s.watch.nextCheckIn(s.Config.Trainer.LogEveryNSteps)})
}

func (s *session) summary(err error) Summary {
	sum := Summary{
		Run: s.Name, State: runlog.Finished, Step: s.done, Samples: s.samples, Seconds: time.Since(s.watch.start).Seconds(),
		Metrics: s.latest, Checkpoint: s.written, Skipped: s.skipped,
	}
	sum.PairsPerSecond, sum.Wait = s.watch.overall()
	switch {
	case err != nil:
		sum.State = runlog.Failed
	case s.done < s.total:
		sum.State = runlog.Stopped
	}
	return sum
}

func versions() map[string]string {
	v := map[string]string{"go": runtime.Version()}
	for _, module := range []string{"github.com/gomlx/gomlx", "github.com/gomlx/go-xla"} {
		if version := moduleVersion(module); version != "" {
			v[filepath.Base(module)] = version
		}
	}
	return v
}
