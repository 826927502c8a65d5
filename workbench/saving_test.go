package workbench

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clipbench/workbench/checkpoint"
	"clipbench/workbench/runlog"
)

func TestACheckpointThatCouldNotBeWrittenIsNotListedAndWrittenNextTime(t *testing.T) {
	root := t.TempDir()
	checkpoints := filepath.Join(root, "tiny", "checkpoints")
	p := &recorder{during: func(m Moment) {
		if m.Step == m.Total { // a file where their folder is to be
			_ = os.WriteFile(checkpoints, nil, 0o644)
		}
	}}
	run := tiny(t, root, p, "trainer.val_check_interval=100")
	summary, err := run.Train(t.Context())
	if err == nil || summary.State != runlog.Failed || summary.Checkpoint != "" {
		t.Fatalf("%+v, %v", summary, err)
	}
	if err := os.Remove(checkpoints); err != nil {
		t.Fatal(err)
	}
	p.during = nil
	if summary, err = run.Train(t.Context()); err != nil || summary.State != runlog.Finished || summary.Checkpoint != filepath.Join(checkpoints, "12") {
		t.Fatalf("%+v, %v", summary, err)
	}
	if _, err := os.Stat(filepath.Join(summary.Checkpoint, "checkpoint.json")); err != nil {
		t.Error(err)
	}
}

func TestAValidationThatFailsLosesNoStep(t *testing.T) {
	root := t.TempDir()
	media := filepath.Join(root, "tiny", "media")
	p := &recorder{during: func(m Moment) {
		if m.Step == 3 { // a file where the gallery's folder is to be
			_ = os.RemoveAll(media)
			_ = os.WriteFile(media, nil, 0o644)
		}
	}}
	summary, err := tiny(t, root, p).Train(t.Context())
	if err == nil || !strings.Contains(err.Error(), "media") || summary.State != runlog.Failed {
		t.Fatalf("%+v, %v", summary, err)
	}
	if err := os.Remove(media); err != nil {
		t.Fatal(err)
	}
	run := tiny(t, root, &recorder{})
	if run.Steps() != 4 {
		t.Errorf("it goes on from step %d, want 4", run.Steps())
	}
	if summary, err = run.Train(t.Context()); err != nil || summary.Step != 12 {
		t.Errorf("%+v, %v", summary, err)
	}
	if _, err := os.Stat(filepath.Join(media, "4", "similarity.png")); err != nil {
		t.Errorf("the validation that failed was not made up for: %v", err)
	}
}

func TestCheckpointKeysHaveTheirEffect(t *testing.T) {
	for name, tc := range map[string]struct {
		overrides []string
		steps     []string // of the checkpoints that stay after twelve steps
	}{
		"at each validation, three best":   {nil, []string{"4", "8", "12"}},
		"every n steps":                    {[]string{"every_n_train_steps=5"}, []string{"5", "10", "12"}},
		"the best one and the newest":      {[]string{"save_top_k=1", "monitor=lr", "mode=max"}, []string{"4", "12"}},
		"the newest alone":                 {[]string{"save_top_k=0"}, []string{"12"}},
		"all":                              {[]string{"save_top_k=-1", "every_n_train_steps=2"}, []string{"2", "4", "6", "8", "10", "12"}},
		"by the clock, which never is due": {[]string{"train_time_interval=60"}, []string{"12"}},
		"by the clock, which always is":    {[]string{"train_time_interval=1e-9", "save_top_k=-1"}, []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			var overrides []string
			for _, o := range tc.overrides {
				overrides = append(overrides, "exp_manager.checkpoint_callback_params."+o)
			}
			if _, err := tiny(t, root, &recorder{}, overrides...).Train(t.Context()); err != nil {
				t.Fatal(err)
			}
			var steps []string
			paths, err := checkpoint.List(filepath.Join(root, "tiny", "checkpoints"))
			for _, path := range paths {
				steps = append(steps, filepath.Base(path))
			}
			if err != nil || !slices.Equal(steps, tc.steps) {
				t.Errorf("checkpoints %v (%v), want %v", steps, err, tc.steps)
			}
		})
	}
}

func TestWithoutCheckpointsNoneIsWrittenAndThatIsSaid(t *testing.T) {
	root, p := t.TempDir(), &recorder{}
	summary, err := tiny(t, root, p, "exp_manager.create_checkpoint_callback=false").Train(t.Context())
	if err != nil || summary.Checkpoint != "" || !strings.Contains(strings.Join(p.said, "\n"), "no checkpoint is written") {
		t.Errorf("%+v, %v, said %v", summary, err, p.said)
	}
	if _, err := os.Stat(filepath.Join(root, "tiny", "checkpoints")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder of checkpoints is there: %v", err)
	}
}

func TestACheckpointIsFoundByItsFilename(t *testing.T) {
	root := t.TempDir()
	run := tiny(t, root, &recorder{}, "exp_manager.checkpoint_callback_params.filename=best-{val_loss:.3f}-{step}")
	summary, err := run.TrainSteps(t.Context(), 4)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "tiny", "checkpoints", fmt.Sprintf("best-val_loss=%.3f-step=4", summary.Metrics["val_loss"]))
	m, err := OpenModel(path, Options{Backend: "go"})
	if err != nil {
		t.Fatal(err)
	}
	m.Close()
}
