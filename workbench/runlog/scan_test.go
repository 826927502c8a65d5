package runlog

import (
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
)

// fields is a scanned row as encoding/json would see it.
func (r *row) fields() map[string]float64 {
	m := map[string]float64{}
	for i, name := range r.names {
		m[string(name)] = r.values[i]
	}
	return m
}

func sameNumber(a, b float64) bool {
	return a == b && math.Signbit(a) == math.Signbit(b) || math.IsNaN(a) && math.IsNaN(b)
}

var lines4scan = []string{
	`{"step":1,"samples":128,"epoch":0.5,"time":1763955220.123456,"loss":4.852030263919617}`,
	`{"step":1,"loss":"NaN","a":"+Inf","b":"-Inf"}`,
	` { "step" : 7 , "x" : -0.0 , "y":1e308,"z":-1E-320 } `,
	`{"step":1e3,"v":0.1,"v":0.2}`,
	`{"step":2,"v":1e400,"w":-1e400,"t":1e-400}`,
	`{"step":2,"a":{"b":[1,2]},"c":null,"d":true,"e":"text","f":3}`,
	`{"step":2,"caf\u00e9":1,"naïve":2,"a\"b":3}`,
	`{"step":2.5,"v":1}`, `{"step":"3","v":1}`, `{"v":1}`, `{}`, `[]`, `null`, `7`, ``, ` `, `{"step":1}x`,
	`{"step":1,"v":01}`, `{"step":1,"v":+1}`, `{"step":1,"v":.5}`, `{"step":1,"v":5.}`, `{"step":1,"v":1e}`,
	`{"step":1,"v":NaN}`, `{"step":1,}`, `{"step":1 "v":2}`, `{"step":1,"v":123456789012345678901234567890}`,
	`{"step":1,"v":0.000000000000000000000000001}`, `{"step":1,"v":9007199254740993}`, `{"step":1,"":2}`,
	`{"step":1,"v":1.7976931348623157e308}`, `{"step":1,"v":5e-324}`, `{"step":-4,"v":2}`, `{"step":99999999999999999999,"v":1}`,
}

// FuzzScanEqualsEncodingJSON holds the fast scanner against encoding/json: the same lines are read, with the same numbers.
func FuzzScanEqualsEncodingJSON(f *testing.F) {
	for _, line := range lines4scan {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		var fast, slow row
		fastErr := fast.scan([]byte(line))
		slow.reset()
		slowErr := slow.scanAny([]byte(line))
		if slowErr == nil && slow.step == noStep {
			slowErr = errNoStep
		}
		if !errors.Is(fastErr, slowErr) {
			t.Fatalf("%q: scan says %v, encoding/json %v", line, fastErr, slowErr)
		}
		if fastErr != nil {
			return
		}
		if fast.step != slow.step || !sameNumber(fast.time, slow.time) || !sameNumber(fast.epoch, slow.epoch) || !sameNumber(fast.samples, slow.samples) {
			t.Fatalf("%q: places %+v and %+v", line, fast, slow)
		}
		if a, b := fast.fields(), slow.fields(); !maps.EqualFunc(a, b, sameNumber) {
			t.Fatalf("%q: scan read %v, encoding/json %v", line, a, b)
		}
	})
}

func TestScanReadsFlatNumbersTheFastWay(t *testing.T) {
	for _, line := range lines4scan[:4] {
		var r row
		r.reset()
		if !r.scanFlat([]byte(line)) {
			t.Errorf("%s: left to the slow way", line)
		}
	}
}

func TestWrittenLinesAreValidJSONAndReadBackTheSame(t *testing.T) {
	values := map[string]float64{
		"loss": 4.852030263919617, "nan": math.NaN(), "up": math.Inf(1), "down": math.Inf(-1), "tiny": 5e-324,
		"huge": math.MaxFloat64, "zero": 0, "minus": math.Copysign(0, -1), "lr": 1e-7, `quote"d`: 1, "val/top1": 0.5, "größe": 2,
	}
	line, err := appendLine(nil, Step{Step: 3, Samples: 384, Epoch: 0.25}, values)
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(line) || strings.Count(string(line), "\n") != 1 {
		t.Fatalf("not one line of JSON: %s", line)
	}
	var r row
	if err := r.scan(line); err != nil {
		t.Fatal(err)
	}
	if got := r.fields(); !maps.EqualFunc(got, values, sameNumber) {
		t.Errorf("read back %v", got)
	}
	if r.step != 3 || r.samples != 384 || r.epoch != 0.25 {
		t.Errorf("place read back as %+v", r)
	}
}

func TestReservedNamesAreRefused(t *testing.T) {
	for _, name := range append(slices.Clone(reserved), "") {
		if _, err := appendLine(nil, Step{}, map[string]float64{name: 1}); err == nil {
			t.Errorf("%q was taken as a metric's name", name)
		}
	}
}
