package runlog

import "fmt"

// Faults counts what was wrong in a metrics file and what was done about it.
type Faults struct {
	BadLines   int `json:"bad_lines,omitempty"`  // no JSON object, or without a step: left out
	FirstBad   int `json:"first_bad,omitempty"`  // the number of the first such line, from 1
	Ignored    int `json:"ignored,omitempty"`    // values that are no numbers: left out
	LongNames  int `json:"long_names,omitempty"` // values of metrics with a name beyond 256 bytes, or beyond the 4,096th metric: left out
	Superseded int `json:"superseded,omitempty"` // rows written again by a run that went back
	Backwards  int `json:"backwards,omitempty"`  // times that steps went back
	ClockBack  int `json:"clock_back,omitempty"` // times that the clock went back by more than a second
}

// manyBackwards is how often one run may have been killed and resumed before two writers are the likelier cause.
const manyBackwards = 3

// Notices tell a person about the faults, a sentence each; none if there are none.
func (f Faults) Notices() []string {
	var out []string
	say := func(n int, one, many string) {
		switch {
		case n == 1:
			out = append(out, "metrics.jsonl: "+one)
		case n > 1:
			out = append(out, "metrics.jsonl: "+fmt.Sprintf(many, n))
		}
	}
	say(f.BadLines, fmt.Sprintf("line %d is no metrics and was left out", f.FirstBad),
		fmt.Sprintf("%%d lines are no metrics and were left out, first line %d", f.FirstBad))
	say(f.Ignored, "one value is no number and was left out", "%d values are no numbers and were left out")
	say(f.LongNames, fmt.Sprintf("one value was left out: its metric's name has more than %d bytes, or is one of more than %d", maxName, maxMetrics),
		fmt.Sprintf("%%d values were left out: their metrics' names have more than %d bytes, or are more than %d", maxName, maxMetrics))
	if f.Backwards > manyBackwards {
		say(f.Backwards, "", "steps went back %d times: are two writers at work? Of a step written twice the later line counts")
	} else {
		say(f.Backwards, fmt.Sprintf("steps went back once: %d lines are superseded by later ones", f.Superseded),
			fmt.Sprintf("steps went back %%d times: %d lines are superseded by later ones", f.Superseded))
	}
	say(f.ClockBack, "the clock went back once: the time axes go on without the jump", "the clock went back %d times: the time axes go on without the jumps")
	return out
}

// add sums what a batch counts.
func (f *Faults) add(o Faults) {
	if f.BadLines == 0 {
		f.FirstBad = o.FirstBad
	}
	f.BadLines += o.BadLines
	f.Ignored += o.Ignored
	f.LongNames += o.LongNames
}
