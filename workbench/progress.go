package workbench

import (
	"os"
	"time"

	"clipbench/workbench/plot"
)

// Progress follows training while it happens: a bar in a terminal, a live picture in a notebook. One goroutine calls the
// methods, the one that trains, so they should return soon; how often to draw is theirs to decide. After Close nothing
// follows, and what was drawn last is to be the last state.
type Progress interface {
	Step(m Moment)                               // after each training step
	Metrics(step int, values map[string]float64) // with each line of metrics.jsonl
	Say(text string)                             // what a person should read now: a validation's result, where a run goes on
	Close()
}

// Moment is where training stands after a step.
type Moment struct {
	Run            string
	First          int // steps that were done before this process began
	Step           int // steps done
	Total          int // steps that the run is to have
	Loss           float64
	PairsPerSecond float64       // so far, in this process
	Wait           float64       // share of the time spent waiting for data
	Left           time.Duration // to the last step, an estimate; negative: not known yet
}

// progress is what follows a run: Options.Progress, or what suits the place: curves in a notebook, else a bar on standard
// error.
func (r *Run) progress() Progress {
	switch {
	case r.options.Progress != nil:
		return r.options.Progress
	case plot.Detect(os.Stdout).Target() == plot.Notebook:
		return NewLive()
	}
	return NewBar(os.Stderr)
}
