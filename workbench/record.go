package workbench

import (
	"fmt"
	"log/slog"
	"maps"

	"clipbench/data"
	"clipbench/workbench/checkpoint"
	"clipbench/workbench/runlog"
	"clipbench/workbench/train"
)

// record keeps a step's metrics, and stops a run that computes nothing but NaN.
func (t *training) record(m train.Metrics, b *data.Batch) error {
	t.progress.Step(t.moment(m.Loss))
	if !m.Finite || t.place.step%t.Config.Trainer.LogEveryNSteps == 0 || t.place.step == t.total {
		if err := t.write(t.metrics(m)); err != nil {
			return err
		}
		if err := t.checkIn(""); err != nil {
			return err
		}
	}
	return t.countNonfinite(m, b)
}

// metrics are a step's numbers by their names in metrics.jsonl.
func (t *training) metrics(m train.Metrics) map[string]float64 {
	values := map[string]float64{"loss": m.Loss, "grad_norm": m.GradNorm, "lr": m.LearningRate, "logit_scale": m.LogitScale}
	if m.LossScale > 0 {
		values["loss_scale"] = m.LossScale
	}
	if speed, wait := t.watch.lately(); speed > 0 {
		values["pairs_per_s"], values["wait"] = speed, wait
	}
	return values
}

// countNonfinite counts steps that were not applied, and ends the run when there are too many with no finite one between.
// An overflow of the loss scale is how the scale is found: it neither counts nor ends the count.
func (t *training) countNonfinite(m train.Metrics, b *data.Batch) error {
	if m.Finite {
		t.nonfinite = 0
		return nil
	}
	if m.Overflow() {
		t.log.Log(slog.LevelInfo, "the gradient overflowed at a loss scale of %g: the step was not applied", m.LossScale)
		return nil
	}
	t.nonfinite++
	t.log.Log(slog.LevelError, "loss %g, gradient norm %g: the step was not applied; its samples: %v", m.Loss, m.GradNorm, b.Keys)
	if t.nonfinite < t.Config.Trainer.MaxNonfiniteSteps {
		return nil
	}
	if err := t.saver.Wait(); err != nil {
		t.log.Log(slog.LevelError, "%v", err) // the run ends with another
	}
	good := "there is no checkpoint yet"
	if t.meta.Step > 0 {
		good = fmt.Sprintf("the checkpoint of step %d is kept", t.meta.Step)
	}
	return fmt.Errorf("%s: loss or gradient was not finite for %d steps up to step %d (trainer.max_nonfinite_steps); %s; start another run with a lower model.optim.lr or trainer.gradient_clip_val",
		t.Dir, t.nonfinite, t.place.step, good)
}

// moment is where training stands.
func (t *training) moment(loss float64) Moment {
	all := t.watch.overall()
	speed, wait := all.speed()
	return Moment{
		Run: t.Name, First: t.first, Step: t.place.step, Total: t.total, Loss: loss,
		PairsPerSecond: speed, Wait: wait, Left: all.of(t.total - t.place.step),
	}
}

// write appends a line of metrics.
func (t *training) write(values map[string]float64) error {
	maps.Copy(t.place.latest, values)
	err := t.log.Scalars(runlog.Step{Step: t.place.step, Samples: t.place.samples, Epoch: t.place.epoch}, values)
	if err == nil {
		t.progress.Metrics(t.place.step, values)
	}
	return err
}

// tell says something in the log and to whoever watches.
func (t *training) tell(level slog.Level, text string) {
	t.log.Log(level, "%s", text)
	t.progress.Say(text)
}

func (t *training) checkIn(message string) error {
	return t.log.Status(runlog.Status{
		State: runlog.Running, Step: t.place.step, Total: t.total, Message: message,
		Next: t.watch.nextCheckIn(t.Config.Trainer.LogEveryNSteps),
	})
}

// end waits for the last checkpoint and leaves the folder in an honest state. Of several errors the first is told: on a
// full disk all of them say the same.
func (t *training) end(failure error) error {
	t.machine.stop()
	if err := t.saver.Close(); failure == nil {
		failure = err
	}
	t.newest, t.place.trained = t.newestOnDisk(), t.watch.trained()
	status := runlog.Status{State: runlog.Finished, Step: t.place.step, Total: t.total}
	switch {
	case failure != nil:
		status.State, status.Message = runlog.Failed, failure.Error()
		t.log.Log(slog.LevelError, "%v", failure)
	case t.place.step < t.total:
		status.State, status.Message = runlog.Stopped, fmt.Sprintf("stopped at step %d of %d; %s", t.place.step, t.total, t.wayOn())
		t.tell(slog.LevelInfo, t.Dir+": "+status.Message)
	}
	t.progress.Close()
	if err := t.log.Close(status); failure == nil {
		failure = err
	}
	return failure
}

// wayOn says how a stopped run goes on.
func (t *training) wayOn() string {
	switch {
	case t.written == "":
		return "no checkpoint was written, so training it again begins anew"
	case t.watch.over(t.limit):
		return fmt.Sprintf("it was trained for trainer.max_time=%s; raise that to go on", t.Config.Trainer.MaxTime)
	}
	return "train it again to go on from there"
}

// Summary is what a training process came to.
type Summary struct {
	Run            string             `json:"run"`
	State          runlog.State       `json:"state"` // finished, stopped or failed
	Step           int                `json:"step"`
	Samples        int                `json:"samples"`
	RunSeconds     float64            `json:"run_seconds"` // in training, by all of the run's processes: what trainer.max_time bounds
	Seconds        float64            `json:"seconds"`     // of these, in this process, compiling and validating included
	PairsPerSecond float64            `json:"pairs_per_s"` // of this process, without compiling and validating
	Wait           float64            `json:"wait"`        // share of that time spent waiting for data
	Metrics        checkpoint.Metrics `json:"metrics"`
	Checkpoint     string             `json:"checkpoint"` // the newest; empty: none
	Skipped        int                `json:"skipped"`    // broken samples
}

func (t *training) summary(err error) Summary {
	s := Summary{
		Run: t.Name, State: runlog.Finished, Step: t.place.step, Samples: t.place.samples,
		RunSeconds: t.place.trained.Seconds(), Seconds: (t.place.trained - t.watch.before).Seconds(),
		Metrics: maps.Clone(t.place.latest), Checkpoint: t.written, Skipped: t.skipped,
	}
	s.PairsPerSecond, s.Wait = t.watch.overall().speed()
	switch {
	case err != nil:
		s.State = runlog.Failed
	case t.place.step < t.total:
		s.State = runlog.Stopped
	}
	return s
}
