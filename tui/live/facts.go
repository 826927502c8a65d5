package live

import (
	"slices"
	"strconv"
	"strings"

	"clipbench/workbench/runlog"
)

// sum renews what the list says of a run.
func (r *Run) sum(h *runlog.History) {
	r.Overview = runlog.NewOverview(r.Run, h)
	r.Last = map[string]string{}
	for _, c := range h.Columns() {
		if n := c.Len(); n > 0 {
			r.Last[c.Name] = text(c.Value(n - 1))
		}
	}
}

func text(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// Notices are what a person should know about a run's files, a sentence each.
func (r *Run) Notices() []string {
	var out []string
	if r.Gone {
		out = append(out, "the run's folder is gone; what was read of it is still shown")
	}
	for _, err := range []error{r.Problem, r.Trouble, r.Unread} {
		if err != nil && !r.Gone {
			out = append(out, strings.ReplaceAll(err.Error(), "\n", "; "))
		}
	}
	if r.History != nil {
		out = append(out, r.History.Faults.Notices()...)
	}
	return out
}

// Field is a fact of the run by name, for queries: of the list, a metric's last value, or a configuration key, which may
// be given by its end.
func (r *Run) Field(name string) (string, bool) {
	o := &r.Overview
	switch strings.ToLower(name) {
	case "name":
		return r.Name, true
	case "id":
		return o.ID, true
	case "state":
		return string(o.State), true
	case "step":
		return strconv.Itoa(o.Step), true
	case "total":
		return strconv.Itoa(o.Total), true
	case "eta":
		return text(o.ETASeconds), o.ETASeconds > 0
	case "rate", "pairs_per_s":
		return text(o.PairsPerS), o.PairsPerS > 0
	case "age":
		return text(r.clock().Sub(o.Created).Seconds()), !o.Created.IsZero()
	case "best":
		return reading(o.Best)
	case "wait":
		return reading(o.Wait)
	case "host":
		return r.Info.Host, true
	case "backend":
		return r.Info.Backend, true
	case "commit":
		return r.Info.Commit, true
	case "tag":
		return strings.Join(r.Info.Tags, " "), len(r.Info.Tags) > 0
	case "flag":
		return strings.Join(o.Flags, " "), len(o.Flags) > 0
	}
	if value, ok := r.Last[name]; ok {
		return value, true
	}
	if strings.EqualFold(name, "loss") {
		return reading(o.Loss)
	}
	return r.setting(name)
}

func reading(r *runlog.Reading) (string, bool) {
	if r == nil {
		return "", false
	}
	return text(float64(r.Value)), true
}

// setting is a configuration key's value, by its whole name or an end of it that only one key has.
func (r *Run) setting(name string) (string, bool) {
	if value, ok := r.Config[name]; ok {
		return value, true
	}
	found, count := "", 0
	for key, value := range r.Config {
		if strings.HasSuffix(key, "."+name) {
			found = value
			count++
		}
	}
	return found, count == 1
}

// Differences are the configuration keys that are not the same in all runs, in order, with each run's value
// ("–" where a run has no such key).
func Differences(runs []*Run) (keys []string, values [][]string) {
	all := map[string]bool{}
	for _, r := range runs {
		for key := range r.Config {
			all[key] = true
		}
	}
	for key := range all {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	kept := keys[:0]
	for _, key := range keys {
		row := make([]string, len(runs))
		for i, r := range runs {
			row[i] = "–"
			if v, ok := r.Config[key]; ok {
				row[i] = v
			}
		}
		if slices.ContainsFunc(row, func(v string) bool { return v != row[0] }) {
			kept, values = append(kept, key), append(values, row)
		}
	}
	return kept, values
}
