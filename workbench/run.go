package workbench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"clipbench/workbench/checkpoint"
	"clipbench/workbench/config"
)

// Run is an experiment with a folder: a model, and the record of how it came to be.
type Run struct {
	*Model
	Name string
	Dir  string

	options Options
	fresh   bool     // the folder does not exist yet
	notices []string // what opening it found worth saying
}

// Open finds the run of that name and its newest checkpoint. One that does not exist yet starts from o.Config, and its
// folder is made when training begins. Nothing is remembered between processes but what is on disk.
func Open(name string, o Options) (*Run, error) {
	if name == "" || name != filepath.Base(name) || name[0] == '.' {
		return nil, fmt.Errorf("%q is no name for a run; use letters, digits, - and _", name)
	}
	r := &Run{Name: name, Dir: filepath.Join(runsRoot(o), name), options: o}
	saved, err := os.ReadFile(filepath.Join(r.Dir, "config.yaml"))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return r.begin()
	case err != nil:
		return nil, fmt.Errorf("%s: its configuration cannot be read: %w", r.Dir, err)
	}
	if o.Resume == ResumeNever {
		return nil, fmt.Errorf("%s: the run exists; use another --run, or --resume auto to go on with it", r.Dir)
	}
	return r.reopen(saved)
}

// begin opens a run that has no folder yet.
func (r *Run) begin() (*Run, error) {
	if r.options.Config == nil {
		return nil, fmt.Errorf("%s: no such run; train it first, or give a configuration", r.Dir)
	}
	r.fresh = true
	var err error
	r.Model, err = newModel(r.options.Config, r.options.Backend)
	if err != nil {
		return nil, err
	}
	return r, r.startFrom(r.Config.Model.RestoreFromPath)
}

// reopen opens a run's folder: its configuration, and the newest checkpoint that is whole.
func (r *Run) reopen(saved []byte) (*Run, error) {
	cfg, err := config.LoadBytes(filepath.Join(r.Dir, "config.yaml"), saved)
	if err != nil {
		return nil, err
	}
	if r.options.Config != nil {
		if err := r.sameExperiment(cfg, r.options.Config); err != nil {
			return nil, err
		}
		cfg = r.options.Config
	}
	if r.Model, err = newModel(cfg, r.options.Backend); err != nil {
		return nil, err
	}
	newest, skipped, err := checkpoint.Newest(filepath.Join(r.Dir, "checkpoints"))
	for _, damaged := range skipped {
		r.notices = append(r.notices, fmt.Sprintf("%v; the one before it is used", damaged))
	}
	if errors.Is(err, os.ErrNotExist) {
		return r, r.startFrom(cfg.Model.RestoreFromPath)
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = newest.Close() }()
	return r, r.restore(newest)
}

// startFrom takes the weights of a checkpoint before the first step.
func (r *Run) startFrom(path *string) error {
	if path == nil {
		return nil
	}
	from, err := OpenModel(*path, r.options)
	if err != nil {
		return fmt.Errorf("restore_from_path: %w", err)
	}
	defer from.Close()
	return r.takeWeights(from)
}

// Steps is how many training steps are in the weights.
func (r *Run) Steps() int { return r.meta.Step }

// tell says what opening found, in the run's log.
func (r *Run) tell(log func(slog.Level, string, ...any)) {
	for _, n := range r.notices {
		log(slog.LevelWarn, "%s", n)
	}
	r.notices = nil
}

// free are the keys that a run may change when it goes on: they alter neither the weights nor what is learned from.
var free = map[string]bool{
	"trainer.log_every_n_steps": true, "trainer.limit_val_batches": true, "trainer.limit_test_batches": true,
	"trainer.val_check_interval": true, "trainer.max_time": true, "trainer.accelerator": true, "model.data.num_workers": true,
	"model.data.cache": true, "exp_manager.exp_dir": true, "exp_manager.checkpoint_callback_params.save_top_k": true,
	"exp_manager.checkpoint_callback_params.every_n_train_steps": true, "exp_manager.checkpoint_callback_params.train_time_interval": true,
}

// sameExperiment refuses a configuration that would make of the run's rest another experiment than its beginning.
func (r *Run) sameExperiment(before, now *config.Config) error {
	for _, change := range config.Diff(before, now) {
		if !free[change.Key] {
			return fmt.Errorf("%s: its configuration differs in %s (%s, now %s); use another --run, or --resume never", r.Dir, change.Key, change.Old, change.New)
		}
	}
	return nil
}

// Interruptible is a context that ends at ctrl-C or SIGTERM; a second one ends the process.
func Interruptible() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
