package checkpoint

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"clipbench/setup/peers"
	"clipbench/workbench/tokenizer"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
)

// runPeers runs testdata/parity.py with the Python that has open_clip and transformers.
func runPeers(t *testing.T, arguments ...string) {
	t.Helper()
	if os.Getenv(parity) == "" {
		t.Skip("compares with the real open_clip and transformers: just parity")
	}
	python, err := peers.Python(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, append([]string{"testdata/parity.py"}, arguments...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("parity.py: %v\n%s", err, out)
	}
}

// fastest is XLA where its plugin is, else the Go backend.
func fastest(t *testing.T) compute.Backend {
	t.Helper()
	all := backends(t)
	if xla, ok := all["xla:cpu"]; ok {
		return xla
	}
	return all["go"]
}

// TestThePeersComputeTheSame sends models both ways: a full ViT-B/32 of open_clip's into ours, and it and every golden
// out to open_clip and transformers.
func TestThePeersComputeTheSame(t *testing.T) {
	vit := filepath.Join(t.TempDir(), "vit")
	runPeers(t, "make", vit)
	m := mustOpen(t, vit, Options{})
	g := goldenAt(t, filepath.Join(vit, "golden.safetensors"))
	m.compute(t, fastest(t), g).isTheReferences(t, m, g, openCLIPNames)

	weights := mustOpen(t, filepath.Join(vit, "epoch_1.pt"), Options{Preset: "ViT-B-32", Activation: "gelu", Preprocess: "openai", Tokenizer: clipTokenizer})
	sameWeights(t, weights, m)

	type job struct{ name, golden, dir, out string }
	var jobs []job
	arguments := []string{"load"}
	add := func(name, goldenPath string, m *Model, formats ...Format) {
		for _, format := range formats {
			dir := exported(t, m, format)
			j := job{name + " as " + string(format), goldenPath, dir, dir + ".safetensors"}
			jobs, arguments = append(jobs, j), append(arguments, j.dir, j.golden, j.out)
		}
	}
	add("ViT-B/32", filepath.Join(vit, "golden.safetensors"), m, OpenCLIP, HuggingFace)
	for name, formats := range map[string][]Format{
		"open_clip-gelu": {OpenCLIP, HuggingFace}, "open_clip-quickgelu": {OpenCLIP}, "open_clip-sigmoid": {OpenCLIP},
		"huggingface-quickgelu": {OpenCLIP, HuggingFace}, "huggingface-gelu": {HuggingFace},
	} {
		add(name, filepath.Join(goldens, name, "golden.safetensors"), mustOpen(t, filepath.Join(goldens, name), Options{}), formats...)
	}
	runPeers(t, arguments...)
	for _, j := range jobs {
		want, got := goldenAt(t, j.golden), goldenFile(t, j.out)
		t.Logf("%s: features differ by up to %.2g", j.name, max(
			near(t, got.floats(t, "image_features"), want, "image_features"), near(t, got.floats(t, "text_features"), want, "text_features")))
	}
	sameIDs(t, goldenFile(t, jobs[1].out))
}

// sameIDs compares what transformers' CLIPTokenizer makes of parity.py's texts with ours; they fill up with different ids.
func sameIDs(t *testing.T, g golden) {
	t.Helper()
	bpe, err := tokenizer.CLIP()
	if err != nil {
		t.Fatal(err)
	}
	var want []int32
	for _, text := range []string{"a photo of a cat", "two Dogs, running!"} {
		row := make([]int32, 77)
		bpe.Encode(text, row)
		for i := slices.Index(row, bpe.EOT()); i < len(row); i++ {
			row[i] = bpe.EOT()
		}
		want = append(want, row...)
	}
	ids, err := load(g.file.Tensors["ids"])
	if err != nil {
		t.Fatal(err)
	}
	if got := tensors.MustCopyFlatData[int32](ids); !slices.Equal(got, want) {
		t.Errorf("ids %v, want %v", got[:10], want[:10])
	}
}
