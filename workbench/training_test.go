package workbench

import (
	"context"
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"clipbench/workbench/config"
	"clipbench/workbench/device"
	"clipbench/workbench/evaluate"
	"clipbench/workbench/runlog"
)

// tiny opens a run of testdata/tiny.yaml below root.
func tiny(t testing.TB, root string, p Progress, overrides ...string) *Run {
	t.Helper()
	cfg, err := config.Load("../testdata/tiny.yaml", overrides...)
	if err != nil {
		t.Fatal(err)
	}
	run, err := Open("", Options{Config: cfg, Root: root, Backend: "go", Progress: p})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(run.Close)
	return run
}

// recorder keeps what it is told.
type recorder struct {
	moments []Moment
	metrics []string
	said    []string
	closed  int
	during  func(Moment) // may be nil
}

func (r *recorder) Step(m Moment) {
	r.moments = append(r.moments, m)
	if r.during != nil {
		r.during(m)
	}
}

func (r *recorder) Metrics(step int, values map[string]float64) {
	r.metrics = append(r.metrics, fmt.Sprint(step, len(values)))
}

func (r *recorder) Say(text string) { r.said = append(r.said, text) }
func (r *recorder) Close()          { r.closed++ }

func TestTrainingInPartsIsTrainingAtOnce(t *testing.T) {
	whole, parts := t.TempDir(), t.TempDir()
	if _, err := tiny(t, whole, &recorder{}).Train(t.Context()); err != nil {
		t.Fatal(err)
	}
	run := tiny(t, parts, &recorder{})
	for _, want := range []int{5, 8, 12, 12} {
		summary, err := run.TrainSteps(t.Context(), want-run.Steps())
		if err != nil || summary.Step != want || run.Steps() != want {
			t.Fatalf("step %d, %v; want %d", summary.Step, err, want)
		}
	}
	state := func(root string) string {
		text, err := os.ReadFile(filepath.Join(root, "tiny", "checkpoints", "12", "state.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if state(whole) != state(parts) {
		t.Error("the states differ")
	}
}

func TestProgressIsToldEachStepAndEachLine(t *testing.T) {
	root, p := t.TempDir(), &recorder{}
	run := tiny(t, root, p)
	if _, err := run.TrainSteps(t.Context(), 8); err != nil {
		t.Fatal(err)
	}
	for i, m := range p.moments {
		if m.Run != "tiny" || m.First != 0 || m.Step != i+1 || m.Total != 12 || !(m.Loss > 0) || (i < 1) != (m.Left < 0) {
			t.Errorf("moment %d: %+v", i, m)
		}
	}
	if want := []int{1, 2, 3, 4, 4, 5, 6, 7, 8, 8}; len(p.metrics) != len(want) || len(p.moments) != 8 || p.closed != 1 {
		t.Errorf("%d steps, lines %v, closed %d times", len(p.moments), p.metrics, p.closed)
	}
	said := strings.Join(p.said, "\n")
	for _, words := range []string{"0 of 12 steps done", "step 4  loss", "stopped at step 8 of 12; train it again to go on"} {
		if !strings.Contains(said, words) {
			t.Errorf("%q was not said:\n%s", words, said)
		}
	}
}

func TestStopOfANotebookSavesFirst(t *testing.T) {
	root := t.TempDir()
	p := &recorder{during: func(m Moment) {
		if m.Step == 3 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGINT) // what a kernel sends when Stop is pressed
		}
	}}
	summary, err := tiny(t, root, p, "trainer.max_steps=100000", "trainer.val_check_interval=100000").Train(context.Background())
	if err != nil || summary.State != runlog.Stopped || summary.Checkpoint == "" {
		t.Fatalf("%+v, %v", summary, err)
	}
	again, err := Open("tiny", Options{Root: root, Backend: "go"})
	if err != nil || again.Steps() != summary.Step {
		t.Fatalf("opened at step %d, %v; stopped at %d", again.Steps(), err, summary.Step)
	}
	again.Close()
}

