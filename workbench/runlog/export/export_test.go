package export

import (
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"clipbench/workbench/runlog"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// twoRuns writes two runs with different metrics, one of them with a NaN.
func twoRuns(t *testing.T) []*runlog.Run {
	root := t.TempDir()
	for k, name := range []string{"a", "b"} {
		w := must(runlog.Create(root, name, runlog.Info{}, nil))
		for step := 1; step <= 5; step++ {
			at := runlog.Step{Step: step, Samples: 8 * step, Epoch: float64(step) / 2}
			check(w.Scalars(at, map[string]float64{"loss": 1 / float64(step+k)}))
			if step == 3 {
				check(w.Scalars(at, map[string]float64{fmt.Sprint("val/", name): math.NaN()}))
			}
		}
		check(w.Close(runlog.Status{State: runlog.Finished, Step: 5}))
	}
	return must(runlog.List(root))
}

func TestCSVReadsBack(t *testing.T) {
	files := must(Write(t.Context(), CSV, t.TempDir(), twoRuns(t))).Files
	records := must(csv.NewReader(must(os.Open(files[0]))).ReadAll())
	if got := strings.Join(records[0], ","); got != "run,step,samples,epoch,time,loss,val/a,val/b" {
		t.Fatal(got)
	}
	if len(records) != 1+2*6 {
		t.Fatalf("%d records", len(records))
	}
	if r := records[3]; r[0] != "a" || r[1] != "3" || r[2] != "24" || r[3] != "1.5" || r[5] != "0.3333333333333333" || r[6] != "" {
		t.Errorf("%q", r)
	}
	if r := records[4]; r[5] != "" || r[6] != "NaN" || r[7] != "" {
		t.Errorf("%q", r)
	}
}

func TestParquetReadsBack(t *testing.T) {
	files := must(Write(t.Context(), Parquet, t.TempDir(), twoRuns(t))).Files
	rows := must(parquet.ReadFile[struct {
		Run  string   `parquet:"run"`
		Step int64    `parquet:"step"`
		Time float64  `parquet:"time"`
		Loss *float64 `parquet:"loss,optional"`
		Val  *float64 `parquet:"val/a,optional"`
	}](files[0]))
	if len(rows) != 12 {
		t.Fatalf("%d rows", len(rows))
	}
	if r := rows[2]; r.Run != "a" || r.Step != 3 || *r.Loss != 1.0/3 || r.Val != nil || r.Time < 1e9 {
		t.Errorf("%+v", r)
	}
	if r := rows[3]; r.Loss != nil || !math.IsNaN(*r.Val) {
		t.Errorf("%+v", r)
	}
}

// scalars are the values of an event file by tag and step.
type scalars map[string]map[int]float64

func (s scalars) add(tag string, step int, v float64) {
	if s[tag] == nil {
		s[tag] = map[int]float64{}
	}
	s[tag][step] = v
}

var wantOfA = scalars{"loss": {1: 1, 2: 0.5, 3: 1.0 / 3, 4: 0.25, 5: 0.2}, "val/a": {3: math.NaN()}}

func compare(t *testing.T, got scalars) {
	t.Helper()
	if len(got) != len(wantOfA) {
		t.Errorf("tags %v", got)
	}
	for tag, values := range wantOfA {
		for step, want := range values {
			v, ok := got[tag][step]
			if !ok || math.Abs(v-want) > 1e-7 || math.IsNaN(v) != math.IsNaN(want) {
				t.Errorf("%s at %d is %v, want %v", tag, step, v, want)
			}
		}
		if len(got[tag]) != len(values) {
			t.Errorf("%s has %v", tag, got[tag])
		}
	}
}

func TestEventsReadBackByAnIndependentReader(t *testing.T) {
	files := must(Write(t.Context(), TensorBoard, t.TempDir(), twoRuns(t))).Files
	if len(files) != 2 {
		t.Fatalf("%q", files)
	}
	b := must(os.ReadFile(files[0]))
	got := scalars{}
	for first := true; len(b) > 0; first = false {
		n := binary.LittleEndian.Uint64(b)
		if head, tail := binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint32(b[12+n:]); head != bitwiseCRC(b[:8]) || tail != bitwiseCRC(b[12:12+n]) {
			t.Fatal("a checksum is wrong")
		}
		event := fields(b[12 : 12+n])
		b = b[16+n:]
		if first && string(event[3][0].([]byte)) != "brain.Event:2" {
			t.Fatalf("the first event is %v", event)
		}
		if len(event[5]) == 0 {
			continue
		}
		for _, value := range fields(event[5][0].([]byte))[1] {
			v := fields(value.([]byte))
			got.add(string(v[1][0].([]byte)), int(event[2][0].(uint64)), float64(math.Float32frombits(v[2][0].(uint32))))
		}
	}
	compare(t, got)
}

// fields decodes one protocol buffer message.
func fields(b []byte) map[int][]any {
	out := map[int][]any{}
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		b = b[n:]
		var v any
		switch key & 7 {
		case 0:
			v, n = binary.Uvarint(b)
		case 1:
			v, n = binary.LittleEndian.Uint64(b), 8
		case 2:
			size, k := binary.Uvarint(b)
			v, n = b[k:k+int(size)], k+int(size)
		case 5:
			v, n = binary.LittleEndian.Uint32(b), 4
		}
		out[int(key>>3)] = append(out[int(key>>3)], v)
		b = b[n:]
	}
	return out
}

// bitwiseCRC is the masked CRC-32C, bit by bit from its polynomial.
func bitwiseCRC(b []byte) uint32 {
	crc := ^uint32(0)
	for _, c := range b {
		crc ^= uint32(c)
		for range 8 {
			crc = crc>>1 ^ 0x82f63b78*(crc&1)
		}
	}
	crc = ^crc
	return (crc>>15 | crc<<17) + 0xa282ead8
}

func TestExportErrors(t *testing.T) {
	if _, err := Write(t.Context(), CSV, t.TempDir(), nil); err == nil {
		t.Error("nothing to export is an error")
	}
	if f, err := ParseFormat("TensorBoard"); f != TensorBoard || err != nil {
		t.Error(f, err)
	}
	if _, err := ParseFormat("xlsx"); err == nil || !strings.Contains(err.Error(), "csv, parquet or tensorboard") {
		t.Error(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	check(os.WriteFile(file, nil, 0o644))
	if _, err := Write(t.Context(), CSV, filepath.Join(file, "x"), twoRuns(t)); err == nil {
		t.Error("a folder that cannot be made is an error")
	}
}
