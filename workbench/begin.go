package workbench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"

	"clipbench/data"
	"clipbench/workbench/config"
	"clipbench/workbench/parallel"
	"clipbench/workbench/runlog"
	"clipbench/workbench/train"
)

// beginTraining opens everything that training up to the step last needs; nothing is written before all of it is there.
func (r *Run) beginTraining(ctx context.Context, last int) (*training, error) {
	t := &training{Run: r, progress: r.progress()}
	if _, err := parallel.NewMesh(t.Config, t.Device.Backend.NumDevices()); err != nil {
		return nil, err // before the data is found too little for as many devices
	}
	if err := t.openData(); err != nil {
		return nil, err
	}
	if err := t.openStep(); err != nil {
		return nil, err
	}
	if t.last = t.total; last >= 0 {
		t.last = min(last, t.total)
	}
	if err := t.checkMonitor(); err != nil {
		return nil, err
	}
	t.watch = newStopwatch(t.loader, t.place.trained)
	if err := t.openFolder(); err != nil {
		return nil, err
	}
	t.machine = watchMachine(ctx, t.log)
	t.progress.Say(fmt.Sprintf("%s · %s · %d of %d steps done", t.Dir, t.Device, t.place.step, t.total))
	return t, nil
}

// openData opens the pairs to train and to validate on.
func (t *training) openData() error {
	c := &t.Config.Model.Data
	sources, err := openDataset(c, &c.Train)
	if err != nil {
		return err
	}
	if len(sources) == 0 {
		return errors.New("model.data.train.dataset_path: no training data is named; give tar shards, a folder, a csv or emoji:train")
	}
	validation, err := openDataset(c, &c.Validation)
	if err != nil {
		return err
	}
	t.data, t.judges = sourcesOf(sources), sourcesOf(validation)
	if err := t.knownData(); err != nil {
		return err
	}
	pairs := sources[0]
	if len(sources) > 1 {
		pairs = data.Concat("training data", sources...)
	}
	if t.loader, err = t.trainingLoader(pairs); err != nil {
		return err
	}
	for _, source := range validation {
		if n := min(source.Len(), t.Config.Trainer.LimitValBatches*t.Config.Model.GlobalBatchSize); n > 0 {
			t.validation = append(t.validation, Head(source, n))
		}
	}
	return t.loader.Check(t.place.samples)
}

// openStep prepares the training step, once for all that this process trains.
func (t *training) openStep() (err error) {
	if t.total, err = totalSteps(&t.Config.Trainer, t.loader.BatchesPerEpoch(0)); err != nil {
		return err
	}
	if t.limit, err = t.Config.Trainer.MaxDuration(); err != nil {
		return err
	}
	if t.trainingStep == nil {
		if t.trainingStep, err = train.NewStep(t.Device.Backend, t.Config, t.clip, t.store, t.total); err != nil {
			return err
		}
		t.spread(t.trainingStep.Mesh())
		t.tellWarmUp()
	}
	t.step = t.trainingStep
	return nil
}

// totalSteps is how many steps the trainer's bounds come to.
func totalSteps(t *config.Trainer, perEpoch int) (int, error) {
	total := t.MaxSteps
	if t.MaxEpochs > 0 && (total < 0 || t.MaxEpochs*perEpoch < total) {
		total = t.MaxEpochs * perEpoch
	}
	if total <= 0 {
		return 0, errors.New("trainer.max_steps and trainer.max_epochs: neither bounds the run, and the learning rate's course depends on its length; set one of them")
	}
	return total, nil
}

// tellWarmUp tells, as NeMo and open_clip do not, of a warm-up that outlasts the run: short trials of a long recipe have
// one, and train at a small part of the rate.
func (t *training) tellWarmUp() {
	if o := &t.Config.Model.Optim; o.Sched.WarmupSteps >= t.total {
		t.Notices = append(t.Notices, fmt.Sprintf("model.optim.sched.warmup_steps=%d: the run has %d steps, so the learning rate only rises, and ends at %.3g of %g; lower it unless this is meant",
			o.Sched.WarmupSteps, t.total, o.LR*float64(t.total)/float64(o.Sched.WarmupSteps+1), o.LR))
	}
}

// openFolder takes the run's folder for this process.
func (t *training) openFolder() (err error) {
	root := filepath.Dir(t.Dir)
	info := runlog.Info{Backend: t.Device.Name, Commit: gitCommit(), Versions: versions(), Data: map[string]int{}}
	for _, source := range t.data {
		info.Data[source.Name] += source.Pairs
	}
	if t.fresh {
		t.log, err = runlog.Create(root, t.Name, info, t.Config.YAML())
	} else {
		t.log, err = runlog.Append(root, t.Name, t.place.step, info, t.checkUntouched)
	}
	if err != nil {
		return err
	}
	t.fresh = false
	for _, n := range t.Notices {
		t.tell(slog.LevelWarn, n)
	}
	t.Notices = nil
	t.log.Log(slog.LevelInfo, "%s; %s; %d of %d steps done", t.Device, parallel.NewPlan(t.Config), t.place.step, t.total)
	if why := t.clip.FlashFallback(t.Device.Backend, train.ComputeDType(t.Config.Trainer.Precision), parallel.NewPlan(t.Config).Devices()); why != nil {
		t.tell(slog.LevelInfo, fmt.Sprintf("use_flash_attention: cuDNN's kernel cannot be had (%v); attention is computed exactly, in chunks of the keys", why))
	}
	if short := t.shortage(); short != "" {
		t.tell(slog.LevelWarn, short)
	}
	t.openSaver()
	if err := t.checkIn("compiling"); err != nil {
		return errors.Join(err, t.log.Close(runlog.Status{State: runlog.Failed, Step: t.place.step, Total: t.total, Message: err.Error()}))
	}
	return nil
}

// versions are of what the numbers depend on.
func versions() map[string]string {
	v := map[string]string{"go": runtime.Version()}
	for _, module := range []string{"github.com/gomlx/gomlx", "github.com/gomlx/go-xla"} {
		if version := moduleVersion(module); version != "" {
			v[filepath.Base(module)] = version
		}
	}
	return v
}
