package checkpoint

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clipbench/workbench/checkpoint/tensorfile"
	"clipbench/workbench/device"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/dtypes/bfloat16"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// state is a store with every type that training keeps.
func state(t *testing.T, step int32) *model.Store {
	t.Helper()
	store := model.NewStore()
	add := func(path string, value *tensors.Tensor, trainable bool) {
		v, err := store.CreateVariable(path, value)
		if err != nil {
			t.Fatal(err)
		}
		v.SetTrainable(trainable)
	}
	odd := []float32{1, 0, float32(math.Copysign(0, -1)), float32(math.Inf(-1)), math.SmallestNonzeroFloat32, float32(step)}
	add("/model/visual/proj", tensors.FromFlatDataAndDimensions(odd, 2, 3), true)
	add("/model/half", tensors.FromFlatDataAndDimensions([]bfloat16.BFloat16{bfloat16.FromFloat32(1.5), bfloat16.FromFloat32(float32(step))}, 2), true)
	add("/model/logit_scale", tensors.FromValue(float32(2.6593)), true)
	add("/step", tensors.FromValue(step), false)
	add("/rng", tensors.FromFlatDataAndDimensions([]uint64{math.MaxUint64, 1, uint64(step)}, 3), false)
	return store
}

func snapshot(t *testing.T, step int, metrics Metrics) Snapshot {
	t.Helper()
	s, err := Capture(state(t, int32(step)))
	if err != nil {
		t.Fatal(err)
	}
	s.Meta = Meta{
		Step: step, Samples: step * 128, Epoch: 0.5, Metrics: metrics, Tokenizer: Tokenizer{Name: "emoji", File: "tokenizer.txt"},
		Preprocess: Preprocess{Mean: []float64{.48145466, .4578275, .40821073}, Std: []float64{.26862954, .26130258, .27577711}, Size: [2]int{64, 64}, Interpolation: "bicubic", ResizeMode: "shortest"},
	}
	s.Config, s.Vocabulary = []byte("name: test\n"), []byte("#version: 0.2\ni n\n")
	return s
}