func TestARunTrainedElsewhereMeanwhileIsNotTakenBack(t *testing.T) {
	root := t.TempDir()
	late := tiny(t, root, &recorder{})
	if _, err := late.TrainSteps(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	if _, err := tiny(t, root, &recorder{}).TrainSteps(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	if _, err := late.TrainSteps(t.Context(), 4); err == nil || !strings.Contains(err.Error(), "another process has trained it to step 8; open it again") {
		t.Errorf("got %v", err)
	}
}

func TestARunThatIsBeingTrainedElsewhereIsNotToBeOpenedAgain(t *testing.T) {
	root := t.TempDir()
	late := tiny(t, root, &recorder{})
	if _, err := late.TrainSteps(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	var refused error
	elsewhere := tiny(t, root, &recorder{during: func(m Moment) {
		if m.Step == 11 { // the checkpoint of step 8 is there, and the writer has not ended
			_, refused = late.TrainSteps(t.Context(), 4)
		}
	}})
	if _, err := elsewhere.Train(t.Context()); err != nil {
		t.Fatal(err)
	}
	if refused == nil || !strings.Contains(refused.Error(), "is writing this run") {
		t.Errorf("got %v", refused)
	}
}

// TestARunGoesOnOnAnotherMesh trains four steps on one device and four on two, and compares with eight on one.
func TestARunGoesOnOnAnotherMesh(t *testing.T) {
	d, err := device.Open(t.Context(), device.Options{Backend: "xla:cpu"})
	if err != nil {
		t.Skipf("needs more than one device: %v", err)
	}
	d.Close()
	open := func(root string, p Progress, devices int) *Run {
		cfg, err := config.Load("../testdata/tiny.yaml", "model.data.validation.dataset_path=[]", "model.global_batch_size=16",
			fmt.Sprintf("trainer.devices=%d", devices), fmt.Sprintf("model.micro_batch_size=%d", 16/devices))
		if err != nil {
			t.Fatal(err)
		}
		run, err := Open("", Options{Config: cfg, Root: root, Backend: "xla:cpu", Progress: p})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(run.Close)
		return run
	}
	train := func(run *Run, steps int) Summary {
		summary, err := run.TrainSteps(t.Context(), steps)
		if err != nil {
			t.Fatal(err)
		}
		return summary
	}
	here, there, p := t.TempDir(), filepath.Join(t.TempDir(), "runs"), &recorder{}
	alone := open(here, &recorder{}, 1)
	train(alone, 4)
	if err := os.CopyFS(there, os.DirFS(here)); err != nil {
		t.Fatal(err)
	}
	one, two := train(alone, 4), train(open(there, p, 2), 4)
	if two.Step != 8 || math.Abs(two.Metrics["loss"]-one.Metrics["loss"]) > 1e-4*one.Metrics["loss"] {
		t.Errorf("step %d, loss %g on two devices, %g on one", two.Step, two.Metrics["loss"], one.Metrics["loss"])
	}
	if said := strings.Join(p.said, "\n"); !strings.Contains(said, "it goes on with trainer.devices=2, which was 1") {
		t.Errorf("the other mesh was not told:\n%s", said)
	}
}

func TestARunIsNamedByItsConfiguration(t *testing.T) {
	for name, tc := range map[string]struct {
		given, override, want string
	}{
		"the root's name":    {"", "name=a", "runs/a"},
		"exp_manager's":      {"", "exp_manager.name=b", "runs/b"},
		"explicit_log_dir":   {"", "exp_manager.explicit_log_dir=else/c", "else/c"},
		"the same, by name":  {"c", "exp_manager.explicit_log_dir=else/c", "else/c"},
		"exp_dir":            {"d", "exp_manager.exp_dir=mine", "mine/d"},
		"--run and a folder": {"d", "exp_manager.explicit_log_dir=else/c", "error: leave out one of them"},
		"two folders":        {"a/b", "name=a", "error: is no name for a run"},
		"hidden":             {".a", "name=a", "error: is no name for a run"},
	} {
		cfg, err := config.Load("../testdata/tiny.yaml", tc.override)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Dir(tc.given, Options{Config: cfg})
		if err != nil {
			got = "error: " + err.Error()
		}
		if refused := err != nil && strings.Contains(got, strings.TrimPrefix(tc.want, "error: ")); got != tc.want && !refused {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

// TestValidationLossIsTheContrastiveLossOfItsPairs computes it again from the embeddings, in float64.
func TestValidationLossIsTheContrastiveLossOfItsPairs(t *testing.T) {
	root := t.TempDir()
	run := tiny(t, root, &recorder{}, "trainer.limit_val_batches=2", "model.share_equal_captions=false")
	summary, err := run.TrainSteps(t.Context(), 4)
	if err != nil {
		t.Fatal(err)
	}
	source, err := OpenSource("emoji-small:validation-style")
	if err != nil {
		t.Fatal(err)
	}
	pairs, err := run.EmbedImages(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := run.EmbedTexts(t.Context(), pairs.Captions)
	if err != nil {
		t.Fatal(err)
	}
	scale, err := run.LogitScale()
	if err != nil {
		t.Fatal(err)
	}
	want := 0.0
	for start := range 2 {
		a, b := pairs.Images[start*16:start*16+16], texts[start*16:start*16+16]
		want += (crossEntropy(a, b, scale) + crossEntropy(b, a, scale)) / 4
	}
	if got := summary.Metrics["val_loss"]; math.Abs(got-want) > 1e-5 {
		t.Errorf("val_loss %g, want %g", got, want)
	}
	recall, err := evaluate.Retrieval(pairs.Images[:32], texts[:32], captionNumbers(pairs.Captions[:32]))
	if err != nil || summary.Metrics["val_image_to_text_r@5"] != recall.ImageToText.Top5 || summary.Metrics["val_text_to_image_r@10"] != recall.TextToImage.Top10 {
		t.Errorf("recall %v, want %+v (%v)", summary.Metrics, recall, err)
	}
}

// crossEntropy is the mean over a's rows of -log softmax(scale·cosine) at the row's own place in b.
func crossEntropy(a, b evaluate.Embeddings, scale float64) (mean float64) {
	for i, row := range evaluate.Scores(a, b) {
		sum := 0.0
		for _, cosine := range row {
			sum += math.Exp(scale * float64(cosine))
		}
		mean += (math.Log(sum) - scale*float64(row[i])) / float64(len(a))
	}
	return mean
}

func TestValidationLeavesTheGallerysMatrixOfEachStep(t *testing.T) {
	root := t.TempDir()
	if _, err := tiny(t, root, &recorder{}).TrainSteps(t.Context(), 8); err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{"4", "8"} {
		f, err := os.Open(filepath.Join(root, "tiny", "media", step, "similarity.png"))
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(f)
		if err != nil || picture.Bounds().Dx() < 500 {
			t.Errorf("step %s: a picture of %v, %v", step, picture.Bounds(), err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(root, "tiny", "media", "*", ".*")); len(left) > 0 {
		t.Errorf("half-written files stay: %v", left)
	}
}

func TestGPUsAreReadFromNvidiaSMI(t *testing.T) {
	values := map[string]float64{}
	addGPUs(values, "0, 87, 20480\n1, [N/A], 512\nsomething else\n")
	want := map[string]float64{"sys/gpu0": .87, "sys/gpu0_mem": 20480 << 20, "sys/gpu1_mem": 512 << 20}
	if !reflect.DeepEqual(values, want) {
		t.Errorf("%v, want %v", values, want)
	}
}

func TestTheMachineIsMeasured(t *testing.T) {
	values := measureMachine(t.Context())
	if share := values["sys/cpu"]; share < 0 || share > 1 || values["sys/mem"] < 1<<20 || values["sys/rss"] < 1<<20 || values["sys/rss"] > values["sys/mem"]*2 {
		t.Errorf("%v", values)
	}
}
