package runlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
)

// row is one line of metrics.jsonl. Its memory is used again by the next scan.
type row struct {
	step    int
	samples float64
	epoch   float64
	time    float64 // seconds since 1970
	names   [][]byte
	values  []float64
	ignored int // values that are no numbers
}

// maxStep is the largest step a float64 tells from its neighbours.
const maxStep = 1 << 53

var (
	errNotObject = errors.New("not a JSON object")
	errNoStep    = errors.New(`no whole number named "step"`)
)

// scan reads a line. Flat objects of numbers, which is nearly all there is, are read in one pass without allocation;
// whatever else goes to encoding/json.
func (r *row) scan(line []byte) error {
	r.reset()
	if !r.scanFlat(line) {
		r.reset()
		if err := r.scanAny(line); err != nil {
			return err
		}
	}
	if math.IsNaN(r.stepValue()) {
		return errNoStep
	}
	return nil
}

// noStep marks a row whose step was not seen.
const noStep = math.MinInt

func (r *row) reset() {
	nan := math.NaN()
	r.step, r.samples, r.epoch, r.time, r.ignored = noStep, nan, nan, nan, 0
	r.names, r.values = r.names[:0], r.values[:0]
}

func (r *row) stepValue() float64 {
	if r.step == noStep {
		return math.NaN()
	}
	return float64(r.step)
}

// set takes one number in, under its name.
func (r *row) set(name []byte, value float64) {
	switch string(name) {
	case "step":
		r.step = noStep
		if value == math.Trunc(value) && math.Abs(value) <= maxStep {
			r.step = int(value)
		}
	case "samples":
		r.samples = value
	case "epoch":
		r.epoch = value
	case "time":
		r.time = value
	default:
		r.names, r.values = append(r.names, name), append(r.values, value)
	}
}

// scanFlat is the fast way. It reports false for whatever it does not fully understand, well formed or not.
func (r *row) scanFlat(b []byte) bool {
	i := skipSpace(b, 0)
	if i >= len(b) || b[i] != '{' {
		return false
	}
	i = skipSpace(b, i+1)
	if i < len(b) && b[i] == '}' {
		return skipSpace(b, i+1) == len(b)
	}
	for {
		name, next := plainString(b, i)
		if next < 0 {
			return false
		}
		i = skipSpace(b, next)
		if i >= len(b) || b[i] != ':' {
			return false
		}
		value, next := flatValue(b, skipSpace(b, i+1))
		if next < 0 {
			return false
		}
		r.set(name, value)
		i = skipSpace(b, next)
		if i >= len(b) {
			return false
		}
		switch b[i] {
		case ',':
			i = skipSpace(b, i+1)
		case '}':
			return skipSpace(b, i+1) == len(b)
		default:
			return false
		}
	}
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// plainString reads a quoted string of ASCII without escapes at i; next is -1 if there is none.
func plainString(b []byte, i int) (s []byte, next int) {
	if i >= len(b) || b[i] != '"' {
		return nil, -1
	}
	for j := i + 1; j < len(b); j++ {
		switch c := b[j]; {
		case c == '"':
			return b[i+1 : j], j + 1
		case c == '\\' || c < ' ' || c >= 0x80:
			return nil, -1
		}
	}
	return nil, -1
}

// flatValue reads a number, or a string that stands for one.
func flatValue(b []byte, i int) (value float64, next int) {
	if i < len(b) && b[i] == '"' {
		s, next := plainString(b, i)
		if value, ok := special(string(s)); ok && next > 0 {
			return value, next
		}
		return 0, -1
	}
	return number(b, i)
}

// special reads what JSON has no number for.
func special(s string) (float64, bool) {
	switch s {
	case "NaN":
		return math.NaN(), true
	case "+Inf", "Inf", "Infinity":
		return math.Inf(1), true
	case "-Inf", "-Infinity":
		return math.Inf(-1), true
	}
	return 0, false
}

// scanAny is the slow way: any JSON object, of which the numbers are taken and the rest counted.
func (r *row) scanAny(line []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	var fields map[string]any
	if err := decoder.Decode(&fields); err != nil || fields == nil {
		return errNotObject
	}
	if len(bytes.TrimSpace(line[decoder.InputOffset():])) > 0 {
		return errNotObject
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value, ok := numberOf(fields[name])
		if !ok {
			r.ignored++
			continue
		}
		r.set([]byte(name), value)
	}
	return nil
}

// numberOf takes the number out of a decoded JSON value. A number beyond float64 is infinite.
func numberOf(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case json.Number:
		f, err := strconv.ParseFloat(string(v), 64)
		return f, err == nil || errors.Is(err, strconv.ErrRange)
	case string:
		return special(v)
	}
	return 0, false
}
