package query

import (
	"strings"
	"testing"
)

type run map[string]string

func (r run) Field(name string) (string, bool) { v, ok := r[name]; return v, ok }

var sample = run{
	"name": "emoji-large", "state": "running", "loss": "1.25", "model.optim.lr": "0.001", "age": "5400",
	"step": "12000", "val/top1": "0.42", "note": "two words", "model.data": "emoji:train",
}

func TestQueries(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "emoji": true, "EMOJI": true, "tiny": false, "emoji*": true, "*large": true, "large*": false, "e?oji*": true,
		"state:run": true, "state=run": false, "state=running": true, "state!=running": false, "absent!=3": true, "absent=3": false,
		"loss<2": true, "loss>2": false, "loss<=1.25": true, "loss>=1.26": false, "model.optim.lr=1e-3": true, "model.optim.lr>=1e-4": true,
		"age<2h": true, "age>1h30m": false, "age<1d": true, "step>=12k": true, "step<12k": false,
		"has:val/top1": true, "has:val/top5": false, "not has:val/top5": true, "-tiny": true, "-emoji": false,
		"emoji loss<2": true, "emoji and loss>2": false, "tiny or loss<2": true, "tiny or (loss<2 and not state:crash)": true,
		"not (emoji or tiny)": false, `note:"two words"`: true, "note='two words'": true, "model.data:emoji:train": true,
		"state<3": false,
	} {
		q, err := Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := q(sample); got != want {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}

func TestBadQueriesSayWhy(t *testing.T) {
	for text, why := range map[string]string{
		"loss<x": "no number", "loss<": "value is missing", "(emoji": ") is missing", "emoji)": "no (", "not": "missing at the end",
		"a or": "missing at the end", strings.Repeat("(", 500): "too many",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%.20q: %v, want %q", text, err, why)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a or (b -c)", "x>=3", `"q`, "[*", "has:x", ":::", "((", "not not a"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		if q, err := Parse(text); err == nil {
			q(sample)
		}
	})
}
