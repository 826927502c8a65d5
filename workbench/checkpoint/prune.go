package checkpoint

import (
	"cmp"
	"math"
	"os"
	"slices"
)

// Retention says which checkpoints stay: exp_manager.checkpoint_callback_params.
type Retention struct {
	Keep    int    // save_top_k; -1: all
	Monitor string // the metric that ranks them; one without it, or with NaN, ranks last
	Mode    string // min or max: which end is best
}

// Prune removes all but the best checkpoints of a root and returns the paths it removed. The newest undamaged one always
// stays, for a run to resume from, and counts among the best only if it is one of them. Damaged ones are left alone.
func Prune(root string, r Retention) (removed []string, err error) {
	newest, _, err := Newest(root)
	if err != nil {
		return nil, err
	}
	if err := newest.Close(); err != nil {
		return nil, err
	}
	return prune(root, r, newest.Path)
}

// prune is Prune where the newest undamaged one is known.
func prune(root string, r Retention, newest string) (removed []string, err error) {
	if r.Keep < 0 {
		return nil, nil
	}
	list, err := candidates(root)
	if err != nil {
		return nil, err
	}
	for _, c := range r.worst(list) {
		if c.path == newest {
			continue
		}
		if err := remove(root, c); err != nil {
			return removed, err
		}
		removed = append(removed, c.path)
	}
	return removed, clearLinks(root)
}

// worst are those of list, the newest first, that do not rank among the best. Of equals the newer is better.
func (r Retention) worst(list []candidate) []candidate {
	ranks := map[string]float64{}
	list = slices.DeleteFunc(slices.Clone(list), func(c candidate) bool {
		meta, err := readMeta(c.path)
		ranks[c.path] = r.rank(meta.Metrics)
		return err != nil
	})
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(ranks[a.path], ranks[b.path]) })
	return list[min(r.Keep, len(list)):]
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
