package runlog

import (
	"slices"
	"strings"
	"unicode"
)

// Roles are the metrics that a run is judged by, whatever it calls them; "" where there is none.
type Roles struct {
	Loss       string // of training
	Best       string // the one that tells the best step: of validation if there is one
	Throughput string // samples a second
	Wait       string // the share of time spent waiting on data
}

// FindRoles picks the roles out of a run's metrics.
func FindRoles(names []string) Roles {
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return strings.HasPrefix(n, "sys/") })
	slices.Sort(names)
	r := Roles{
		Loss:       firstOf(names, trainingLoss),
		Throughput: firstOf(names, throughput),
		Wait:       firstOf(names, waiting),
	}
	for _, rule := range []func(string) bool{validationAccuracy, validationLoss, accuracy} {
		if r.Best = firstOf(names, rule); r.Best != "" {
			return r
		}
	}
	r.Best = r.Loss
	return r
}

// firstOf is the shortest name that the rule takes: loss before loss_image.
func firstOf(names []string, rule func(string) bool) string {
	best := ""
	for _, name := range names {
		if rule(strings.ToLower(name)) && (best == "" || len(name) < len(best)) {
			best = name
		}
	}
	return best
}

func containsAny(name string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(name, part) })
}

func ofValidation(name string) bool { return containsAny(name, "val", "eval", "test", "unseen") }

func accuracy(name string) bool {
	return containsAny(name, "top1", "top-1", "top_1", "accuracy", "recall@1", "r@1", "recall_1", "recall1") || hasWord(name, "acc")
}

// hasWord reports whether a name has a word of its own: "acc" in val_acc, not in accumulated.
func hasWord(name, word string) bool {
	return slices.Contains(strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) }), word)
}

func trainingLoss(name string) bool {
	return strings.Contains(name, "loss") && !ofValidation(name) && !lossScale(name)
}

func validationLoss(name string) bool     { return strings.Contains(name, "loss") && ofValidation(name) }
func validationAccuracy(name string) bool { return accuracy(name) && ofValidation(name) }
func lossScale(name string) bool          { return strings.Contains(name, "scale") }
func waiting(name string) bool            { return containsAny(name, "wait") }

func throughput(name string) bool {
	return containsAny(name, "pairs_per_s", "samples_per_s", "images_per_s", "pairs/s", "samples/s", "throughput")
}

// LowerIsBetter says of a metric's name which way is good.
func LowerIsBetter(name string) bool {
	return containsAny(strings.ToLower(name), "loss", "error", "err", "perplexity", "nll", "rank", "wait", "seconds")
}
