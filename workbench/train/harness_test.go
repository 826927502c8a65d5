package train

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"

	"clipbench/workbench/clip"
	"clipbench/workbench/config"
	"clipbench/workbench/device"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// small is a model of a few thousand weights that compiles in a second or two.
var small = []string{
	"model.vision.img_h=8", "model.vision.img_w=8", "model.vision.patch_dim=4", "model.vision.class_token_length=1",
	"model.vision.num_layers=1", "model.vision.hidden_size=16", "model.vision.ffn_hidden_size=32", "model.vision.num_attention_heads=2",
	"model.text.encoder_seq_length=5", "model.text.vocab_size=32",
	"model.text.num_layers=1", "model.text.hidden_size=16", "model.text.ffn_hidden_size=32", "model.text.num_attention_heads=2",
	"model.output_dim=8", "model.micro_batch_size=8", "model.global_batch_size=8", "model.init_method=open_clip",
	"model.optim.lr=1e-2", "model.optim.sched.name=constant", "model.optim.sched.warmup_steps=0", "model.optim.sched.min_lr=0",
	"model.optim.eps=1e-3",
}

func configure(t *testing.T, overrides ...string) *config.Config {
	t.Helper()
	cfg, err := config.LoadBytes("test.yaml", nil, append(append([]string{}, small...), overrides...)...)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// xla compiles with little of LLVM's optimisation: the programs run once or twice, and the passes over them are XLA's own.
var xla = sync.OnceValues(func() (*device.Device, error) {
	if err := os.Setenv("XLA_FLAGS", os.Getenv("XLA_FLAGS")+" --xla_backend_optimization_level=0"); err != nil {
		return nil, err
	}
	return device.Open(context.Background(), device.Options{Backend: "xla:cpu"})
})

// backend is XLA's CPU plugin, or where there is none, or GOMLX_BACKEND says so, the Go backend.
func backend(t *testing.T) compute.Backend {
	t.Helper()
	if os.Getenv(device.BackendVariable) != "go" {
		if d, err := xla(); err == nil {
			return d.Backend
		}
	}
	return goBackend(t)
}

// needXLA skips a test of what the Go backend has not.
func needXLA(t *testing.T) compute.Backend {
	t.Helper()
	d, err := xla()
	if err != nil {
		t.Skip("no XLA CPU plugin on this machine: `just setup` fetches it")
	}
	return d.Backend
}

func goBackend(t *testing.T) compute.Backend {
	t.Helper()
	d, err := device.Open(context.Background(), device.Options{Backend: "go"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d.Backend
}

// trainer is a step with its state.
type trainer struct {
	*Step
	t       *testing.T
	backend compute.Backend
}

func newTrainer(t *testing.T, b compute.Backend, cfg *config.Config) *trainer {
	t.Helper()
	m := clip.New(&cfg.Model, cfg.Model.Text.VocabSize)
	store, err := NewState(cfg, m)
	if err != nil {
		t.Fatal(err)
	}
	step, err := NewStep(b, cfg, m, store, 100)
	if err != nil {
		t.Fatal(err)
	}
	return &trainer{step, t, b}
}

// run does steps on the batches that follow from first, and returns their metrics.
func (r *trainer) run(first, steps int) []Metrics {
	r.t.Helper()
	var all []Metrics
	for i := range steps {
		m, err := r.Run(noise(r.cfg, first+i))
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}

// snapshot is a copy of the whole state.
func (r *trainer) snapshot() map[string]*tensors.Tensor {
	r.t.Helper()
	all := map[string]*tensors.Tensor{}
	for v := range r.store.IterVariables() {
		value, err := v.MustValue().LocalClone()
		if err != nil {
			r.t.Fatal(err)
		}
		all[v.Path()] = value
	}
	return all
}

// restore sets the whole state.
func (r *trainer) restore(all map[string]*tensors.Tensor) {
	r.t.Helper()
	for path, value := range all {
		value, err := value.LocalClone()
		if err == nil {
			err = r.store.GetVariable(path).SetValue(value)
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
}

// noise is a batch that is a function of the configuration and i; two of its pairs mean the same.
func noise(cfg *config.Config, i int) Batch {
	r := rand.New(rand.NewPCG(7, uint64(i)))
	n, v, t := cfg.Model.GlobalBatchSize, &cfg.Model.Vision, &cfg.Model.Text
	images, tokens, concepts := make([]float32, n*v.ImgH*v.ImgW*3), make([]int32, n*t.EncoderSeqLength), make([]int32, n)
	for k := range images {
		images[k] = float32(r.NormFloat64())
	}
	for k := range tokens {
		tokens[k] = r.Int32N(int32(t.VocabSize))
	}
	for k := range concepts {
		concepts[k] = int32(k)
	}
	concepts[n-1] = concepts[1]
	return Batch{
		Images:   tensors.FromFlatDataAndDimensions(images, n, v.ImgH, v.ImgW, 3),
		Tokens:   tensors.FromFlatDataAndDimensions(tokens, n, t.EncoderSeqLength),
		Concepts: tensors.FromFlatDataAndDimensions(concepts, n),
	}
}

// floats is the state below a path as float32, by the rest of the path; "" is all of it.
func floats(store *model.Store, below string) map[string][]float32 {
	all := map[string][]float32{}
	for v := range store.IterVariables() {
		path, ok := strings.CutPrefix(v.Path(), below)
		if !ok || !v.DType().IsFloat() {
			continue
		}
		if v.DType() == dtypes.Float32 {
			all[path] = tensors.MustCopyFlatData[float32](v.MustValue())
		} else {
			all[path] = tensors.MustCopyFlatData[float32](single(v.MustValue()))
		}
	}
	return all
}

// farthest is the largest difference between two states and the path it is at.
func farthest(a, b map[string][]float32) (distance float64, path string) {
	for p := range a {
		if len(a[p]) != len(b[p]) {
			return math.Inf(1), p
		}
		for k := range a[p] {
			if d := math.Abs(float64(a[p][k]) - float64(b[p][k])); d > distance || math.IsNaN(d) {
				distance, path = d, p
			}
		}
	}
	return distance, path
}

func wantClose(t *testing.T, what string, a, b map[string][]float32, within float64) {
	t.Helper()
	if len(a) == 0 || len(a) != len(b) {
		t.Fatalf("%s: %d tensors against %d", what, len(a), len(b))
	}
	if d, path := farthest(a, b); !(d <= within) {
		t.Errorf("%s: they differ by %g at %s, more than %g", what, d, path, within)
	}
}

func list(format string, values ...any) []string {
	return strings.Fields(fmt.Sprintf(format, values...))
}
