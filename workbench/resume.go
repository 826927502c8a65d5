package workbench

import (
	"fmt"
	"path/filepath"
	"strings"

	"clipbench/workbench/config"
)

// free are the keys that a run may change when it goes on: they alter neither the weights nor what is learned from. Of
// exp_manager all but the moving average's are.
var free = map[string]bool{
	"trainer.log_every_n_steps": true, "trainer.limit_val_batches": true, "trainer.limit_test_batches": true,
	"trainer.val_check_interval": true, "trainer.max_time": true, "trainer.max_nonfinite_steps": true, "trainer.accelerator": true,
	"model.data.num_workers": true, "model.data.cache": true,
}

func isFree(key string) bool {
	return free[key] || strings.HasPrefix(key, "exp_manager.") && !strings.HasPrefix(key, "exp_manager.ema.")
}

// sameExperiment refuses a configuration that would make of the run's rest another experiment than its beginning.
func (r *Run) sameExperiment(before, now *config.Config) error {
	for _, change := range config.Diff(before, now) {
		if !isFree(change.Key) {
			return fmt.Errorf("%s: its configuration differs in %s (%s, now %s); use another --run, or leave it as it was", r.Dir, change.Key, change.Old, change.New)
		}
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
