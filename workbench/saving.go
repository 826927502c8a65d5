package workbench

import (
	"cmp"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"clipbench/workbench/checkpoint"
	"clipbench/workbench/parallel"
)

// checkMonitor refuses to rank checkpoints by a metric that the run will not have.
func (t *training) checkMonitor() error {
	k := &t.Config.ExpManager
	if !k.CreateCheckpointCallback {
		t.Notices = append(t.Notices, "exp_manager.create_checkpoint_callback is false: no checkpoint is written, and what is learned is lost when this process ends")
		return nil
	}
	names := slices.Concat(trainingMetrics, t.validationMetrics())
	switch monitor := k.Checkpoint.Monitor; {
	case slices.Contains(names, monitor):
	case len(t.validation) == 0 && strings.HasPrefix(monitor, "val"):
		t.Notices = append(t.Notices, fmt.Sprintf("there is no validation data, so no %s: the newest checkpoints are kept, not the best", monitor))
	default:
		return fmt.Errorf("exp_manager.checkpoint_callback_params.monitor=%s: the run has no such metric; it has %s", monitor, strings.Join(names, ", "))
	}
	return nil
}

// openSaver prepares the writing of checkpoints.
func (t *training) openSaver() {
	k := &t.Config.ExpManager.Checkpoint
	t.saver = &checkpoint.Saver{
		Root:      filepath.Join(t.Dir, "checkpoints"),
		Retention: checkpoint.Retention{Keep: k.SaveTopK, Monitor: k.Monitor, Mode: k.Mode},
		Before:    t.log.Sync, // no checkpoint without the metrics up to its step
		Written: func(path string, meta checkpoint.Meta) {
			t.written, t.meta = path, meta
			t.log.Log(slog.LevelInfo, "checkpoint %s", path)
		},
	}
	if t.meta.Step > 0 {
		t.written = filepath.Join(t.saver.Root, fmt.Sprint(t.meta.Step))
	}
}

// unsaved tells that the newest checkpoint has not all that is known. It may be asked when nothing is being written.
func (t *training) unsaved() bool {
	return t.place.step != t.meta.Step || t.place.validated != t.meta.Validated
}

// saveDue tells that a checkpoint is due by steps, by the clock or, when no number of steps is given, with each
// validation. None is written after a step with NaN or infinity: by the clock it is due again at the next finite step, by
// steps when their number comes round.
func (t *training) saveDue() bool {
	k := &t.Config.ExpManager.Checkpoint
	every := k.EveryNTrainSteps
	if every == 0 && k.TrainTimeIntervalMin == 0 {
		every = t.Config.Trainer.ValCheckInterval
	}
	due := t.place.step == t.total || every > 0 && t.place.step%every == 0 || t.watch.due(k.TrainTimeIntervalMin)
	return due && t.nonfinite == 0
}

// save begins to write a checkpoint, unless the newest has it all. Training waits for the writing of the one before, whose
// error comes back, and for the copy of the state.
func (t *training) save() error {
	if !t.Config.ExpManager.CreateCheckpointCallback {
		return nil
	}
	failure := t.saver.Wait()
	if !t.unsaved() {
		return failure
	}
	snapshot, err := t.snapshot()
	if err != nil {
		return cmp.Or(failure, err)
	}
	t.watch.saved = time.Now()
	return cmp.Or(failure, t.saver.Save(snapshot))
}

// snapshot is all that a checkpoint of this moment holds.
func (t *training) snapshot() (checkpoint.Snapshot, error) {
	snapshot, err := checkpoint.Capture(t.store)
	if err != nil {
		return snapshot, err
	}
	p := &t.place
	snapshot.Meta = checkpoint.Meta{
		Step: p.step, Samples: p.samples, Epoch: p.epoch, Validated: p.validated, Metrics: maps.Clone(p.latest),
		Trained: t.watch.trained().Seconds(), Data: t.data, Validation: t.judges, Backend: t.Device.Name, Mesh: parallel.NewPlan(t.Config).String(),
		Preprocess: checkpoint.PreprocessOf(&t.Config.Model),
	}
	snapshot.Label = checkpoint.Label(t.Config.ExpManager.Checkpoint.Filename, snapshot.Meta)
	snapshot.Config = t.Config.YAML()
	snapshot.Tokenizer, snapshot.Vocabulary = t.words.Tokenizer, t.words.content
	return snapshot, nil
}
