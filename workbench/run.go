package workbench

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"clipbench/workbench/checkpoint"
	"clipbench/workbench/config"
	"clipbench/workbench/train"
)

// Run is an experiment with a folder: a model, and the record of how it came to be.
type Run struct {
	*Model
	Name string
	Dir  string

	options      Options
	place        place
	first        int         // the step that opening it found
	newest       string      // the newest checkpoint on disk, damaged or not, when this process last looked
	fresh        bool        // the folder does not exist yet
	moved        []string    // what to tell of data that lies elsewhere than it did, once it is found to be the same
	trainingStep *train.Step // compiled once, whoever trains
}

// Open finds the run of that name and its newest checkpoint. One that does not exist yet starts from o.Config, and its
// folder is made when training begins; a name left out is the configuration's. Nothing is remembered between processes but
// what is on disk.
func Open(name string, o Options) (*Run, error) {
	dir, err := Dir(name, o)
	if err != nil {
		return nil, err
	}
	r := &Run{Name: filepath.Base(dir), Dir: dir, options: o, place: place{latest: checkpoint.Metrics{}}}
	saved, err := os.ReadFile(filepath.Join(r.Dir, "config.yaml"))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return r.begin()
	case err != nil:
		return nil, fmt.Errorf("%s: its configuration cannot be read: %w", r.Dir, err)
	case o.Resume == ResumeNever:
		return nil, fmt.Errorf("%s: the run exists; use another --run, or --resume auto to go on with it", r.Dir)
	case o.Config != nil && !o.Config.ExpManager.ResumeIfExists:
		return nil, fmt.Errorf("%s: the run exists, and exp_manager.resume_if_exists is false; use another --run, or set it to true to go on with it", r.Dir)
	}
	return r.reopen(saved)
}

// Dir is the folder that Open looks in, and training makes, for a run of that name.
func Dir(name string, o Options) (string, error) {
	name, err := nameOf(name, o.Config)
	return filepath.Join(runsRoot(o), name), err
}

// nameOf is a run's name: the one given, or exp_manager's explicit_log_dir or name, or the configuration's.
func nameOf(name string, cfg *config.Config) (string, error) {
	if cfg != nil {
		m := &cfg.ExpManager
		switch {
		case m.ExplicitLogDir != nil && name != "" && name != filepath.Base(*m.ExplicitLogDir):
			return "", fmt.Errorf("exp_manager.explicit_log_dir=%s: it names the run's folder, and the run is called %s; leave out one of them", *m.ExplicitLogDir, name)
		case name != "":
		case m.ExplicitLogDir != nil:
			name = filepath.Base(*m.ExplicitLogDir)
		case m.Name != nil:
			name = *m.Name
		default:
			name = cfg.Name
		}
	}
	if name == "" || name != filepath.Base(name) || name[0] == '.' {
		return "", fmt.Errorf("%q is no name for a run; use letters, digits, - and _", name)
	}
	return name, nil
}

// begin opens a run that has no folder yet.
func (r *Run) begin() (*Run, error) {
	if r.options.Config == nil {
		return nil, fmt.Errorf("%s: no such run; train it first, or give a configuration", r.Dir)
	}
	r.fresh = true
	var err error
	r.Model, err = newModel(r.options.Config, vocabularyName(r.options.Config), r.options.Backend)
	if err != nil {
		return nil, err
	}
	return r, r.startFrom(r.Config.Model.RestoreFromPath)
}

// reopen opens a run's folder: its configuration, and the newest checkpoint that is whole.
func (r *Run) reopen(saved []byte) (*Run, error) {
	r.newest = r.newestOnDisk()
	path := filepath.Join(r.Dir, "config.yaml")
	if len(saved) == 0 {
		return nil, r.withoutConfiguration(path)
	}
	cfg, err := config.LoadBytes(path, saved)
	if err != nil {
		return nil, err
	}
	newest, skipped, err := checkpoint.Newest(filepath.Join(r.Dir, "checkpoints"))
	if none := errors.Is(err, os.ErrNotExist) && len(skipped) == 0; err != nil && !none {
		return nil, err
	}
	if newest != nil {
		defer func() { _ = newest.Close() }()
	}
	var notices []string
	if r.options.Config != nil {
		if notices, err = r.sameExperiment(cfg, r.options.Config, newest); err != nil {
			return nil, err
		}
		cfg = r.options.Config
	}
	if r.Model, err = newModel(cfg, vocabularyOf(cfg, newest), r.options.Backend); err != nil {
		return nil, err
	}
	r.Notices = append(notices, messages(skipped)...)
	if newest == nil {
		return r, r.startFrom(cfg.Model.RestoreFromPath)
	}
	return r, r.goOn(newest)
}

// goOn takes the state of a checkpoint, and the place at which it was saved.
func (r *Run) goOn(saved *checkpoint.Saved) error {
	m := saved.Meta
	r.first = m.Step
	r.place = place{step: m.Step, samples: m.Samples, epoch: m.Epoch, validated: m.Validated, latest: checkpoint.Metrics{}, trained: time.Duration(m.Trained * float64(time.Second))}
	maps.Copy(r.place.latest, m.Metrics)
	r.words.Name = m.Tokenizer.Name
	if m.Backend != "" && m.Backend != r.Device.Name {
		r.Notices = append(r.Notices, fmt.Sprintf("%s: it goes on on %s and was trained on %s: equal up to rounding, not to the bit", r.Dir, r.Device.Name, m.Backend))
	}
	return r.restore(saved)
}

// startFrom takes the weights of a model before the first step. Positions are resampled to the configuration's image size
// and text length; whatever else differs is refused.
func (r *Run) startFrom(path *string) error {
	if m := &r.Config.ExpManager; m.ResumeIfExists && !m.ResumeIgnoreNoCheckpoint {
		return fmt.Errorf("%s: there is no checkpoint to go on from, and exp_manager.resume_ignore_no_checkpoint is false; set it to true to begin anew", r.Dir)
	}
	if path == nil {
		return nil
	}
	from, err := ReadModel(*path, r.options)
	if err != nil {
		return fmt.Errorf("model.restore_from_path: %w", err)
	}
	wanted := r.Config.Model
	if wanted.Text.VocabSize == 0 {
		wanted.Text.VocabSize = r.clip.VocabSize()
	}
	if err := from.Fit(&wanted); err != nil {
		return fmt.Errorf("model.restore_from_path: %w", err)
	}
	r.Notices = append(r.Notices, from.Notices...)
	if own, theirs := checkpoint.PreprocessOf(&wanted), from.Preprocess(); !slices.Equal(own.Mean, theirs.Mean) || !slices.Equal(own.Std, theirs.Std) {
		r.Notices = append(r.Notices, fmt.Sprintf("%s was trained on pictures normalised by mean %v and deviation %v; this run's are by %v and %v (model.vision.image_mean, image_std)",
			*path, theirs.Mean, theirs.Std, own.Mean, own.Std))
	}
	if err := r.take(from); err != nil {
		return fmt.Errorf("model.restore_from_path: %w", err)
	}
	return nil
}

// Steps is how many training steps are in the weights.
func (r *Run) Steps() int { return r.place.step }

// Interruptible is a context that ends at ctrl-C or SIGTERM; a second one ends the process.
func Interruptible() (context.Context, context.CancelFunc) {
	return interruptible(context.Background())
}

func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
