package runlog

import (
	"encoding/json"
	"math"
	"time"
)

// State says how a run is doing. A writer writes Running, Stopped, Finished or Failed;
// Stalled, Crashed and Unknown are what a reader concludes (see Judge).
type State string

// The states of a run.
const (
	Running  State = "running"
	Stalled  State = "stalled"  // the promised check-in was missed
	Crashed  State = "crashed"  // its process is gone, or the promise is long past
	Stopped  State = "stopped"  // by the user
	Finished State = "finished" // all its steps are done
	Failed   State = "failed"   // it ended with an error, told in Status.Message
	Unknown  State = "unknown"  // there is no readable status.json
)

// Ended reports whether the run's own writer said that it is over.
func (s State) Ended() bool { return s == Stopped || s == Finished || s == Failed }

// DefaultCheckIn is the promise a Status makes when its Next is zero.
const DefaultCheckIn = 30 * time.Second

// Status is status.json. The caller of Writer.Status gives State, Step, Total, Message and Next; the writer the rest.
type Status struct {
	State   State              `json:"state"`
	Step    int                `json:"step"`            // the last step done
	Total   int                `json:"total,omitempty"` // steps the run is to have; 0 if unknown
	Message string             `json:"message,omitempty"`
	Next    time.Duration      `json:"-"`                 // the next check-in comes within this time; 0 is DefaultCheckIn
	Checked time.Time          `json:"checked"`           // the last check-in
	Due     time.Time          `json:"due"`               // when the next is due
	Summary map[string]Extreme `json:"summary,omitempty"` // by metric; derived from metrics.jsonl
}

// Extreme is what is remembered of one metric without its history.
type Extreme struct {
	Last     Number `json:"last"`
	LastStep int    `json:"last_step"`
	Min      Number `json:"min"` // of the finite values; NaN if there is none
	MinStep  int    `json:"min_step"`
	Max      Number `json:"max"`
	MaxStep  int    `json:"max_step"`
	Bad      int    `json:"bad,omitempty"`      // values that were NaN or infinite
	BadStep  int    `json:"bad_step,omitempty"` // the first of them
}

// add takes one more value in.
func (e *Extreme) add(step int, value float64) {
	e.Last, e.LastStep = Number(value), step
	if math.IsNaN(value) || math.IsInf(value, 0) {
		if e.Bad == 0 {
			e.BadStep = step
		}
		e.Bad++
		return
	}
	if !(float64(e.Min) <= value) {
		e.Min, e.MinStep = Number(value), step
	}
	if !(float64(e.Max) >= value) {
		e.Max, e.MaxStep = Number(value), step
	}
}

// newExtreme has seen no value yet.
func newExtreme() Extreme {
	nan := Number(math.NaN())
	return Extreme{Last: nan, Min: nan, Max: nan}
}

// Number is a float64 whose JSON has "NaN", "+Inf" and "-Inf".
type Number float64

// MarshalJSON writes the shortest number that reads back the same.
func (n Number) MarshalJSON() ([]byte, error) { return appendNumber(nil, float64(n)), nil }

// UnmarshalJSON reads a number or one of the three strings.
func (n *Number) UnmarshalJSON(b []byte) error {
	var value any
	if err := json.Unmarshal(b, &value); err != nil {
		return err
	}
	f, ok := numberOf(value)
	if !ok {
		return &json.UnmarshalTypeError{Value: string(b)}
	}
	*n = Number(f)
	return nil
}