func saved(t *testing.T, root string, step int, metrics Metrics) string {
	t.Helper()
	path, err := Save(root, snapshot(t, step, metrics))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func opened(t *testing.T, path string) *Saved {
	t.Helper()
	s, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// bits are the bytes of every variable.
func bits(t *testing.T, store *model.Store) map[string]string {
	t.Helper()
	s, err := Capture(store)
	if err != nil {
		t.Fatal(err)
	}
	return tensorBits(t, s.Tensors)
}

func tensorBits(t *testing.T, from map[string]tensorfile.Tensor) map[string]string {
	t.Helper()
	all := map[string]string{}
	for path, tensor := range from {
		data := make([]byte, tensor.Size())
		if err := tensor.Read(data); err != nil {
			t.Fatal(err)
		}
		all[path] = tensor.Shape() + string(data)
	}
	return all
}

func sameBits(t *testing.T, got, want map[string]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d tensors, want %d", len(got), len(want))
	}
	for path := range want {
		if got[path] != want[path] {
			t.Errorf("%s: %q, want %q", path, got[path], want[path])
		}
	}
}

func TestSaveAndRestoreIsBitExact(t *testing.T) {
	root := t.TempDir()
	s := opened(t, saved(t, root, 7, Metrics{"val_loss": 0.25, "bad": math.NaN(), "worse": math.Inf(-1)}))

	other := state(t, 99)
	if err := s.Restore(other); err != nil {
		t.Fatal(err)
	}
	sameBits(t, bits(t, other), bits(t, state(t, 7)))
	for v := range other.IterVariables() {
		if want := strings.HasPrefix(v.Path(), "/model/"); v.Trainable != want {
			t.Errorf("%s: trainable %v, want %v", v.Path(), v.Trainable, want)
		}
	}
	m := s.Meta
	if m.Step != 7 || m.Samples != 896 || m.Epoch != 0.5 || m.Metrics["val_loss"] != 0.25 || !math.IsNaN(m.Metrics["bad"]) || !math.IsInf(m.Metrics["worse"], -1) {
		t.Errorf("meta came back as %+v", m)
	}
	if string(s.Config) != "name: test\n" {
		t.Errorf("config.yaml came back as %q", s.Config)
	}
	if vocabulary, err := os.ReadFile(s.TokenizerPath()); err != nil || string(vocabulary) != "#version: 0.2\ni n\n" {
		t.Errorf("the vocabulary came back as %q, %v", vocabulary, err)
	}
}

func TestCaptureTakesWhatIsOnTheDevice(t *testing.T) {
	d, err := device.Open(t.Context(), device.Options{Backend: "go"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	store := state(t, 1)
	step := store.GetVariable("/step")
	exec, err := model.NewExec(d.Backend, store, func(_ *model.Scope, x *graph.Node) *graph.Node {
		step.SetNodeValue(graph.AddScalar(step.NodeValue(x.Graph()), 41))
		return x
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.Call(tensors.FromValue(float32(0))); err != nil {
		t.Fatal(err)
	}
	want := bits(t, state(t, 1))
	want["/step"] = "int32[]\x2a\x00\x00\x00"
	captured, err := Capture(store)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.Call(tensors.FromValue(float32(0))); err != nil { // the snapshot must not follow
		t.Fatal(err)
	}
	sameBits(t, tensorBits(t, captured.Tensors), want)
}

func TestRestoreRefusesAnotherShapeOrName(t *testing.T) {
	s := opened(t, saved(t, t.TempDir(), 3, nil))
	for _, tc := range []struct {
		name   string
		change func(store *model.Store) error
		want   string
	}{
		{"another shape", func(store *model.Store) error {
			return store.GetVariable("/model/visual/proj").SetValue(tensors.FromFlatDataAndDimensions(make([]float32, 8), 2, 4))
		}, "tensor /model/visual/proj is float32[2,3], and float32[2,4] is wanted"},
		{"another type", func(store *model.Store) error {
			return store.GetVariable("/step").SetValue(tensors.FromValue(int64(1)))
		}, "tensor /step is int32[], and int64[] is wanted"},
		{"a tensor more", func(store *model.Store) error {
			_, err := store.CreateVariable("/ema/visual/proj", tensors.FromValue(float32(1)))
			return err
		}, "it lacks tensor /ema/visual/proj float32[]"},
		{
			"a tensor less", func(store *model.Store) error { return store.DeleteVariable("/rng") },
			"it holds tensor /rng uint64[3], for which there is no place",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			store := state(t, 50)
			if err := tc.change(store); err != nil {
				t.Fatal(err)
			}
			before := bits(t, store)
			err := s.Restore(store)
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), s.Path) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
			sameBits(t, bits(t, store), before)
		})
	}
}

func TestDamageIsRefusedByName(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		change     func([]byte) []byte
		want       string
	}{
		{"truncated", stateFile, func(b []byte) []byte { return b[:len(b)-1] }, "state.safetensors: damaged: it has"},
		{"one bit of a weight", stateFile, flip(-1), "state.safetensors: damaged: its SHA-256"},
		{"one bit of the header", stateFile, flip(20), "state.safetensors: damaged: its SHA-256"},
		{"another configuration", configFile, flip(0), "config.yaml: damaged: its SHA-256"},
		{"another vocabulary", "tokenizer.txt", flip(3), "tokenizer.txt: damaged"},
		{"half a document", metaFile, func(b []byte) []byte { return b[:len(b)/2] }, "checkpoint.json: damaged"},
		{"another step", metaFile, func(b []byte) []byte { return []byte(strings.Replace(string(b), `"step": 4`, `"step": 5`, 1)) }, "checkpoint.json: damaged: its checksum"},
		{"a later version", metaFile, func(b []byte) []byte {
			return []byte(strings.Replace(string(b), `"format_version": 1`, `"format_version": 2`, 1))
		}, "format version 2; this program reads version 1"},
		{"empty", metaFile, func([]byte) []byte { return nil }, "checkpoint.json: damaged"},
		{"no tensors", stateFile, nil, "state.safetensors"},
		{"no document", metaFile, nil, "checkpoint.json"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := saved(t, t.TempDir(), 4, nil)
			alter(t, filepath.Join(path, tc.file), tc.change)
			if _, err := Load(path); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

func flip(at int) func([]byte) []byte {
	return func(b []byte) []byte { b[(at+len(b))%len(b)] ^= 1; return b }
}

// alter changes a file, or removes it when there is no change.
func alter(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	if change == nil {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		return
	}
	data, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, change(data), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestNewestSkipsTheDamagedAndSaysSo(t *testing.T) {
	root := t.TempDir()
	if _, _, err := Newest(filepath.Join(root, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v, want os.ErrNotExist", err)
	}
	for _, step := range []int{9, 10, 100} {
		saved(t, root, step, nil)
	}
	alter(t, filepath.Join(root, "100", stateFile), flip(-1))
	s, skipped, err := Newest(root)
	if err != nil || s.Meta.Step != 10 {
		t.Fatalf("got %+v, %v, want step 10", s, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if len(skipped) != 1 || !strings.Contains(skipped[0].Error(), filepath.Join("100", stateFile)+": damaged") || !strings.Contains(skipped[0].Error(), "the one before it is used") {
		t.Errorf("skipped %v, want the damaged 100", skipped)
	}
	for _, step := range []string{"9", "10"} {
		alter(t, filepath.Join(root, step, metaFile), nil)
	}
	if _, skipped, err := Newest(root); err == nil || errors.Is(err, os.ErrNotExist) && len(skipped) == 0 || !strings.Contains(err.Error(), "none of its 3 checkpoints") {
		t.Errorf("all damaged: got %v", err)
	}
}

func TestSavingAStepAgainReplacesIt(t *testing.T) {
	root := t.TempDir()
	saved(t, root, 5, Metrics{"val_loss": 2})
	saved(t, root, 5, Metrics{"val_loss": 1})
	if m := opened(t, filepath.Join(root, "5")).Meta; m.Metrics["val_loss"] != 1 {
		t.Errorf("val_loss %v, want the second save's", m.Metrics["val_loss"])
	}
	if left := names(t, root); left != "5" {
		t.Errorf("the root holds %s", left)
	}
}

func TestAReplacementThatFailsLosesNothing(t *testing.T) {
	root := t.TempDir()
	path := saved(t, root, 5, nil)
	if err := putInPlace(root, filepath.Join(root, "not there"), path, 5); err == nil {
		t.Fatal("a folder that is not there was put in place")
	}
	s, _, err := Newest(root)
	if err != nil || s.Meta.Step != 5 {
		t.Fatalf("got %v, want the old step 5", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatWasSetAsideCountsUntilItIsReplaced(t *testing.T) {
	root := t.TempDir()
	saved(t, root, 5, nil)
	if err := os.Rename(filepath.Join(root, "5"), beside(root, replacedPrefix, 5)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(beside(root, savingPrefix, 6), 0o755); err != nil {
		t.Fatal(err)
	}
	s, _, err := Newest(root)
	if err != nil || s.Meta.Step != 5 {
		t.Fatalf("got %v, want step 5", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	saved(t, root, 7, nil)
	if left := names(t, root); left != "5 7" {
		t.Errorf("the root holds %s, want 5 7", left)
	}
}

func names(t *testing.T, root string) string {
	t.Helper()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func TestPruneKeepsTheBestAndTheNewest(t *testing.T) {
	losses := map[int]float64{1: 3, 2: 1, 3: math.NaN(), 4: 2, 5: 9}
	for _, tc := range []struct {
		name   string
		r      Retention
		damage string // the checkpoint whose state is gone
		want   string
	}{
		{"all", Retention{Keep: -1}, "", "1 2 3 4 5"},
		{"least loss", Retention{Keep: 2, Monitor: "val_loss", Mode: "min"}, "", "2 4 5"},
		{"greatest", Retention{Keep: 2, Monitor: "val_loss", Mode: "max"}, "", "1 5"},
		{"a metric that nobody has keeps the newest", Retention{Keep: 2, Monitor: "accuracy", Mode: "max"}, "", "4 5"},
		{"NaN is worst", Retention{Keep: 4, Monitor: "val_loss", Mode: "min"}, "", "1 2 4 5"},
		{"none but the newest", Retention{Keep: 0, Monitor: "val_loss", Mode: "min"}, "", "5"},
		{"the newest undamaged", Retention{Keep: 1, Monitor: "val_loss", Mode: "min"}, "5", "2 4 5"},
		{"one that is not whole takes no place", Retention{Keep: 1, Monitor: "val_loss", Mode: "min"}, "2", "2 4 5"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			root := t.TempDir()
			for step := 1; step <= 5; step++ {
				saved(t, root, step, Metrics{"val_loss": losses[step]})
			}
			if tc.damage != "" {
				if err := os.Remove(filepath.Join(root, tc.damage, stateFile)); err != nil {
					t.Fatal(err)
				}
			}
			newest, _, err := Newest(root)
			if err == nil {
				err = errors.Join(newest.Close(), prune(root, tc.r, newest.Path))
			}
			if err != nil {
				t.Fatal(err)
			}
			if left := names(t, root); left != tc.want {
				t.Errorf("%s stay, want %s", left, tc.want)
			}
		})
	}
}

func TestSaverWritesInOrderAndReportsItsErrors(t *testing.T) {
	root := filepath.Join(t.TempDir(), "checkpoints")
	var written []string
	s := &Saver{
		Root: root, Retention: Retention{Keep: 1, Monitor: "val_loss", Mode: "min"},
		Written: func(path string, _ Meta) { written = append(written, filepath.Base(path)) },
	}
	for step := 1; step <= 4; step++ {
		if err := s.Save(snapshot(t, step, Metrics{"val_loss": float64(step)})); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(written, " "); got != "1 2 3 4" {
		t.Errorf("written %s", got)
	}
	if left := names(t, root); left != "1 4" {
		t.Errorf("%s stay, want the best and the newest: 1 4", left)
	}
	blocked := &Saver{Root: filepath.Join(root, "4", stateFile), Retention: Retention{Keep: -1}}
	if err := blocked.Save(snapshot(t, 5, nil)); err != nil {
		t.Fatal(err)
	}
	if err := blocked.Close(); err == nil || !strings.Contains(err.Error(), "the checkpoint cannot be written") {
		t.Errorf("a root that is a file: got %v", err)
	}
	if err := blocked.Close(); err != nil {
		t.Errorf("an error is told once, got %v", err)
	}
}

func TestLabelsAreNeMoFilenames(t *testing.T) {
	m := Meta{Step: 100, Samples: 3200, Epoch: 1, Metrics: Metrics{"val_loss": 0.256}}
	for pattern, want := range map[string]string{
		"megatron_clip--{val_loss:.2f}-{step}-{consumed_samples}": "megatron_clip--val_loss=0.26-step=100-consumed_samples=3200",
		"{step:06d}": "step=000100", "{val_loss}": "val_loss=0.256", "{absent:.1f}": "absent=0.0", "plain": "plain", "{epoch:d}": "epoch=1",
	} {
		if got := Label(pattern, m); got != want {
			t.Errorf("%s: %s, want %s", pattern, got, want)
		}
	}
}

func TestALabelThatCannotBeLinkedDoesNotFailTheCheckpoint(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, linkPrefix+"5", "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	s := snapshot(t, 5, nil)
	s.Label = "best"
	path, err := Save(root, s)
	if err != nil {
		t.Fatal(err)
	}
	if m := opened(t, path).Meta; m.Label != "best" {
		t.Errorf("its label is %q", m.Label)
	}
}

func TestATypeThatCannotBeKeptIsRefused(t *testing.T) {
	s := snapshot(t, 1, nil)
	s.Tensors["/complex"] = tensorfile.New(dtypes.Complex64, nil, make([]byte, 8))
	root := t.TempDir()
	if _, err := Save(root, s); err == nil || !strings.Contains(err.Error(), `tensor "/complex": safetensors has no type Complex64`) {
		t.Errorf("got %v", err)
	}
	if left := names(t, root); left != "" {
		t.Errorf("%s is left behind", left)
	}
}
