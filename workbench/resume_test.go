package workbench

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clipbench/workbench/config"
	"clipbench/workbench/device"
	"clipbench/workbench/runlog"
)

// recipe is a folder with the tiny configuration and a vocabulary of its own beside it.
func recipe(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "recipe")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"../testdata/tiny.yaml": "tiny.yaml", "../recipes/emoji/vocabulary.txt": "vocabulary.txt"} {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		text = []byte(strings.Replace(string(text), "../recipes/emoji/vocabulary.txt", "vocabulary.txt", 1))
		if err := os.WriteFile(filepath.Join(dir, to), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// openRecipe opens the run of a recipe's folder; of no folder by its name alone.
func openRecipe(t *testing.T, dir, root string, overrides ...string) (*Run, error) {
	t.Helper()
	o := Options{Root: root, Backend: "go", Progress: &recorder{}}
	if dir != "" {
		var err error
		if o.Config, err = config.Load(filepath.Join(dir, "tiny.yaml"), overrides...); err != nil {
			t.Fatal(err)
		}
	}
	run, err := Open("tiny", o)
	if err == nil {
		t.Cleanup(run.Close)
	}
	return run, err
}

// mustTrain opens a run and trains it some steps further.
func mustTrain(t *testing.T, dir, root string, steps int, overrides ...string) {
	t.Helper()
	run, err := openRecipe(t, dir, root, overrides...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.TrainSteps(t.Context(), steps); err != nil {
		t.Fatal(err)
	}
}

func TestARunGoesOnWhenItsRecipeHasMoved(t *testing.T) {
	dir, root := recipe(t), t.TempDir()
	content, err := os.ReadFile(filepath.Join(dir, "vocabulary.txt"))
	if err != nil {
		t.Fatal(err)
	}
	newest := []string{"exp_manager.checkpoint_callback_params.save_top_k=0"} // so that the copy it was opened from goes
	mustTrain(t, dir, root, 4, newest...)
	elsewhere := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(dir, elsewhere); err != nil {
		t.Fatal(err)
	}
	mustTrain(t, elsewhere, root, 2, newest...) // by the recipe, where it is now
	mustTrain(t, "", root, 2)                   // by the run's name
	if err := os.Remove(filepath.Join(elsewhere, "vocabulary.txt")); err != nil {
		t.Fatal(err)
	}
	mustTrain(t, "", root, 4)
	last := filepath.Join(root, "tiny", "checkpoints", "12")
	if kept, err := os.ReadFile(filepath.Join(last, "tokenizer.txt")); err != nil || string(kept) != string(content) {
		t.Errorf("the last checkpoint has not the vocabulary: %v", err)
	}
	m, err := ReadModel(last, Options{})
	if err != nil || m.Path != last {
		t.Errorf("the last checkpoint does not open: %v", err)
	}
}

func TestAnotherVocabularyIsRefusedWhereverItLies(t *testing.T) {
	dir, root := recipe(t), t.TempDir()
	mustTrain(t, dir, root, 4)
	path := filepath.Join(dir, "vocabulary.txt")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(content), "\n")
	lines[10], lines[11] = lines[11], lines[10] // as long as before: its size tells nothing
	edited := strings.Join(lines, "")
	if err := os.WriteFile(path, []byte(edited), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := openRecipe(t, dir, root); err == nil || !strings.Contains(err.Error(), "is not what it was when the run was trained") ||
		!strings.Contains(err.Error(), filepath.Join("checkpoints", "4", "tokenizer.txt")) {
		t.Errorf("edited in place: %v", err)
	}
	other := recipe(t)
	if err := os.WriteFile(filepath.Join(other, "vocabulary.txt"), []byte(edited), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := openRecipe(t, other, root); err == nil || !strings.Contains(err.Error(), "differs in model.tokenizer.merge_file") {
		t.Errorf("elsewhere, and another: %v", err)
	}
	run, err := openRecipe(t, "", root)
	if err != nil {
		t.Fatalf("by its name: %v", err)
	}
	if run.words.sum() == "" || string(run.words.content) != string(content) {
		t.Error("by its name it has not the vocabulary that it was trained with")
	}
}

// folderOfPairs makes a folder of 20 pairs.
func folderOfPairs(t *testing.T, dir string) string {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		writePair(t, dir, i, fmt.Sprint("caption ", i))
	}
	return dir
}

// writePair writes a picture of the small set with a caption.
func writePair(t *testing.T, dir string, i int, caption string) {
	t.Helper()
	source, err := OpenSource("emoji-small:train")
	if err != nil {
		t.Fatal(err)
	}
	s, err := source.Sample(i)
	if err != nil {
		t.Fatal(err)
	}
	stem := filepath.Join(dir, fmt.Sprintf("%02d", i))
	if err := errors.Join(os.WriteFile(stem+".png", s.Image, 0o644), os.WriteFile(stem+".txt", []byte(caption), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func TestTheSameDataUnderAnotherPathGoesOnToTheSameBits(t *testing.T) {
	dir, root, whole, base := recipe(t), t.TempDir(), t.TempDir(), t.TempDir()
	folderOfPairs(t, filepath.Join(base, "pairs"))
	folderOfPairs(t, filepath.Join(base, "val"))
	t.Chdir(base)
	train := func(root string, steps int, pairs, validation string, more ...string) ([]string, error) {
		t.Helper()
		said := &recorder{}
		cfg, err := config.Load(filepath.Join(dir, "tiny.yaml"), append(more, "model.data.train.dataset_path="+pairs, "model.data.validation.dataset_path="+validation)...)
		if err != nil {
			t.Fatal(err)
		}
		run, err := Open("tiny", Options{Config: cfg, Root: root, Backend: "go", Progress: said})
		if err != nil {
			return nil, err
		}
		defer run.Close()
		_, err = run.TrainSteps(t.Context(), steps)
		return said.said, err
	}
	goesOn := func(pairs, validation, told string, more ...string) {
		t.Helper()
		said, err := train(root, 2, pairs, validation, more...)
		if text := strings.Join(said, "\n"); err != nil || strings.Count(text, told) != 1 {
			t.Errorf("%v; it says\n%s\nwant %q once", err, text, told)
		}
	}
	if _, err := train(whole, 8, "pairs", "val"); err != nil {
		t.Fatal(err)
	}
	goesOn("pairs", "val", "0 of 12 steps done")
	goesOn(filepath.Join(base, "pairs"), "val", "it goes on with model.data.train.dataset_path=["+filepath.Join(base, "pairs")+"], which was [pairs]: the same pairs")
	if err := errors.Join(os.Rename("pairs", "moved"), os.Rename("val", "away")); err != nil {
		t.Fatal(err)
	}
	goesOn("moved", "away", "model.data.validation.dataset_path=[away], which was [val]: the same pairs")
	goesOn("moved", "away", "model.data.webdataset.local_root_path="+base+", which was null: the same pairs", "model.data.webdataset.local_root_path="+base)
	state := func(root string) string {
		text, err := os.ReadFile(filepath.Join(root, "tiny", "checkpoints", "8", "state.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if state(root) != state(whole) {
		t.Error("in parts, with the data moved between them, it came to another state")
	}

	writePair(t, "away", 3, "another")
	if _, err := train(root, 1, "moved", "away"); err == nil || !strings.Contains(err.Error(), "its validation data changed: away holds other pairs than it did") {
		t.Errorf("other validation data under another path: %v", err)
	}
	writePair(t, "away", 3, "caption 3")
	writePair(t, "moved", 3, "another")
	if _, err := train(root, 1, "moved", "away"); err == nil || !strings.Contains(err.Error(), "its training data changed: moved holds other pairs than it did") {
		t.Errorf("other training data under another path: %v", err)
	}
}

func TestChangedTrainingDataIsRefusedAndTheSameGoesOn(t *testing.T) {
	pairs, root := folderOfPairs(t, filepath.Join(t.TempDir(), "pairs")), t.TempDir()
	write := func(i int, caption string) { writePair(t, pairs, i, caption) }
	train := func() error {
		run, err := openRecipe(t, "../testdata", root, "model.data.train.dataset_path=["+pairs+"]")
		if err != nil {
			t.Fatal(err)
		}
		_, err = run.TrainSteps(t.Context(), 4)
		return err
	}
	refused := func(words string) {
		t.Helper()
		if err := train(); err == nil || !strings.Contains(err.Error(), "its training data changed: "+pairs+" "+words) || !strings.Contains(err.Error(), "another --run") {
			t.Errorf("got %v, want %s", err, words)
		}
	}
	if err := train(); err != nil {
		t.Fatal(err)
	}
	write(7, "another")
	refused("holds other pairs than it did")
	write(7, "caption 7")
	write(20, "one more")
	refused("holds 21 pairs, and held 20")
	if err := os.Remove(filepath.Join(pairs, "20.png")); err != nil {
		t.Fatal(err)
	}
	if err := train(); err != nil {
		t.Error(err)
	}
	info, err := os.ReadFile(filepath.Join(root, "tiny", "run.json"))
	if err != nil || !strings.Contains(string(info), fmt.Sprintf("%q: 20", pairs)) {
		t.Errorf("run.json does not name the data, %v:\n%s", err, info)
	}
}

// TestWithoutGatheredGradientsTheDataRanksStay asks what a run's own configuration may become.
func TestWithoutGatheredGradientsTheDataRanksStay(t *testing.T) {
	configure := func(gather bool, devices, model int) *config.Config {
		cfg, err := config.Load("../testdata/tiny.yaml", "model.global_batch_size=16", "model.micro_batch_size=4", fmt.Sprintf("model.gather_with_grad=%v", gather),
			fmt.Sprintf("trainer.devices=%d", devices), fmt.Sprintf("model.tensor_model_parallel_size=%d", model))
		if err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	for name, tc := range map[string]struct {
		gather         bool
		devices, model int // after two devices and no tensor parallelism
		refused        bool
	}{
		"gathered, on four":                    {true, 4, 1, false},
		"not gathered, on four":                {false, 4, 1, true},
		"not gathered, on one":                 {false, 1, 1, true},
		"not gathered, tensor parallelism":     {false, 2, 2, true},
		"not gathered, four as two data ranks": {false, 4, 2, false},
		"not gathered, as before":              {false, 2, 1, false},
	} {
		_, err := (&Run{}).sameExperiment(configure(tc.gather, 2, 1), configure(tc.gather, tc.devices, tc.model), nil)
		if (err != nil) != tc.refused || err != nil && !strings.Contains(err.Error(), "model.gather_with_grad=false") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnotherBackendIsToldOnResume(t *testing.T) {
	d, err := device.Open(t.Context(), device.Options{Backend: "xla:cpu"})
	if err != nil {
		t.Skipf("needs a second backend: %v", err)
	}
	d.Close()
	root := t.TempDir()
	mustTrain(t, recipe(t), root, 1)
	for _, tc := range []struct {
		backend string
		want    int
	}{{"go", 0}, {"xla:cpu", 1}} {
		run, err := Open("tiny", Options{Root: root, Backend: tc.backend})
		if err != nil {
			t.Fatal(err)
		}
		run.Close()
		if n := strings.Count(strings.Join(run.Notices, "\n"), "it goes on on xla:cpu and was trained on go"); n != tc.want || len(run.Notices) != n {
			t.Errorf("on %s: %q", tc.backend, run.Notices)
		}
	}
}

func TestMaxTimeBoundsTheRunAndNotEachOfItsProcesses(t *testing.T) {
	dir, root := recipe(t), t.TempDir()
	within := func(seconds float64) Summary {
		t.Helper()
		run, err := openRecipe(t, dir, root, fmt.Sprintf("trainer.max_time=%fs", seconds))
		if err != nil {
			t.Fatal(err)
		}
		summary, err := run.TrainSteps(t.Context(), 4)
		if err != nil {
			t.Fatal(err)
		}
		return summary
	}
	first := within(3600)
	if first.Step != 4 || first.RunSeconds <= 0 || first.RunSeconds != first.Seconds {
		t.Fatalf("%+v", first)
	}
	if over := within(first.RunSeconds / 2); over.Step != 4 || over.State != runlog.Stopped {
		t.Errorf("its time was over: %+v", over)
	}
	status, err := os.ReadFile(filepath.Join(root, "tiny", "status.json"))
	if err != nil || !strings.Contains(string(status), "raise that to go on") {
		t.Errorf("it does not say why it stopped, %v:\n%s", err, status)
	}
	if more := within(3600); more.Step != 8 || more.RunSeconds < more.Seconds+first.RunSeconds/2 {
		t.Errorf("%+v", more)
	}
}

func TestALongerRunBeginsFromTheWeightsOfTheFirst(t *testing.T) {
	dir, root := recipe(t), t.TempDir()
	mustTrain(t, dir, root, 12)
	_, err := openRecipe(t, dir, root, "trainer.max_steps=20")
	from := "model.restore_from_path=" + filepath.Join(root, "tiny")
	if err == nil || !strings.Contains(err.Error(), "trainer.max_steps=12, and 20 is another run") || !strings.Contains(err.Error(), from) {
		t.Fatalf("got %v", err)
	}
	mustTrain(t, dir, t.TempDir(), 1, "trainer.max_steps=20", from)
}

func TestARunAtAConstantRateIsMadeLongerToTheSameBits(t *testing.T) {
	dir, constant := recipe(t), "model.optim.sched.name=constant"
	once, twice := t.TempDir(), t.TempDir()
	mustTrain(t, dir, once, 8, constant, "trainer.max_steps=8")
	mustTrain(t, dir, twice, 5, constant, "trainer.max_steps=5")
	mustTrain(t, dir, twice, 3, constant, "trainer.max_steps=8")
	want, err := os.ReadFile(filepath.Join(once, "tiny", "checkpoints", "8", "state.safetensors"))
	got, err2 := os.ReadFile(filepath.Join(twice, "tiny", "checkpoints", "8", "state.safetensors"))
	if err := errors.Join(err, err2); err != nil || !bytes.Equal(got, want) {
		t.Errorf("another state than that of 8 steps at once (%v)", err)
	}
}

func TestARunWithoutAWholeCheckpointDoesNotBeginAnew(t *testing.T) {
	dir, root := recipe(t), t.TempDir()
	mustTrain(t, dir, root, 1)
	if err := os.Remove(filepath.Join(root, "tiny", "checkpoints", "1", "state.safetensors")); err != nil {
		t.Fatal(err)
	}
	if run, err := openRecipe(t, dir, root); err == nil {
		t.Errorf("opened at step %d", run.Steps())
	}
}
