package runlog

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// wants fails unless err's one line has every part.
func wants(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("%q is more than one line", err)
	}
}

func TestRunReadsBackAsWritten(t *testing.T) {
	root := t.TempDir()
	w := must(Create(root, "emoji", Info{
		Backend: "xla:cpu", Commit: "abc", Command: []string{"clipbench", "train"},
		Versions: map[string]string{"gomlx": "v0.28.2"},
	}, []byte("seed: 1\n")))
	for step := 1; step <= 20; step++ {
		check(w.Scalars(Step{Step: step, Samples: 8 * step, Epoch: float64(step) / 10},
			map[string]float64{"loss": 5 / float64(step), "grad_norm": math.NaN()}))
	}
	check(w.System(map[string]float64{"sys/cpu": 0.5}))
	w.Log(slog.LevelWarn, "two\nlines")
	path := must(w.Media(20, "similarity.json"))
	check(os.WriteFile(path, []byte("{}"), 0o644))
	check(w.Close(Status{State: Finished, Step: 20, Total: 20}))

	run := must(Open(filepath.Join(root, "emoji")))
	if run.Problem != nil || run.State != Finished || run.Status.Step != 20 || run.Info.PID != os.Getpid() || run.Info.Backend != "xla:cpu" {
		t.Fatalf("%+v", run)
	}
	if loss := run.Status.Summary["loss"]; loss.Min != 0.25 || loss.MinStep != 20 || loss.Max != 5 || loss.Last != 0.25 {
		t.Errorf("summary of loss: %+v", loss)
	}
	if g := run.Status.Summary["grad_norm"]; g.Bad != 20 || g.BadStep != 1 || !math.IsNaN(float64(g.Min)) {
		t.Errorf("summary of grad_norm: %+v", g)
	}
	if config := must(run.Config()); string(config) != "seed: 1\n" {
		t.Errorf("config %q", config)
	}
	h := NewHistory()
	drain(t, NewTail(filepath.Join(run.Dir, "metrics.jsonl")), h)
	if h.Len() != 21 || h.Column("sys/cpu").Row(0) != 20 || h.Step(20) != 20 || h.Samples(20) != 160 {
		t.Errorf("%s", dump(h))
	}
	log := strings.Split(string(must(os.ReadFile(filepath.Join(run.Dir, "log.txt")))), "\n")
	if line := ParseLog(log[0]); line.Level != slog.LevelWarn || line.Step != 20 || line.Text != "two" || line.Time.IsZero() {
		t.Errorf("log line %+v", line)
	}
	if line := ParseLog(log[1]); line.Step != -1 || line.Text != "    lines" {
		t.Errorf("continued line %+v", line)
	}
}

func TestNamesThatAreNoFolderAreRefused(t *testing.T) {
	for _, name := range []string{"", ".", "..", ".hidden", "a/b", `a\b`, "a\nb", strings.Repeat("x", 300)} {
		_, err := Create(t.TempDir(), name, Info{}, nil)
		wants(t, err, "cannot be a run's name")
	}
}

func TestNameTakenSaysByWhatAndTheWayOut(t *testing.T) {
	root := t.TempDir()
	w := must(Create(root, "a", Info{}, nil))
	_, err := Create(root, "a", Info{}, nil)
	wants(t, err, root, "in use", "process", "use another name")
	check(w.Close(Status{State: Stopped, Step: 7}))
	_, err = Create(root, "a", Info{}, nil)
	wants(t, err, "stopped at step 7", "resume it, or use another name")
	check(os.Mkdir(filepath.Join(root, "b"), 0o755))
	_, err = Create(root, "b", Info{}, nil)
	wants(t, err, "is not a run", "another name")
}

