package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"clipbench/setup/readers"
	"clipbench/workbench/runlog"
)

// python is the interpreter with TensorBoard and pyarrow.
func python(t *testing.T) string {
	t.Helper()
	path, err := readers.Python(t.Context())
	if err != nil {
		t.Skip(err)
	}
	return path
}

// runPython returns what a script prints last, decoded from JSON.
func runPython(t *testing.T, script string, result any, args ...string) {
	t.Helper()
	cmd := exec.Command(python(t), append([]string{"-c", script}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	check(json.Unmarshal([]byte(lines[len(lines)-1]), result))
}

// readByTensorBoard prints {tag: [[step, value]…]}, values as text because JSON has no NaN.
const readByTensorBoard = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
a = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0}); a.Reload()
print(json.dumps({t: [[e.step, repr(e.value)] for e in a.Scalars(t)] for t in a.Tags()["scalars"]}))`

func TestEventsReadBackByTensorBoard(t *testing.T) {
	python(t)
	files := must(Write(t.Context(), TensorBoard, t.TempDir(), twoRuns(t))).Files
	var said map[string][][2]any
	runPython(t, readByTensorBoard, &said, filepath.Dir(files[0]))
	got := scalars{}
	for tag, events := range said {
		for _, e := range events {
			got.add(tag, int(e[0].(float64)), must(strconv.ParseFloat(e[1].(string), 64)))
		}
	}
	compare(t, got)
}

// TestEventsAreServedByTensorBoard starts the real program over an export of two runs and asks it as its page does.
func TestEventsAreServedByTensorBoard(t *testing.T) {
	interpreter := python(t)
	dir := t.TempDir()
	must(Write(t.Context(), TensorBoard, dir, twoRuns(t)))
	cmd := exec.Command(interpreter, "-m", "tensorboard.main", "--logdir", dir, "--port", "0", "--host", "127.0.0.1")
	said := must(cmd.StderrPipe())
	check(cmd.Start())
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed: its error is what we wanted
	}()
	address := addressOf(t, said)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		var runs map[string]map[string]any
		get(t, address+"data/plugin/scalars/tags", &runs)
		if len(runs) == 2 && len(runs["a"]) == len(wantOfA) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("it knows %v", runs)
		}
	}
	got := scalars{}
	for tag := range wantOfA {
		var points [][3]any // time, step, value
		get(t, address+"data/plugin/scalars/scalars?run=a&tag="+url.QueryEscape(tag), &points)
		for _, p := range points {
			v, isNumber := p[2].(float64)
			if !isNumber { // "NaN"
				v = math.NaN()
			}
			got.add(tag, int(p[1].(float64)), v)
		}
	}
	compare(t, got)
}

// addressOf waits for the line in which TensorBoard says where it listens.
func addressOf(t *testing.T, said io.Reader) string {
	t.Helper()
	found, last := make(chan string, 1), ""
	go func() {
		lines := bufio.NewScanner(said)
		address := regexp.MustCompile(`http://\S+:\d+/`)
		for lines.Scan() {
			if m := address.FindString(lines.Text()); m != "" {
				found <- m
				_, _ = io.Copy(io.Discard, said) // until it is killed
				return
			}
			last = lines.Text()
		}
		found <- ""
	}()
	select {
	case address := <-found:
		if address == "" {
			t.Fatalf("TensorBoard ended: %s", last)
		}
		return address
	case <-time.After(2 * time.Minute):
		t.Fatal("TensorBoard does not say where it listens")
		return ""
	}
}

func get(t *testing.T, address string, result any) {
	t.Helper()
	response, err := http.Get(address) //nolint:noctx // of this machine, and bounded by the test's own time
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // only read
	body := must(io.ReadAll(response.Body))
	if err := json.Unmarshal(body, result); err != nil {
		t.Fatalf("%s: %v: %.200s", address, err, body)
	}
}

// readByArrow prints the columns' types and values, a null as None and a NaN as nan.
const readByArrow = `
import json, sys
import pyarrow.parquet as pq
t = pq.read_table(sys.argv[1])
print(json.dumps({n: [str(t.schema.field(n).type), [repr(v) for v in t.column(n).to_pylist()]] for n in t.column_names}))`

func TestParquetReadsBackByArrow(t *testing.T) {
	python(t)
	runs := twoRuns(t)
	files := must(Write(t.Context(), Parquet, t.TempDir(), runs)).Files
	var got map[string][2]any
	runPython(t, readByArrow, &got, files[0])
	types := map[string]string{
		"run": "string", "step": "int64", "samples": "double", "epoch": "double", "time": "double",
		"loss": "double", "val/a": "double", "val/b": "double",
	}
	for column, kind := range types {
		if got[column][0] != kind {
			t.Errorf("%s is %v, want %s", column, got[column][0], kind)
		}
	}
	if len(got) != len(types) {
		t.Fatalf("%d columns, want %d", len(got), len(types))
	}
	row := 0
	for _, r := range runs {
		h := must(runlog.ReadAll(t.Context(), filepath.Join(r.Dir, "metrics.jsonl")))
		for i := range h.Len() {
			cell := func(column string) string { return got[column][1].([]any)[row].(string) }
			if cell("run") != "'"+r.Name+"'" || cell("step") != fmt.Sprint(h.Step(i)) || must(strconv.ParseFloat(cell("time"), 64)) != h.Time(i) {
				t.Errorf("row %d is %s, %s, %s", row, cell("run"), cell("step"), cell("time"))
			}
			for _, name := range []string{"loss", "val/a", "val/b"} {
				if want := inPython(h, name, i); cell(name) != want {
					t.Errorf("row %d: %s is %s, want %s", row, name, cell(name), want)
				}
			}
			row++
		}
	}
	if n := len(got["step"][1].([]any)); n != row {
		t.Errorf("%d rows, want %d", n, row)
	}
}

// inPython is how Python writes a metric's value at a row.
func inPython(h *runlog.History, name string, row int) string {
	c := h.Column(name)
	if c == nil {
		return "None"
	}
	i := c.At(row)
	switch {
	case i == c.Len() || c.Row(i) != row:
		return "None"
	case math.IsNaN(c.Value(i)):
		return "nan"
	case c.Value(i) == math.Trunc(c.Value(i)):
		return strconv.FormatFloat(c.Value(i), 'f', 1, 64)
	}
	return strconv.FormatFloat(c.Value(i), 'g', -1, 64)
}
