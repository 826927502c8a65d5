package workbench

import (
	"math"
	"testing"

	"clipbench/workbench/checkpoint/tensorfile"
)

// The file's own bytes say what Inspect has to find, for a tensor that is not laid out anew.
func TestInspectSeesTheFilesValues(t *testing.T) {
	const folder = "checkpoint/testdata/goldens/huggingface-gelu"
	m, err := ReadModel(folder, Options{})
	if err != nil {
		t.Fatal(err)
	}
	file, err := tensorfile.OpenSafetensors(folder + "/model.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	raw := file.Tensors["text_model.embeddings.token_embedding.weight"]
	content := make([]byte, raw.Size())
	if _, err := raw.Data.ReadAt(content, 0); err != nil {
		t.Fatal(err)
	}
	var square, sum, n float64
	for i := 0; i < len(content); i += 4 {
		v := float64(math.Float32frombits(uint32(content[i]) | uint32(content[i+1])<<8 | uint32(content[i+2])<<16 | uint32(content[i+3])<<24))
		sum, square, n = sum+v, square+v*v, n+1
	}
	found := false
	for _, seen := range Inspect(m) {
		if seen.Path == "text/token_embedding" {
			found = true
			if math.Abs(seen.Mean-sum/n) > 1e-6 || math.Abs(seen.RMS-math.Sqrt(square/n)) > 1e-6 {
				t.Errorf("%+v, the file has mean %g and root mean square %g", seen, sum/n, math.Sqrt(square/n))
			}
		}
	}
	if !found || len(Inspect(m)) != len(m.Weights) {
		t.Errorf("%d tensors of %d, the token embedding among them: %t", len(Inspect(m)), len(m.Weights), found)
	}
}