func TestSecondWriterIsRefusedAndAKilledOneIsNotInTheWay(t *testing.T) {
	root := t.TempDir()
	first := child("write", root)
	out := must(first.StdoutPipe())
	check(first.Start())
	defer func() { _ = first.Process.Kill() }()
	if !bufio.NewScanner(out).Scan() {
		t.Fatal("the first writer did not begin")
	}
	_, err := Append(root, "a", 5, Info{}, nil)
	wants(t, err, "is writing this run", "process", must(os.Hostname()))
	if run := must(Open(filepath.Join(root, "a"))); run.State != Running || run.Life != Alive {
		t.Errorf("while it lives: %s", run.State)
	}
	check(first.Process.Kill())
	_ = first.Wait() // killed: its error is what we wanted
	if run := must(Open(filepath.Join(root, "a"))); run.State != Crashed || run.Life != Gone {
		t.Errorf("after SIGKILL: %s", run.State)
	}
	w, err := Append(root, "a", 5, Info{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	check(w.Close(Status{State: Stopped, Step: 5}))
}

// TestWhatWasWrittenSurvivesSIGKILL kills a writer in the midst of its work: every step that it had reported is on disk, whole.
func TestWhatWasWrittenSurvivesSIGKILL(t *testing.T) {
	root := t.TempDir()
	writer := child("count", root)
	out := bufio.NewScanner(must(writer.StdoutPipe()))
	check(writer.Start())
	last := 0
	for last < 500 && out.Scan() {
		last = must(strconv.Atoi(out.Text()))
	}
	check(writer.Process.Kill())
	for out.Scan() { // what it had reported before it died
		if n, err := strconv.Atoi(out.Text()); err == nil {
			last = n
		}
	}
	_ = writer.Wait() // killed: its error is what we wanted
	h := must(ReadAll(t.Context(), filepath.Join(root, "a", "metrics.jsonl")))
	if h.Len() < last || h.Faults != (Faults{}) || h.Step(h.Len()-1) != h.Len() {
		t.Errorf("it reported %d steps; %d rows, %+v", last, h.Len(), h.Faults)
	}
	log := strings.Split(string(must(os.ReadFile(filepath.Join(root, "a", "log.txt")))), "\n")
	if len(log) < last {
		t.Errorf("it reported %d steps; %d lines of log", last, len(log))
	}
}

func TestAnEmptiedRecordIsRefusedAndOneThatWasNeverBegunIsNot(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "a")
	w := must(Create(root, "a", Info{}, nil))
	check(w.Scalars(Step{Step: 10}, map[string]float64{"loss": 2}))
	check(w.Scalars(Step{Step: 20}, map[string]float64{"loss": 1}))
	check(w.Close(Status{State: Stopped, Step: 20}))
	for _, step := range []int{20, 15} {
		check(os.Truncate(filepath.Join(dir, "metrics.jsonl"), 0))
		_, err := Append(root, "a", step, Info{}, nil)
		wants(t, err, filepath.Join(dir, "metrics.jsonl"), "is empty", fmt.Sprint("up to step ", step), "put it back", "or remove it")
	}
	w, err := Append(root, "a", 5, Info{}, nil) // before its first line, as a resume that was killed at once leaves it
	if err != nil {
		t.Fatal(err)
	}
	check(w.Close(Status{State: Stopped, Step: 5}))
	for _, content := range []string{"", `{"id": "3f`} {
		write(t, filepath.Join(dir, "run.json"), []byte(content))
		_, err := Append(root, "a", 5, Info{}, nil)
		wants(t, err, filepath.Join(dir, "run.json"), "put it back", "or remove it", "new id")
		if left := must(os.ReadFile(filepath.Join(dir, "run.json"))); string(left) != content {
			t.Errorf("it was written over: %s", left)
		}
	}
}

// TestResumeHasEveryStepOnce stops at 100, resumes at 60 with a torn line and media in the way, and goes on.
func TestResumeHasEveryStepOnce(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "a")
	w := must(Create(root, "a", Info{}, nil))
	writeSteps := func(from, to int) {
		for step := from; step <= to; step++ {
			check(w.Scalars(Step{Step: step}, map[string]float64{"loss": float64(step)}))
		}
	}
	writeSteps(1, 100)
	for _, step := range []int{50, 100} {
		check(os.WriteFile(must(w.Media(step, "grid.png")), nil, 0o644))
	}
	id := must(Open(dir)).Info.ID
	check(w.Close(Status{State: Stopped, Step: 100}))
	extend(t, filepath.Join(dir, "metrics.jsonl"), []byte(`{"step":101,"lo`))
	write(t, filepath.Join(dir, ".status.json.123"), nil) // a check-in that was killed

	w = must(Append(root, "a", 60, Info{}, nil))
	writeSteps(61, 120)
	wants(t, w.Scalars(Step{Step: 3}, nil), "steps do not go back")
	check(w.Close(Status{State: Finished, Step: 120}))

	h := NewHistory()
	drain(t, NewTail(filepath.Join(dir, "metrics.jsonl")), h)
	if h.Len() != 120 || h.Faults != (Faults{}) {
		t.Fatalf("%d rows, %+v", h.Len(), h.Faults)
	}
	for row := range h.Len() {
		if h.Step(row) != row+1 {
			t.Fatalf("row %d is step %d", row, h.Step(row))
		}
	}
	dropped := string(must(os.ReadFile(filepath.Join(dir, "metrics.dropped.jsonl"))))
	if n := strings.Count(dropped, "\n"); n != 41 || !strings.HasSuffix(dropped, `{"step":101,"lo`+"\n") {
		t.Errorf("%d dropped lines, ending %q", n, dropped[len(dropped)-40:])
	}
	if left := must(filepath.Glob(filepath.Join(dir, ".*"))); len(left) != 0 {
		t.Errorf("left by the killed writer: %q", left)
	}
	must(os.Stat(filepath.Join(dir, "media.dropped", "100", "grid.png")))
	must(os.Stat(filepath.Join(dir, "media", "50", "grid.png")))
	run := must(Open(dir))
	if run.Info.ID != id || len(run.Info.Resumed) != 1 || run.Info.Resumed[0].Step != 60 {
		t.Errorf("%+v", run.Info)
	}
	if loss := run.Status.Summary["loss"]; loss.MinStep != 1 || loss.MaxStep != 120 {
		t.Errorf("the summary goes over the whole run: %+v", loss)
	}
}

