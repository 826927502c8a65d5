package notebooks

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"clipbench/setup/jupyter"
	"clipbench/workbench"
	"clipbench/workbench/runlog"
)

// The notebooks of these tests lie outside of the repository, as a person's own may: their imports are found all the same.

func TestACellThatFailsSaysWhyAndNothingAfterItRuns(t *testing.T) {
	l := lab(t)
	for _, tc := range []struct{ name, cell, said string }{
		{"it checks an error", `workbench.Check(errors.New("emoji.yaml:3: unknown key; did you mean lr?"))`, "emoji.yaml:3: unknown key; did you mean lr?\n"},
		{"it exits", `os.Exit(3)`, "exit status 3"},
		{"it panics", `panic("out of range")`, "out of range"},
		{"it does not compile", `workbench.Chekc(nil)`, "undefined: workbench.Chekc"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n, err := run(t, l, time.Minute, tc.cell, `fmt.Println("after")`)
			if err == nil {
				t.Fatal("the notebook is said to have run")
			}
			everything := n.Printed() + err.Error()
			if !strings.Contains(everything, tc.said) {
				t.Errorf("want %q in what was said: %s", tc.said, everything)
			}
			if strings.Contains(n.Printed(), "after") {
				t.Error("the cell after it ran")
			}
			if tc.name == "it checks an error" && strings.Contains(everything, "goroutine") {
				t.Errorf("a stack for a person's mistake: %s", everything)
			}
		})
	}
}

func TestAWidgetThatWaitsForNobodyIsEndedAndNamed(t *testing.T) {
	l := lab(t)
	_, err := run(t, l, 15*time.Second, `import "github.com/janpfeifer/gonb/gonbui/widgets"
%%
widgets.Button("go on").Done()`)
	if err == nil || !strings.Contains(err.Error(), "more than 15 s; does it wait for somebody, as a widget does?") {
		t.Errorf("the notebook ended with %v", err)
	}
}

func TestAMissingKernelSaysWhatToDo(t *testing.T) {
	l := lab(t)
	elsewhere := &jupyter.Lab{Root: t.TempDir()}
	for _, name := range []string{".venv", "setup"} {
		if err := os.Symlink(filepath.Join(l.Root, name), filepath.Join(elsewhere.Root, name)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := run(t, elsewhere, time.Minute, `fmt.Println(1)`); err == nil || !strings.Contains(err.Error(), "there is no Go kernel; run: just lab") {
		t.Errorf("the notebook ended with %v", err)
	}
}

func TestAnInterruptedCellSavesACheckpointFirst(t *testing.T) {
	l := lab(t)
	folder, err := l.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	go interruptAfterSteps(ctx, interrupt, filepath.Join(folder, "runs", "try"))
	n, err := runIn(ctx, t, l, jupyter.Options{Folder: folder, Limit: 5 * time.Minute}, `import ("clipbench/workbench"; "clipbench/workbench/config")
%%
cfg := workbench.Must(config.Load("recipes/emoji/emoji.yaml", "trainer.max_steps=100000", "trainer.val_check_interval=100000",
	"model.micro_batch_size=16", "model.data.train.dataset_path=[emoji-small:train]", "model.data.validation.dataset_path=[]"))
run := workbench.Must(workbench.Open("try", workbench.Options{Config: cfg}))
summary := workbench.Must(run.Train(context.Background()))
fmt.Println("saved", summary.Step)`, `fmt.Println("after")`)
	if err == nil || !strings.Contains(err.Error(), "stopped") || strings.Contains(n.Printed(), "after") {
		t.Errorf("the execution ended with %v: %s", err, n.Printed())
	}
	run, err := workbench.Open("try", workbench.Options{Root: filepath.Join(folder, "runs"), Backend: "go"})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	e := &execution{n, folder}
	if saved := int(e.numbers(t, `saved (\d+)`)[0][0]); run.Steps() != saved || saved == 0 {
		t.Errorf("the cell trained %d steps, and the checkpoint has %d", saved, run.Steps())
	}
}

// interruptAfterSteps waits until a run has done some steps.
func interruptAfterSteps(ctx context.Context, interrupt context.CancelFunc, run string) {
	for ctx.Err() == nil {
		time.Sleep(100 * time.Millisecond)
		content, err := os.ReadFile(filepath.Join(run, "status.json"))
		var status runlog.Status
		if err == nil && json.Unmarshal(content, &status) == nil && status.Step > 0 {
			interrupt()
		}
	}
}

// run executes cells, which are Go statements unless they have a %% of their own, in a folder of their own.
func run(t *testing.T, l *jupyter.Lab, limit time.Duration, cells ...string) (*jupyter.Notebook, error) {
	t.Helper()
	return runIn(t.Context(), t, l, jupyter.Options{Folder: t.TempDir(), Limit: limit}, cells...)
}

func runIn(ctx context.Context, t testing.TB, l *jupyter.Lab, o jupyter.Options, cells ...string) (*jupyter.Notebook, error) {
	t.Helper()
	type cell struct {
		Type     string         `json:"cell_type"`
		ID       string         `json:"id"`
		Metadata map[string]any `json:"metadata"`
		Source   string         `json:"source"`
		Outputs  []any          `json:"outputs"`
		Count    *int           `json:"execution_count"`
	}
	nb := map[string]any{"nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{}}
	sources := append([]string{"%noautoget\nimport \"clipbench/workbench\""}, cells...)
	var all []cell
	for i, source := range sources {
		if i > 0 && !strings.Contains(source, "%%") {
			source = "%%\n" + source
		}
		all = append(all, cell{Type: "code", ID: "c" + string(rune('0'+i)), Metadata: map[string]any{}, Source: source, Outputs: []any{}})
	}
	nb["cells"] = all
	content, err := json.Marshal(nb)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "own.ipynb")
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	o.Output = path + ".out"
	return l.Execute(ctx, path, o)
}
