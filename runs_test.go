package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clipbench/workbench/runlog"
)

// someRuns makes three finished runs of different lengths, and one whose name and files are hostile. Learning rates
// and losses are ordered against the names.
func someRuns(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for k, name := range []string{"a", "b", "c"} {
		w, err := runlog.Create(root, name, runlog.Info{Data: map[string]int{"emoji:train": 8342}}, fmt.Appendf(nil, "model:\n  optim:\n    lr: %g\n", 1e-3/float64(k+1)))
		if err != nil {
			t.Fatal(err)
		}
		for step := 1; step <= 10; step++ {
			values := map[string]float64{"loss": float64(10-step) / float64(k+1)}
			if step == 5 && name == "b" {
				values["val/top1"] = 0.75
			}
			if err := w.Scalars(runlog.Step{Step: step, Samples: 8 * step}, values); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(runlog.Status{State: runlog.Finished, Step: 10, Total: 10}); err != nil {
			t.Fatal(err)
		}
	}
	hostile := filepath.Join(root, "d\x1b[2J")
	if err := os.Mkdir(hostile, 0o755); err != nil {
		t.Fatal(err)
	}
	text := "{\n" + `{"step":1,"lo\u001b[31mss":1e308,"x\ny":-1}` + "\n"
	if err := os.WriteFile(filepath.Join(hostile, "metrics.jsonl"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return root
}

func TestRunsListFiltersAndSorts(t *testing.T) {
	root := someRuns(t)
	for _, tc := range []struct {
		args []string
		want string
	}{
		{nil, "a b c d\x1b[2J"},
		{[]string{"state:finished"}, "a b c"},
		{[]string{"state:finished", "--sort=optim.lr"}, "c b a"},
		{[]string{"--sort=-optim.lr"}, "a b c d\x1b[2J"},
		{[]string{"optim.lr<1e-3"}, "b c"},
		{[]string{"has:val/top1", "or", "a"}, "a b"},
		{[]string{"--sort=val/top1", "state=finished"}, "b a c"},
		{[]string{"total:7"}, ""},
	} {
		var names []string
		for _, r := range document[[]map[string]any](t, append([]string{"runs", "list", "--runs", root}, tc.args...)...) {
			names = append(names, r["name"].(string))
		}
		if got := strings.Join(names, " "); got != tc.want {
			t.Errorf("runs list %q: %q, want %q", tc.args, got, tc.want)
		}
	}
	finish(t, clipbench("runs", "list", "loss<", "--runs", root)).refused(t, 2, "value is missing")
	finish(t, clipbench("runs", "list", "--sort", "nix", "--runs", root)).refused(t, 2, "no run has such a field")
}

func TestAFieldThatNoRunHasIsTold(t *testing.T) {
	root := someRuns(t)
	for _, tc := range []struct{ query, told string }{
		{"colour:red", "no run has colour; there are name, id, state, "},
		{"a or colour:red", "no run has colour; "},
		{"not colour=red", "loss, val/top1, "},
		{"colour:red colour!=blue or size>3 or state:finished", "no run has colour, size; "},
		{"state:running", ""}, // of no run, and a field of all
		{"flag:nan", ""},
		{"has:val/top1 loss<3", ""}, // of one
	} {
		for _, format := range []string{"--json", "--json=false"} {
			o := succeeds(t, "runs", "list", tc.query, "--runs", root, format)
			if told := strings.Contains(o.stderr, "no run has"); told != (tc.told != "") || !strings.Contains(o.stderr, tc.told) {
				t.Errorf("%s %s says %q, want %q", tc.query, format, o.stderr, tc.told)
			}
		}
	}
	if o := succeeds(t, "runs", "list", "colour:red", "--runs", t.TempDir()); strings.Contains(o.stderr, "no run has") {
		t.Errorf("of no runs it says %q", o.stderr)
	}
}

func TestRunsListIsATableAndTellsWhatIsWrong(t *testing.T) {
	o := succeeds(t, "runs", "list", "--runs", someRuns(t))
	lines := strings.Split(strings.TrimSuffix(o.stdout, "\n"), "\n")
	if len(lines) != 5 || strings.Fields(lines[0])[0] != "RUN" || !strings.Contains(lines[0], "BEST  METRIC") ||
		!slices.Equal(strings.Fields(lines[1])[:6], []string{"a", "finished", "10", "0", "0@10", "loss"}) ||
		!slices.Equal(strings.Fields(lines[2])[:6], []string{"b", "finished", "10", "0", "0.75@5", "val/top1"}) {
		t.Errorf("it prints\n%s", o.stdout)
	}
	if strings.ContainsRune(o.stdout+o.stderr, '\x1b') {
		t.Errorf("an escape sequence came through: %q", o.stdout+o.stderr)
	}
	if !strings.Contains(o.stderr, "run.json: does not exist") {
		t.Errorf("it says %q", o.stderr)
	}
}

func TestRunsShowHasConfigurationAndMetrics(t *testing.T) {
	root := someRuns(t)
	b := document[struct {
		Name   string
		State  string
		Info   map[string]any
		Config struct {
			Model struct{ Optim struct{ LR float64 } }
		}
		Metrics map[string]struct {
			Values         int
			Last, Min, Max float64
			MinStep        int `json:"min_step"`
			LastStep       int `json:"last_step"`
		}
		Notices []string
	}](t, "runs", "show", "b", "--runs", root)
	loss := b.Metrics["loss"]
	if b.Name != "b" || b.State != "finished" || b.Config.Model.Optim.LR != 0.0005 || b.Info["pid"] == nil || loss.Values != 10 || loss.Max != 4.5 || loss.Min != 0 || loss.MinStep != 10 || b.Metrics["val/top1"].LastStep != 5 {
		t.Errorf("%+v", b)
	}
	d := document[map[string]any](t, "runs", "show", filepath.Join(root, "d\x1b[2J"))
	if told := fmt.Sprint(d["notices"]); !strings.Contains(told, "line 1 is no metrics") || fmt.Sprint(d["config"]) != "map[]" {
		t.Errorf("%v", d)
	}
	if o := succeeds(t, "runs", "show", filepath.Join(root, "d\x1b[2J")); strings.ContainsRune(o.stdout, '\x1b') || !strings.Contains(o.stdout, "1e308") {
		t.Errorf("it prints %q", o.stdout)
	}
	if o := succeeds(t, "runs", "show", "b", "--runs", root); !strings.Contains(o.stdout, "emoji:train, 8,342 pairs") {
		t.Errorf("its data is not named:\n%s", o.stdout)
	}
	finish(t, clipbench("runs", "show", "nix", "--runs", root)).refused(t, 1, "there is no such run", "has: a, b, c")
}

func TestRunsExportWritesWhatItNames(t *testing.T) {
	root, out := someRuns(t), t.TempDir()
	done := document[struct{ Files, Notices []string }](t, "runs", "export", "a", "c", "--runs", root, "--out", out)
	f, err := os.Open(done.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	records, err := csv.NewReader(f).ReadAll()
	if err != nil || len(records) != 21 || !slices.Equal(records[20][:2], []string{"c", "10"}) {
		t.Errorf("%v, %q", err, records)
	}
	for _, to := range []string{"parquet", "tensorboard"} {
		o := succeeds(t, "runs", "export", "a", "--runs", root, "--out", out, "--to", to)
		if _, err := os.Stat(strings.TrimSpace(o.stdout)); err != nil {
			t.Errorf("%s: %v", to, err)
		}
	}
	finish(t, clipbench("runs", "export", "a", "--runs", root, "--to", "xlsx")).refused(t, 2, "csv, parquet or tensorboard")
	finish(t, clipbench("runs", "export", "--runs", root)).refused(t, 2, "requires at least 1 arg")
}