func TestTornWriteIsTakenBack(t *testing.T) {
	root := t.TempDir()
	if err := child("full", root).Run(); err != nil {
		t.Fatal(err)
	}
	text := must(os.ReadFile(filepath.Join(root, "a", "metrics.jsonl")))
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Fatalf("a torn line was left: %q", line)
		}
	}
	if !strings.Contains(lines[len(lines)-1], "2.5") {
		t.Errorf("the line after it: %q", lines[len(lines)-1])
	}
}

func TestFullDiskSaysSo(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full on this system")
	}
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	check(os.Symlink("/dev/full", path))
	l := must(openLines(path))
	err := l.write([]byte("line\n"))
	wants(t, err, path, "the disk is full", "free some space")
	if !errors.Is(err, syscall.ENOSPC) {
		t.Error("the cause is lost")
	}
	check(l.close())
}

func TestReadOnlyFolderSaysSo(t *testing.T) {
	wants(t, explain("runs", &fs.PathError{Op: "mkdir", Path: "x", Err: syscall.EROFS}), "runs: the file system is read-only", "choose")
	root := t.TempDir()
	check(os.Chmod(root, 0o555))
	asNobody(t, func() {
		_, err := Create(root, "a", Info{}, nil)
		wants(t, err, root, "no permission", "choose another folder")
	})
}

func TestWriterWhoseFolderIsDeletedSaysSo(t *testing.T) {
	w := must(Create(t.TempDir(), "a", Info{}, nil))
	check(os.RemoveAll(w.Dir()))
	wants(t, w.Status(Status{State: Running}), w.Dir(), "does not exist")
	wants(t, w.Close(Status{State: Finished}), w.Dir(), "does not exist")
}

