package train

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"clipbench/workbench/clip"
)

// compileAlone tells the test binary that it is the child which compiles one step for its program to be looked at.
const compileAlone = "CLIPBENCH_TEST_COMPILE"

func TestTensorParallelismCostsAllReducesAlone(t *testing.T) {
	needXLA(t)
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestCompileAlone$") //nolint:gosec // this very test binary
	child.Env = append(os.Environ(), compileAlone+"=trainer.devices=2 model.tensor_model_parallel_size=2",
		"XLA_FLAGS=--xla_dump_to="+dir+" --xla_dump_hlo_as_text")
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	programs, err := filepath.Glob(filepath.Join(dir, "*after_optimizations.txt"))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, path := range programs {
		text, err := os.ReadFile(path) //nolint:gosec // from the directory above
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"all-reduce", "all-gather", "all-to-all", "collective-permute"} {
			count[name] += strings.Count(string(text), " "+name+"(")
		}
	}
	if count["all-reduce"] == 0 || count["all-gather"]+count["all-to-all"]+count["collective-permute"] > 0 {
		t.Errorf("the step's collectives are %v, want all-reduce alone", count)
	}
}

func TestCompileAlone(t *testing.T) {
	keys := os.Getenv(compileAlone)
	if keys == "" {
		t.Skip("for the test above, in a process of its own")
	}
	cfg := configure(t, list("%s", keys)...)
	m := clip.New(&cfg.Model, 0)
	store, err := Blueprint(cfg, m)
	if err != nil {
		t.Fatal(err)
	}
	step, err := NewStep(needXLA(t), cfg, m, store, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := step.Compile(); err != nil {
		t.Fatal(err)
	}
}
