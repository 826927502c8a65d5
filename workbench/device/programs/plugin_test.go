//go:build cgo

package programs

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/distributed"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/go-xla/compute/xla"
	. "github.com/gomlx/gomlx/core/graph"

	finder "clipbench/workbench/device/pjrt"
)

// backend is XLA with its programs kept in a folder of the test's own.
func backend(t *testing.T) (compute.Backend, *Store) {
	t.Helper()
	for _, plugin := range finder.Find(finder.Here()) {
		if plugin.Pin == nil {
			continue
		}
		xla.EnableAutoInstall(false)
		opened.rules.Store = nil // of the test before
		if err := Open(plugin.Path, Rules{StepOptions: plugin.Pin.StepOptions}); err != nil {
			t.Fatal(err)
		}
		opened.rules.Store = &Store{Dir: t.TempDir(), Limit: 1 << 30}
		b, err := xla.New(plugin.Path + ",shared_buffers")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(b.Finalize)
		return b, opened.rules.Store
	}
	t.Skip("no XLA CPU plugin that this project knows: `just setup` fetches it")
	return nil, nil
}

// run compiles a graph and runs it on [1 2 3].
func run(t *testing.T, b compute.Backend, name string, f func(x *Node) *Node) []float32 {
	t.Helper()
	e := MustNewExec(b, f).WithName(name)
	defer e.Finalize()
	out, err := e.Call([]float32{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	return out[0].Value().([]float32)
}

func names(t *testing.T, s *Store) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.Dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestAProcessHasOneXLAAndOneFolder(t *testing.T) {
	b, store := backend(t)
	left := filepath.Join(store.Dir, freshPrefix+"left")
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(left, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	path := opened.path
	if err := Open(path, Rules{Store: &Store{Dir: store.Dir, Limit: store.Limit}}); err != nil {
		t.Errorf("the same folder again: %v", err)
	}
	if len(names(t, store)) != 0 {
		t.Error("what a killed process left is there after opening")
	}
	for name, rules := range map[string]Rules{"another folder": {Store: &Store{Dir: t.TempDir()}}, "no folder": {}} {
		if err := Open(path, rules); err == nil || !strings.Contains(err.Error(), store.Dir) {
			t.Errorf("%s: %v, want an error that names %s", name, err, store.Dir)
		}
	}
	if err := Open("/elsewhere/plugin.so", Rules{Store: store}); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("another plugin: %v, want an error that names %s", err, path)
	}
	run(t, b, "p", func(x *Node) *Node { return MulScalar(x, 2) })
	if len(names(t, store)) != 1 {
		t.Error("the first folder is not in use any more")
	}
}

// Only a program that was really loaded does what another one's file says.
func TestAKeptProgramIsLoadedAndABrokenOneIsCompiledAgain(t *testing.T) {
	b, store := backend(t)
	twice := func(x *Node) *Node { return MulScalar(x, 2) }
	thrice := func(x *Node) *Node { return MulScalar(x, 3) }
	two, three := []float32{2, 4, 6}, []float32{3, 6, 9}

	if got := run(t, b, "p", twice); !slices.Equal(got, two) {
		t.Fatalf("compiled: %v", got)
	}
	first := names(t, store)
	if len(first) != 1 {
		t.Fatalf("%d files are kept, want 1", len(first))
	}
	run(t, b, "p", thrice)
	both := names(t, store)
	if len(both) != 2 {
		t.Fatalf("%d files are kept, want 2", len(both))
	}
	second := both[0]
	if second == first[0] {
		second = both[1]
	}
	if err := os.Rename(second, first[0]); err != nil {
		t.Fatal(err)
	}
	if got := run(t, b, "p", twice); !slices.Equal(got, three) {
		t.Errorf("the kept program was not loaded: %v, want %v", got, three)
	}

	if err := os.Truncate(first[0], 1000); err != nil {
		t.Fatal(err)
	}
	if got := run(t, b, "p", twice); !slices.Equal(got, two) {
		t.Errorf("over a broken file: %v, want %v", got, two)
	}
	store.put(filepath.Base(first[0]), []byte("XLA never made this"))
	if got := run(t, b, "p", twice); !slices.Equal(got, two) {
		t.Errorf("over a file that XLA refuses: %v, want %v", got, two)
	}
}

// With oneDNN's products XLA would crash where it serializes, and without the option a step would be slower.
func TestATrainingStepUsesItsOptionsAndIsNotKept(t *testing.T) {
	b, store := backend(t)
	product := func(x *Node) *Node {
		m := Add(MulScalar(IotaFull(x.Graph(), shapes.Make(dtypes.Float32, 512, 512)), 1e-6), ReduceAllSum(x))
		return Slice(Reshape(MatMul(Transpose(m, 0, 1), m), -1), AxisRange(0, 3))
	}
	step := run(t, b, TrainingStep, product)
	before := len(names(t, store))
	if preferred := finder.Pins()[0].CachePath(finder.Here().Cache); before != 0 && opened.path == preferred { // the other has oneDNN and no use for it here
		t.Errorf("%d programs are kept of a training step with oneDNN's product", before)
	}
	evaluation := run(t, b, "evaluation", product)
	if got := len(names(t, store)) - before; got != 1 {
		t.Errorf("%d programs are kept of an evaluation, want 1", got)
	}
	for i := range step {
		if relative := step[i]/evaluation[i] - 1; relative > 1e-5 || relative < -1e-5 {
			t.Errorf("the two ways differ: %v and %v", step, evaluation)
		}
	}
}

func TestAProgramOverSeveralDevicesIsKept(t *testing.T) {
	b, store := backend(t)
	mesh, err := distributed.NewDeviceMesh([]int{3}, []string{"data"})
	if err != nil {
		t.Fatal(err)
	}
	spec, err := distributed.BuildSpec(mesh).S("data").Done()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		e := MustNewExec(b, func(x *Node) *Node { return ReduceAllSum(x) }).AutoSharding(mesh).
			WithInputShardingSpecs(spec).WithOutputShardingSpecs(distributed.NewReplicatedShardingSpec(mesh))
		out, err := e.Call([]float32{1}, []float32{2}, []float32{3})
		if err != nil {
			t.Fatal(err)
		}
		if got := out[0].Value().(float32); got != 6 {
			t.Errorf("got %v, want 6", got)
		}
		if got := len(names(t, store)); got != 1 {
			t.Errorf("%d programs are kept, want 1", got)
		}
	}
}

// A small C program says where go-xla's header, which is XLA's own, has what pjrt.h declares.
func TestTheInterfaceIsAsXLADeclaresIt(t *testing.T) {
	compiler, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("gcc: not found")
	}
	headers, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/gomlx/go-xla/pjrt").Output()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "compare")
	out, err := exec.Command(compiler, "-I", strings.TrimSpace(string(headers)), "-I", ".", "-o", program, "testdata/compare.c").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := exec.Command(program).CombinedOutput(); err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
}
