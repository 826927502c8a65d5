package runlog

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
)

// Step places a line of metrics: the step done (0-based or 1-based is the caller's choice, but never going back),
// the samples and epochs consumed by then, and the time (the zero time is now).
type Step struct {
	Step    int
	Samples int
	Epoch   float64
	Time    time.Time
}

// reserved are the names of a line's place; a metric cannot have them.
var reserved = []string{"step", "samples", "epoch", "time"}

// appendLine appends one line of metrics.jsonl, its names in order, with the newline.
func appendLine(b []byte, at Step, values map[string]float64) ([]byte, error) {
	b = append(b, `{"step":`...)
	b = strconv.AppendInt(b, int64(at.Step), 10)
	b = append(b, `,"samples":`...)
	b = strconv.AppendInt(b, int64(at.Samples), 10)
	b = append(b, `,"epoch":`...)
	b = appendNumber(b, at.Epoch)
	b = append(b, `,"time":`...)
	b = strconv.AppendFloat(b, float64(at.Time.UnixMicro())/1e6, 'f', 6, 64)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name == "" || slices.Contains(reserved, name) {
			return nil, fmt.Errorf("%q cannot be a metric's name: it names a line's place", name)
		}
		quoted, err := json.Marshal(name)
		if err != nil {
			return nil, fmt.Errorf("metric %q: %w", name, err)
		}
		b = append(append(append(b, ','), quoted...), ':')
		b = appendNumber(b, values[name])
	}
	return append(b, '}', '\n'), nil
}

// appendNumber appends v as JSON; what JSON cannot say becomes a string.
func appendNumber(b []byte, v float64) []byte {
	switch {
	case math.IsNaN(v):
		return append(b, `"NaN"`...)
	case math.IsInf(v, 1):
		return append(b, `"+Inf"`...)
	case math.IsInf(v, -1):
		return append(b, `"-Inf"`...)
	case v != 0 && (math.Abs(v) < 1e-6 || math.Abs(v) >= 1e15):
		return strconv.AppendFloat(b, v, 'e', -1, 64)
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}
