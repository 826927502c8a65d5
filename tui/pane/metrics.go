package pane

import (
	"slices"
	"strings"

	"clipbench/tui/live"
)

// groups are those of metrics without a slash in their name, in the order of the screen.
var groups = []struct {
	name  string
	parts []string
}{
	{"validation", []string{"val", "eval", "unseen", "test", "top1", "top5", "top10", "recall", "zeroshot", "zero_shot", "acc"}},
	{"optimizer", []string{"lr", "learning_rate", "grad", "scale", "norm", "temperature", "momentum", "decay", "bias"}},
	{"training", []string{"loss"}},
	{"speed", []string{"pairs", "samples_per", "images_per", "wait", "second", "_s", "_ms", "throughput", "time"}},
}

// groupOrder is the order of the screen; groups of other names come where the empty one stands.
var groupOrder = []string{"training", "validation", "optimizer", "", "speed", "other", "system"}

// groupNames are what people call the same groups in metrics' names.
var groupNames = map[string]string{"train": "training", "val": "validation", "valid": "validation", "eval": "validation", "optim": "optimizer", "sys": "system"}

// GroupOf is the group a metric is shown in: what stands before its last slash, or what its name tells.
func GroupOf(metric string) string {
	if i := strings.LastIndexByte(metric, '/'); i > 0 {
		top, rest, _ := strings.Cut(metric[:i], "/")
		if name, ok := groupNames[top]; ok {
			top = name
		}
		return strings.TrimSuffix(top+"/"+rest, "/")
	}
	lower := strings.ToLower(metric)
	for _, g := range groups {
		if slices.ContainsFunc(g.parts, func(part string) bool { return strings.Contains(lower, part) }) {
			return g.name
		}
	}
	return "other"
}

func groupRank(group string) int {
	top, _, _ := strings.Cut(group, "/")
	if i := slices.Index(groupOrder, top); i >= 0 {
		return i
	}
	return slices.Index(groupOrder, "")
}

// judged reports whether a metric has a best value: a loss, or a share of right answers.
func judged(metric string) bool {
	lower := strings.ToLower(metric)
	return slices.ContainsFunc([]string{"loss", "acc", "top", "recall", "r@", "error", "perplexity", "auc", "rank", "map"},
		func(part string) bool { return strings.Contains(lower, part) }) && !strings.Contains(lower, "scale")
}

// fewest is how many values a curve must have for its smoothing to say more than they do.
const fewest = 100

// smoothable leaves out what is no noise: schedules and settings.
func smoothable(metric string) bool {
	lower := strings.ToLower(metric)
	return !slices.ContainsFunc([]string{"lr", "learning_rate", "logit_scale", "decay", "temperature", "sys/"},
		func(part string) bool { return strings.Contains(lower, part) })
}

// metricsOf are the metrics that any of the runs has and that are wanted, group by group.
func metricsOf(runs []*live.Run, wanted func(string) bool) []string {
	var names []string
	for _, r := range runs {
		if r.History == nil {
			continue
		}
		for _, c := range r.History.Columns() {
			if c.Len() > 0 && wanted(c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	slices.SortStableFunc(names, byGroup)
	return names
}

// byGroup puts a group's loss first, then what has the shorter name.
func byGroup(a, b string) int {
	ga, gb := GroupOf(a), GroupOf(b)
	if ga != gb {
		if d := groupRank(ga) - groupRank(gb); d != 0 {
			return d
		}
		return strings.Compare(ga, gb)
	}
	if x, y := strings.Contains(a, "loss"), strings.Contains(b, "loss"); x != y {
		if x {
			return -1
		}
		return 1
	}
	return strings.Compare(natural(a), natural(b))
}

// natural makes top5 come before top10.
func natural(s string) string {
	var b strings.Builder
	digits := ""
	flush := func() {
		if digits != "" {
			b.WriteString(strings.Repeat("0", max(0, 12-len(digits))) + digits)
			digits = ""
		}
	}
	for _, r := range s {
		if r >= '0' && r <= '9' {
			digits += string(r)
			continue
		}
		flush()
		b.WriteRune(r)
	}
	flush()
	return b.String()
}
