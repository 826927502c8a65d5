package workbench

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"clipbench/data"
	"clipbench/workbench/checkpoint"
	"clipbench/workbench/config"
)

// free are the keys that a run may change when it goes on: they alter neither the weights nor what is learned from.
var free = regexp.MustCompile(`^(trainer\.(log_every_n_steps|limit_val_batches|val_check_interval|max_time|max_nonfinite_steps|accelerator)` +
	`|model\.data\.(num_workers|cache)|exp_manager\..*)$`)

// length are the keys that bound a run in steps.
var length = regexp.MustCompile(`^trainer\.(max_steps|max_epochs)$`)

// layout are those that say how the same computation lies on devices and in memory: they alter a result's rounding alone. Without
// model.gather_with_grad the number of data parallel devices is no layout, but part of the gradient.
var layout = regexp.MustCompile(`^(trainer\.(devices|num_nodes)|model\.(micro_batch_size|tensor_model_parallel_size)|model\.optim\.shard_weights` +
	`|model\.(vision|text)\.(use_flash_attention|activations_checkpoint_\w+))$`)

// vocabularyKeys are the keys that name the vocabulary.
var vocabularyKeys = regexp.MustCompile(`^model\.tokenizer\.(type|vocab_file|merge_file)$`)

// dataPaths are the keys that say where the pairs lie. What they are is known by their digests.
var dataPaths = regexp.MustCompile(`^model\.data\.((train|validation)\.dataset_path|webdataset\.local_root_path)$`)

// adams are the names of one optimizer; they say where its moments lie.
var adams = []string{"adamw", "fused_adam", "distributed_fused_adam"}

// sameExperiment refuses a configuration that would make of the run's rest another experiment than its beginning, and
// notes what is computed another way. Of data that lies elsewhere it leaves a note in r.moved: whether it is the same is
// seen when it is opened. saved is the checkpoint that it goes on from; nil: there is none yet.
func (r *Run) sameExperiment(before, now *config.Config, saved *checkpoint.Saved) (notices []string, err error) {
	sameWords, err := r.sameVocabulary(before, now, saved)
	if err != nil {
		return nil, err
	}
	if was, is := before.DataParallel(), now.DataParallel(); was != is && !before.Model.GatherWithGrad {
		return nil, fmt.Errorf("%s: with model.gather_with_grad=false the gradient depends on the number of data parallel devices (%d, now %d: trainer.devices over model.tensor_model_parallel_size); use another --run, or leave it as it was",
			r.Dir, was, is)
	}
	endless := before.Model.Optim.Sched.Name == "constant"
	for _, c := range config.Diff(before, now) {
		average := strings.HasPrefix(c.Key, "exp_manager.ema.")
		adam := c.Key == "model.optim.name" && slices.Contains(adams, c.Old) && slices.Contains(adams, c.New)
		switch {
		case free.MatchString(c.Key) && !average:
		case vocabularyKeys.MatchString(c.Key) && sameWords:
		case dataPaths.MatchString(c.Key) && digested(before, saved):
			r.moved = append(r.moved, fmt.Sprintf("%s: it goes on with %s=%s, which was %s: the same pairs", r.Dir, c.Key, c.New, c.Old))
		case layout.MatchString(c.Key), adam:
			notices = append(notices, fmt.Sprintf("%s: it goes on with %s=%s, which was %s: the same training up to rounding", r.Dir, c.Key, c.New, c.Old))
		case length.MatchString(c.Key) && endless: // the rate does not know where the run ends
		case length.MatchString(c.Key):
			return nil, fmt.Errorf("%s: its learning rate's course is laid out for %s=%s, and %s is another run; train that under another --run with model.restore_from_path=%s, which begins from these weights",
				r.Dir, c.Key, c.Old, c.New, r.Dir)
		default:
			return nil, fmt.Errorf("%s: its configuration differs in %s (%s, now %s); use another --run, or leave it as it was", r.Dir, c.Key, c.Old, c.New)
		}
	}
	return notices, nil
}

// digested tells that a checkpoint, which may be nil, knows the data of its run's configuration by digests.
func digested(cfg *config.Config, saved *checkpoint.Saved) bool {
	return saved != nil && len(saved.Meta.Data) > 0 && (len(saved.Meta.Validation) > 0 || len(cfg.Model.Data.Validation.DatasetPath) == 0)
}

// withoutConfiguration says what to do about an empty config.yaml: a file of no keys is a configuration, and never this run's.
func (r *Run) withoutConfiguration(path string) error {
	if r.newest == "" {
		return fmt.Errorf("%s: is empty, and there is no checkpoint with a copy; move the folder away, or use another --run", path)
	}
	return fmt.Errorf("%s: is empty; put back the copy that its newest checkpoint has, %s", path, filepath.Join(r.newest, "config.yaml"))
}

// sourcesOf says what is trained or validated on.
func sourcesOf(sources []data.Source) (list []checkpoint.Source) {
	for _, s := range sources {
		list = append(list, checkpoint.Source{Name: s.Name(), Pairs: s.Len(), Digest: data.Digest(s)})
	}
	return list
}

// knownData refuses other data than the run has had, and tells of the same that lies elsewhere. Validation data is looked at
// only where it is said to lie elsewhere.
func (t *training) knownData() error {
	if len(t.meta.Data) > 0 {
		if err := t.sameData("training", t.meta.Data, t.data); err != nil {
			return err
		}
	}
	if len(t.moved) > 0 {
		if err := t.sameData("validation", t.meta.Validation, t.judges); err != nil {
			return err
		}
	}
	t.Notices, t.moved = append(t.Notices, t.moved...), nil
	return nil
}

// sameData refuses to go on with other pairs than those that the run had for training or validation. The sources are its
// configuration's and have the same order.
func (r *Run) sameData(use string, before, now []checkpoint.Source) error {
	if len(before) != len(now) {
		return fmt.Errorf("%s: its %s data changed: %d sources, and there were %d; put it back as it was, or use another --run", r.Dir, use, len(now), len(before))
	}
	for i, was := range before {
		is, what := now[i], "holds other pairs than it did"
		switch {
		case is.Pairs != was.Pairs:
			what = fmt.Sprintf("holds %d pairs, and held %d", is.Pairs, was.Pairs)
		case is.Digest == was.Digest:
			continue
		}
		return fmt.Errorf("%s: its %s data changed: %s %s; put it back as it was, or use another --run", r.Dir, use, is.Name, what)
	}
	return nil
}

// newestOnDisk is the path of the run's newest checkpoint, damaged or not; empty if there is none.
func (r *Run) newestOnDisk() string {
	paths, err := r.Checkpoints()
	if err != nil || len(paths) == 0 {
		return ""
	}
	return paths[len(paths)-1]
}

// checkUntouched refuses to go on from a state that another process has trained further since it was opened.
func (r *Run) checkUntouched() error {
	if newest := r.newestOnDisk(); newest != r.newest {
		return fmt.Errorf("%s: another process has trained it to step %s; open it again", r.Dir, filepath.Base(newest))
	}
	return nil
}
