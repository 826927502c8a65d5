package config

import "testing"

func TestDistance(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"lr", "lr", 0},
		{"", "lr", 2},
		{"lr", "", 2},
		{"lrr", "lr", 1},
		{"rl", "lr", 1},
		{"atention", "attention", 1},
		{"kitten", "sitting", 3},
		{"frezee", "freeze", 1},
		{"ca", "abc", 3},
	} {
		if got := distance(tc.a, tc.b); got != tc.want {
			t.Errorf("%q to %q is %d edits, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}

func TestSuggestions(t *testing.T) {
	for path, want := range map[string]string{
		"model.vision.num_atention_heads": " (did you mean num_attention_heads?)", // a sibling, alone
		"model.learning_rate":             "",
		"model.lr":                        " (did you mean model.optim.lr?)", // elsewhere, in full
		"optim.sched.warmup_step":         " (did you mean model.optim.sched.warmup_steps?)",
		"vision.hidden_size":              " (did you mean model.vision.hidden_size?)",
		"text.hidden_size":                " (did you mean model.text.hidden_size?)",
		"model.vision.FP8":                " (did you mean fp8?)",
		"qqqqqqqq":                        "",
	} {
		if got := suggestion(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
