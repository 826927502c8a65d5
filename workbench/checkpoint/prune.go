package checkpoint

import (
	"cmp"
	"math"
	"os"
	"path/filepath"
	"slices"
)

// Retention says which checkpoints stay: exp_manager.checkpoint_callback_params.
type Retention struct {
	Keep    int    // save_top_k; -1: all
	Monitor string // the metric that ranks them; one without it, or with NaN, ranks last
	Mode    string // min or max: which end is best
}

// prune removes all but the best checkpoints of a root. The newest undamaged one always stays, for a run to resume from,
// and counts among the best only if it is one of them. Damaged ones are left alone and take nobody's place.
func prune(root string, r Retention, newest string) error {
	if r.Keep < 0 {
		return nil
	}
	list, err := candidates(root)
	if err != nil {
		return err
	}
	for _, c := range r.worst(list) {
		if c.path == newest {
			continue
		}
		if err := remove(root, c); err != nil {
			return err
		}
	}
	return clearLinks(root)
}

// worst are those of list, the newest first, that do not rank among the best. Of equals the newer is better.
func (r Retention) worst(list []candidate) []candidate {
	ranks := map[string]float64{}
	list = slices.DeleteFunc(slices.Clone(list), func(c candidate) bool {
		meta, err := readMeta(c.path)
		ranks[c.path] = r.rank(meta.Metrics)
		return err != nil || !meta.present(c.path)
	})
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(ranks[a.path], ranks[b.path]) })
	return list[min(r.Keep, len(list)):]
}

// present tells that every file of a folder is there at its size: what can be known without reading all of it.
func (m Meta) present(dir string) bool {
	for name, want := range m.Files {
		if info, err := os.Stat(filepath.Join(dir, filepath.Base(name))); err != nil || info.Size() != want.Size {
			return false
		}
	}
	return true
}

// rank is lower for the better.
func (r Retention) rank(metrics Metrics) float64 {
	v, ok := metrics[r.Monitor]
	if !ok || math.IsNaN(v) {
		return math.Inf(1)
	}
	if r.Mode == "max" {
		return -v
	}
	return v
}

// remove takes a checkpoint out of sight before it is taken apart, so that a kill leaves no half of it.
func remove(root string, c candidate) error {
	removing := beside(root, removingPrefix, c.step)
	if err := os.Rename(c.path, removing); err != nil {
		return err
	}
	return os.RemoveAll(removing)
}
