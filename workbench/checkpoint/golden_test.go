package checkpoint

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clipbench/workbench/checkpoint/tensorfile"
	"clipbench/workbench/clip"
	"clipbench/workbench/device"
	"clipbench/workbench/train"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// The goldens are made by testdata/make_goldens.py with the real open_clip and transformers, in float64.
const goldens = "testdata/goldens"

// parity is the environment's variable with which `just parity` asks for the tests against the real packages.
const parity = "CLIPBENCH_PARITY"

// golden is what the reference computed.
type golden struct {
	file   *tensorfile.File
	images *tensors.Tensor // [batch, height, width, 3]
	tokens *tensors.Tensor // [batch, context]
}

func openGolden(t *testing.T, name string) golden {
	t.Helper()
	return goldenAt(t, filepath.Join(goldens, name, "golden.safetensors"))
}

func goldenFile(t *testing.T, path string) golden {
	t.Helper()
	file, err := tensorfile.OpenSafetensors(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return golden{file: file}
}

func goldenAt(t *testing.T, path string) golden {
	t.Helper()
	g := goldenFile(t, path)
	for name, to := range map[string]**tensors.Tensor{"images": &g.images, "tokens": &g.tokens} {
		value, err := load(g.file.Tensors[name])
		if err != nil {
			t.Fatal(err)
		}
		*to = value
	}
	return g
}

func (g golden) floats(t *testing.T, name string) []float32 {
	t.Helper()
	values := make([]float32, g.file.Tensors[name].Size()/4)
	if err := readFloats(g.file.Tensors[name], values); err != nil {
		t.Fatal(err)
	}
	return values
}

// gradients are the reference's, laid out as our weights are.
func (g golden) gradients(t *testing.T, m *Model, names naming) map[string]*tensors.Tensor {
	t.Helper()
	file := &tensorfile.File{Path: g.file.Path, Tensors: map[string]tensorfile.Tensor{}}
	for name, tensor := range g.file.Tensors {
		if rest, ok := strings.CutPrefix(name, "gradient."); ok {
			file.Tensors[rest] = tensor
		}
	}
	like := &Model{Path: m.Path, Config: m.Config}
	if err := like.read(file, names); err != nil {
		t.Fatal(err)
	}
	return like.Weights
}

// computed is what our graph makes of a golden's inputs.
type computed struct {
	image, text []float32
	loss        float32
	gradients   map[string][]float32
}

// compute runs features, loss and gradients in float32.
func (m *Model) compute(t *testing.T, backend compute.Backend, g golden) computed {
	t.Helper()
	copied := *m
	copied.Weights = map[string]*tensors.Tensor{}
	for path, w := range m.Weights {
		copied.Weights[path] = w
	}
	store, err := copied.Store(train.WeightPath)
	if err != nil {
		t.Fatal(err)
	}
	towers, list := m.clip(), m.clip().Tensors()
	exec, err := model.NewExec(backend, store, func(_ *model.Scope, in []*graph.Node) []*graph.Node {
		images, tokens := in[0], in[1]
		weight := func(path string) *graph.Node {
			return store.GetVariable(train.WeightPath + path).NodeValue(images.Graph())
		}
		pass := &clip.Pass{Weights: weight, DType: dtypes.Float32}
		f := towers.Encode(pass, images, tokens)
		loss := towers.Loss(pass, f, nil)
		var weights []*graph.Node
		for _, tensor := range list {
			weights = append(weights, weight(tensor.Path))
		}
		return append([]*graph.Node{f.Image, f.Text, loss}, graph.Gradient(loss, weights...)...)
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Call(g.images, g.tokens)
	if err != nil {
		t.Fatal(err)
	}
	c := computed{
		image: tensors.MustCopyFlatData[float32](out[0]), text: tensors.MustCopyFlatData[float32](out[1]),
		loss: tensors.ToScalar[float32](out[2]), gradients: map[string][]float32{},
	}
	for i, tensor := range list {
		c.gradients[tensor.Path] = tensors.MustCopyFlatData[float32](out[3+i])
	}
	return c
}

// backends are the Go backend and, where its plugin is, XLA.
func backends(t *testing.T) map[string]compute.Backend {
	t.Helper()
	all := map[string]compute.Backend{}
	for _, name := range []string{"go", "xla:cpu"} {
		d, err := device.Open(context.Background(), device.Options{Backend: name})
		if err != nil {
			t.Logf("%s: not tested: %v", name, err)
			continue
		}
		t.Cleanup(d.Close)
		all[name] = d.Backend
	}
	return all
}

func largest(t *testing.T, got, want []float32) float64 {
	t.Helper()
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%d values, want %d", len(got), len(want))
	}
	worst := 0.0
	for i := range got {
		d := math.Abs(float64(got[i]) - float64(want[i]))
		if math.IsNaN(d) {
			return math.Inf(1)
		}
		worst = max(worst, d)
	}
	return worst
}

// relative is the norm of the difference over the norm of want.
func relative(got, want []float32) float64 {
	var difference, norm float64
	for i := range got {
		difference += math.Pow(float64(got[i])-float64(want[i]), 2)
		norm += math.Pow(float64(want[i]), 2)
	}
	return math.Sqrt(difference / norm)
}

var goldenCases = []struct {
	name  string
	names naming
}{
	{"open_clip-gelu", openCLIPNames},
	{"open_clip-quickgelu", openCLIPNames}, // heads of 11, a picture that is not square, pooling at the last token
	{"open_clip-sigmoid", openCLIPNames},   // SigLIP's loss, layer scale, tanh GELU, no norm before the blocks, first token
	{"nemo-pooled", openCLIPNames},         // three class tokens, mean over all positions
	{"huggingface-quickgelu", huggingFaceNames},
	{"huggingface-gelu", huggingFaceNames}, // exact GELU in the text tower, tanh in the image tower
}

// goldenModel opens a golden's weights. NeMo's pooling and class tokens are no part of an open_clip folder: they are set here.
func goldenModel(t *testing.T, name string) *Model {
	t.Helper()
	dir := filepath.Join(goldens, name)
	if name != "nemo-pooled" {
		m, err := Open(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	d, err := readOpenCLIPConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := d.config()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Model.Vision.ClassTokenLength, cfg.Model.Vision.GlobalAveragePool = 3, true
	file, err := openTensors(filepath.Join(dir, openCLIPWeights))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	m := &Model{Path: dir, Config: cfg}
	if err := m.read(file, openCLIPNames); err != nil {
		t.Fatal(err)
	}
	return m
}

// isTheReferences holds features, loss and gradients to the golden's.
func (c computed) isTheReferences(t *testing.T, m *Model, g golden, names naming) {
	t.Helper()
	d := max(near(t, c.image, g, "image_features"), near(t, c.text, g, "text_features"))
	if e := largest(t, []float32{c.loss}, g.floats(t, "loss")); e > 1e-5 {
		t.Errorf("the loss differs by %.2g", e)
	}
	worst, worstPath := 0.0, ""
	for path, want := range g.gradients(t, m, names) {
		r := relative(c.gradients[path], tensors.MustCopyFlatData[float32](want))
		if r > worst || math.IsNaN(r) {
			worst, worstPath = r, path
		}
	}
	if !(worst <= 1e-4) {
		t.Errorf("the gradient of %s differs by %.2g of its norm", worstPath, worst)
	}
	t.Logf("features differ by up to %.2g, gradients by at most %.2g of their norm (%s)", d, worst, worstPath)
}

// near fails when features differ by more than 1e-5.
func near(t *testing.T, got []float32, g golden, name string) float64 {
	t.Helper()
	d := largest(t, got, g.floats(t, name))
	if d > 1e-5 {
		t.Errorf("%s differ by up to %.2g", name, d)
	}
	return d
}

func TestFeaturesAndGradientsAreTheReferences(t *testing.T) {
	for backendName, backend := range backends(t) {
		for _, tc := range goldenCases {
			if backendName != "go" && tc.name != "open_clip-quickgelu" && os.Getenv(parity) == "" {
				continue // XLA takes seconds to compile each; all of them run with the peers
			}
			t.Run(backendName+"/"+tc.name, func(t *testing.T) {
				m, g := goldenModel(t, tc.name), openGolden(t, tc.name)
				c := m.compute(t, backend, g)
				c.isTheReferences(t, m, g, tc.names)
			})
		}
	}
}
