package train

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"clipbench/workbench/clip"
)

// compileAlone tells the test binary that it is the child which compiles one step for its program to be looked at.
const compileAlone = "CLIPBENCH_TEST_COMPILE"

func TestTensorParallelismCostsAllReducesAlone(t *testing.T) {
	bytes := collectives(t, "trainer.devices=2 model.tensor_model_parallel_size=2")
	if bytes["all-reduce"] == 0 || len(bytes) > 1 {
		t.Errorf("the step's collectives move %v bytes, want all-reduce alone", bytes)
	}
}

// A weight is gathered for its product and its gradient summed, which moves two times its bytes; the last block's one place moves
// too. An image tower whose activations moved would make it fifteen times.
func TestOverDividedWeightsActivationsStayWhereTheyAre(t *testing.T) {
	keys := shardWeights + ` trainer.devices=4 model.micro_batch_size=16 model.global_batch_size=64 model.output_dim=128
		model.vision.num_layers=2 model.vision.img_h=32 model.vision.img_w=32 model.vision.hidden_size=128 model.vision.ffn_hidden_size=512
		model.text.hidden_size=128 model.text.ffn_hidden_size=512`
	cfg := configure(t, list("%s", keys)...)
	weights, all := 0, 0
	for _, tensor := range clip.New(&cfg.Model, 0).Tensors() {
		weights += 4 * tensor.Size()
	}
	bytes := collectives(t, keys)
	for _, n := range bytes {
		all += n
	}
	if all > 6*weights {
		t.Errorf("collectives move %v bytes, %.1f times the weights", bytes, float64(all)/float64(weights))
	}
}

var (
	collective = regexp.MustCompile(` = (.+) (all-reduce|all-gather|all-to-all|collective-permute)\(`)
	valueShape = regexp.MustCompile(`[a-z]+(\d+)\[([\d,]*)\]`)
)

// collectives compiles the step of a configuration in a process of its own, and adds up the bytes that each kind of its
// collectives results in.
func collectives(t *testing.T, keys string) map[string]int {
	t.Helper()
	needXLA(t)
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestCompileAlone$") //nolint:gosec // this very test binary
	child.Env = append(os.Environ(), compileAlone+"="+keys, "XLA_FLAGS=--xla_dump_to="+dir+" --xla_dump_hlo_as_text")
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	programs, err := filepath.Glob(filepath.Join(dir, "*after_optimizations.txt"))
	if err != nil {
		t.Fatal(err)
	}
	bytes := map[string]int{}
	for _, path := range programs {
		text, err := os.ReadFile(path) //nolint:gosec // from the directory above
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range collective.FindAllStringSubmatch(string(text), -1) {
			for _, shape := range valueShape.FindAllStringSubmatch(found[1], -1) {
				bytes[found[2]] += bytesOf(t, shape[1], shape[2])
			}
		}
	}
	return bytes
}

// bytesOf is the size of a value of so many bits, whose dimensions lie between commas.
func bytesOf(t *testing.T, bits, dims string) int {
	t.Helper()
	n := 1
	for _, d := range append(strings.FieldsFunc(dims, func(r rune) bool { return r == ',' }), bits) {
		size, err := strconv.Atoi(d)
		if err != nil {
			t.Fatal(err)
		}
		n *= size
	}
	return n / 8
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