func TestLogIsBounded(t *testing.T) {
	w := must(Create(t.TempDir(), "a", Info{}, nil))
	w.logLimit = 10_000
	for i := range 1000 {
		w.Log(slog.LevelInfo, "message %d", i)
	}
	w.Log(slog.LevelError, "%s", strings.Repeat("ö", 1<<20))
	check(w.Close(Status{State: Finished}))
	old, last := must(os.ReadFile(filepath.Join(w.Dir(), "log.old.txt"))), must(os.ReadFile(filepath.Join(w.Dir(), "log.txt")))
	if len(old) > 10_000 || !strings.Contains(string(old), "message 999\n") {
		t.Errorf("log.old.txt has %d bytes and ends %q", len(old), old[len(old)-50:])
	}
	if n := strings.Count(string(last), "\n"); n != 1 || len(last) > maxMessage+100 || !strings.HasSuffix(string(last), "… (2031616 bytes more)\n") {
		t.Errorf("log.txt has %d lines, %d bytes, and ends %q", n, len(last), last[len(last)-50:])
	}
}

func TestOfManyWritersOneGetsTheRun(t *testing.T) {
	root := t.TempDir()
	check(must(Create(root, "a", Info{}, nil)).Close(Status{State: Stopped}))
	got := make(chan *Writer, 8)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			w, err := Append(root, "a", 0, Info{}, nil)
			if err == nil {
				got <- w
			} else if !strings.Contains(err.Error(), "is writing this run") {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if len(got) != 1 {
		t.Fatalf("%d writers have the run", len(got))
	}
	check((<-got).Close(Status{State: Stopped}))
}

func TestWriterServesSeveralGoroutines(t *testing.T) {
	root := t.TempDir()
	w := must(Create(root, "a", Info{}, nil))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 50 {
				check(w.System(map[string]float64{"sys/cpu": 1}))
				w.Log(slog.LevelInfo, "x")
				check(w.Status(Status{State: Running}))
			}
		})
	}
	for step := range 200 {
		check(w.Scalars(Step{Step: step}, map[string]float64{"loss": 1}))
	}
	group.Wait()
	check(w.Close(Status{State: Finished}))
	h := NewHistory()
	drain(t, NewTail(filepath.Join(root, "a", "metrics.jsonl")), h)
	if h.Len() != 400 || h.Faults != (Faults{}) {
		t.Fatalf("%d rows, %+v", h.Len(), h.Faults)
	}
}

func TestCloseTwiceAndAfterIsHarmless(t *testing.T) {
	w := must(Create(t.TempDir(), "a", Info{}, nil))
	check(w.Close(Status{State: Finished}))
	check(w.Close(Status{State: Stopped}))
	if run := must(Open(w.Dir())); run.State != Finished {
		t.Errorf("the first end counts, not %s", run.State)
	}
	wants(t, w.Scalars(Step{}, map[string]float64{"x": 1}), w.Dir(), "was closed")
	wants(t, w.System(map[string]float64{"sys/cpu": 1}), "was closed")
	wants(t, w.Status(Status{State: Running}), "was closed")
	w.Log(slog.LevelInfo, "too late")
	if run := must(Open(w.Dir())); run.State != Finished {
		t.Errorf("a check-in after the end made it %s", run.State)
	}
}

func TestABeginningThatWasKilledIsNoRunAndInNobodysWay(t *testing.T) {
	root := t.TempDir()
	left := filepath.Join(root, ".begin-123")
	if err := os.Mkdir(left, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(left, "run.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	w, err := Create(root, "run", Info{}, []byte("name: run\n"))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close(Status{State: Finished}) //nolint:errcheck // not what is tested
	runs, err := List(root)
	if err != nil || len(runs) != 1 || runs[0].Name != "run" {
		t.Errorf("runs %v, %v", runs, err)
	}
	if hidden, _ := filepath.Glob(filepath.Join(root, ".*")); len(hidden) != 1 {
		t.Errorf("the beginning left %v", hidden)
	}
}
