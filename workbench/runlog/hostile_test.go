package runlog

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestHostileFile has names of a megabyte, a line of ten, numbers at the edge, nesting, control characters and binary junk.
func TestHostileFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	text := numbered(1, 2)
	text = append(text, `{"step":3,"`+strings.Repeat("n", 1<<20)+`":1,"loss":1e308}`+"\n"...)
	text = append(text, `{"step":4,"loss":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+"}\n"...)
	text = append(text, strings.Repeat("x", 10<<20)+"\n"...)
	text = append(text, "\x00\x01\x1b[31m\xff\n"...)
	text = append(text, `{"step":5,"a\u001b[2Jb":1,"loss":-1e999}`+"\n"...)
	text = append(text, numbered(6, 7)...)
	write(t, path, text)
	h := NewHistory()
	drain(t, NewTail(path), h)
	loss := h.Column("loss")
	if h.Len() != 6 && h.Len() != 7 || loss.Value(2) != 1e308 || !math.IsInf(loss.Value(3), -1) {
		t.Fatalf("%s", dump(h)[:300])
	}
	if h.Faults.LongNames != 1 || h.Faults.BadLines < 2 {
		t.Fatalf("faults %+v", h.Faults)
	}
}

func TestManyMetricsAreBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	var text []byte
	for i := range maxMetrics + 10 {
		text = fmt.Appendf(text, `{"step":%d,"m%d":1}`+"\n", i, i)
	}
	write(t, path, text)
	h := NewHistory()
	drain(t, NewTail(path), h)
	if len(h.Columns()) != maxMetrics || h.Faults.LongNames != 10 {
		t.Fatalf("%d metrics, %+v", len(h.Columns()), h.Faults)
	}
}

// TestThousandsOfNamesInEachLine has every line give the same metrics in another order, one of them twice.
func TestThousandsOfNamesInEachLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	const names = 3000
	var text []byte
	for step := range 20 {
		text = fmt.Appendf(text, `{"step":%d`, step)
		for i := range names {
			text = fmt.Appendf(text, `,"m%d":%d`, (i*7+step*11)%names, step)
		}
		text = append(text, `,"m0":-1}`+"\n"...)
	}
	write(t, path, text)
	h := NewHistory()
	drain(t, NewTail(path), h)
	if h.Len() != 20 || len(h.Columns()) != names || h.Faults != (Faults{}) {
		t.Fatalf("%d rows, %d metrics, %+v", h.Len(), len(h.Columns()), h.Faults)
	}
	for _, c := range h.Columns() {
		for i := range c.Len() {
			want := float64(i)
			if c.Name == "m0" {
				want = -1 // of a name given twice the last counts
			}
			if c.Row(i) != i || c.Value(i) != want {
				t.Fatalf("%s in row %d is %v", c.Name, c.Row(i), c.Value(i))
			}
		}
	}
}

// TestTwoWritersAreTold has two runs' lines in one file, in turn.
func TestTwoWritersAreTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	var text []byte
	for i := range 50 {
		text = append(append(text, numbered(1000+i, 1000+i)...), numbered(i, i)...)
	}
	write(t, path, text)
	h := NewHistory()
	drain(t, NewTail(path), h)
	if told := strings.Join(h.Faults.Notices(), "\n"); !strings.Contains(told, "steps went back 50 times: are two writers at work?") {
		t.Errorf("it says %q", told)
	}
	for row := range h.Len() - 1 {
		if h.Step(row+1) < h.Step(row) {
			t.Fatalf("row %d is step %d, the next %d", row, h.Step(row), h.Step(row+1))
		}
	}
}

// TestZerosAtTheEndAreNoLine has what a power cut leaves on some file systems, and the run that resumes behind it.
func TestZerosAtTheEndAreNoLine(t *testing.T) {
	root := t.TempDir()
	w := must(Create(root, "a", Info{}, nil))
	for step := range 5 {
		check(w.Scalars(Step{Step: step}, map[string]float64{"loss": 1}))
	}
	check(w.Close(Status{State: Stopped, Step: 4}))
	path := filepath.Join(w.Dir(), "metrics.jsonl")
	extend(t, path, make([]byte, 4000))
	h := must(ReadAll(t.Context(), path))
	if h.Len() != 5 || h.Faults != (Faults{}) {
		t.Errorf("%d rows, %+v", h.Len(), h.Faults)
	}
	w = must(Append(root, "a", 4, Info{}, nil))
	check(w.Scalars(Step{Step: 5}, map[string]float64{"loss": 1}))
	check(w.Close(Status{State: Finished, Step: 5}))
	if h = must(ReadAll(t.Context(), path)); h.Len() != 6 || h.Faults != (Faults{}) {
		t.Errorf("after the resume %d rows, %+v", h.Len(), h.Faults)
	}
}

func TestFilesThatMayNotBeReadAreTold(t *testing.T) {
	root := t.TempDir()
	w := must(Create(root, "a", Info{}, []byte("a: 1\n")))
	check(w.Scalars(Step{Step: 1}, map[string]float64{"loss": 1}))
	check(w.Close(Status{State: Finished, Step: 1}))
	metrics := filepath.Join(w.Dir(), "metrics.jsonl")
	tail := NewTail(metrics)
	must(tail.Poll(t.Context()))
	for _, name := range []string{"metrics.jsonl", "status.json", "run.json", "config.yaml"} {
		check(os.Chmod(filepath.Join(w.Dir(), name), 0))
	}
	asNobody(t, func() {
		_, err := tail.Poll(context.Background())
		wants(t, err, metrics, "no permission")
		_, err = Glance(metrics, 8)
		wants(t, err, metrics, "no permission")
		run := must(Open(w.Dir()))
		if run.Problem == nil || run.State != Unknown {
			t.Errorf("%s, %v", run.State, run.Problem)
		}
		_, err = run.Config()
		wants(t, err, "config.yaml", "no permission")
	})
	check(os.Chmod(root, 0))
	asNobody(t, func() {
		_, err := List(root)
		wants(t, err, root, "no permission")
		_, err = Open(w.Dir())
		wants(t, err, w.Dir(), "no permission")
	})
	check(os.Chmod(root, 0o755))
}

// TestPipesAndFoldersInAFilesPlaceAreTold has files that would keep a reader waiting for ever, or are none.
func TestPipesAndFoldersInAFilesPlaceAreTold(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	check(os.Mkdir(dir, 0o755))
	for _, name := range []string{"metrics.jsonl", "status.json", "run.json"} {
		check(syscall.Mkfifo(filepath.Join(dir, name), 0o644))
	}
	check(os.Mkdir(filepath.Join(dir, "config.yaml"), 0o755))
	metrics := filepath.Join(dir, "metrics.jsonl")
	_, err := NewTail(metrics).Poll(t.Context())
	wants(t, err, metrics, "not an ordinary file")
	_, err = Glance(metrics, 8)
	wants(t, err, metrics, "not an ordinary file")
	run := must(Open(dir))
	if run.Problem == nil || strings.Count(run.Problem.Error(), "not an ordinary file") != 2 {
		t.Error(run.Problem)
	}
	_, err = run.Config()
	wants(t, err, "config.yaml", "not an ordinary file")
}

func TestLinksToFilesAndCirclesAreNoRuns(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "notes.txt"), nil)
	for name, target := range map[string]string{"file": "notes.txt", "circle": "circle", "nowhere": "gone"} {
		check(os.Symlink(target, filepath.Join(root, name)))
	}
	if runs := must(List(root)); len(runs) != 0 {
		t.Errorf("%v", runs[0])
	}
}

// TestNumbersAtTheEdgeStayOneDocument has samples, steps and times whose differences are beyond a float64.
func TestNumbersAtTheEdgeStayOneDocument(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a")
	check(os.Mkdir(dir, 0o755))
	write(t, filepath.Join(dir, "metrics.jsonl"), []byte(`{"step":-9007199254740992,"samples":-1.7e308,"time":0,"loss":1e308,"pairs_per_s":1e999}
{"step":9007199254740992,"samples":1.7e308,"time":5e-324,"loss":-1e308}
`))
	write(t, filepath.Join(dir, "status.json"), []byte(`{"state":"running","step":0,"total":9223372036854775807,"summary":{"loss":{"min":"-Inf","max":1e400}}}`))
	run := must(Open(dir))
	o := NewOverview(run, must(Glance(filepath.Join(dir, "metrics.jsonl"), 8)))
	if _, err := json.Marshal(o); err != nil || o.Loss.Value != -1e308 {
		t.Errorf("%v, %+v", err, o)
	}
}

// TestTimeGoesOnWhenTheClockJumps has a clock that is a century ahead for one line, and one that goes back an hour.
func TestTimeGoesOnWhenTheClockJumps(t *testing.T) {
	for name, written := range map[string][]float64{
		"ahead for one line": {100, 101, 102 + 3e9, 103, 104, 105},
		"back for good":      {4000, 4001, 401, 402, 403, 404},
	} {
		path := filepath.Join(t.TempDir(), "metrics.jsonl")
		var text []byte
		for step, time := range written {
			text = fmt.Appendf(text, `{"step":%d,"time":%v}`+"\n", step, time)
		}
		write(t, path, text)
		h := must(ReadAll(t.Context(), path))
		if h.Faults.ClockBack != 1 || len(h.Faults.Notices()) != 1 {
			t.Errorf("%s: %+v", name, h.Faults)
		}
		if first, last := h.Time(3), h.Time(5); last-first != 2 {
			t.Errorf("%s: two seconds later it is %v s later", name, last-first)
		}
	}
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	write(t, path, []byte(`{"step":1,"time":100}`+"\n"+`{"step":2,"time":99.9}`+"\n"+`{"step":3,"time":107}`+"\n"))
	if h := must(ReadAll(t.Context(), path)); h.Faults != (Faults{}) || h.Time(2) != 107 {
		t.Errorf("a jitter of a tenth of a second: %+v, %v", h.Faults, h.Time(2))
	}
}

// FuzzTail reads any file at once and in small pieces, and holds what was read against encoding/json's reading line by line.
func FuzzTail(f *testing.F) {
	for _, line := range lines4scan {
		f.Add([]byte(line + "\n" + lines4scan[0] + "\n" + line))
	}
	f.Add([]byte("\n\n\r\n\x00\x00\xff" + strings.Repeat(`{"step":1}`+"\n", 3)))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(dir, "metrics.jsonl")
		write(t, path, text)
		whole := NewHistory()
		drain(t, NewTail(path), whole)
		write(t, path, nil)
		pieces, tail := NewHistory(), NewTail(path)
		step := max(7, len(text)/20)
		for i := 0; i < len(text); i += step {
			extend(t, path, text[i:min(i+step, len(text))])
			drain(t, tail, pieces)
		}
		if a, b := dump(whole), dump(pieces); a != b {
			t.Fatalf("at once:\n%s\nin pieces:\n%s", a, b)
		}
		good, bad := 0, 0
		for line := range strings.SplitSeq(string(text[:strings.LastIndexByte(string(text), '\n')+1]), "\n") {
			var r row
			r.reset()
			switch err := r.scanAny([]byte(line)); {
			case line == "":
			case err == nil && r.step != noStep:
				good++
			default:
				bad++
			}
		}
		if whole.Len()+whole.Faults.Superseded != good || whole.Faults.BadLines != bad {
			t.Fatalf("%d rows and %d bad lines, encoding/json has %d and %d", whole.Len()+whole.Faults.Superseded, whole.Faults.BadLines, good, bad)
		}
	})
}
