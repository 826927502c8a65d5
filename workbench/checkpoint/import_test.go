package checkpoint

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"clipbench/workbench/config"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
)

// BenchmarkImportViTB32 opens a ViT-B/32 of 605 MB, with the file in the page cache. peak/file is how much the process
// grows while it does, the model itself included, over the size of the file.
func BenchmarkImportViTB32(b *testing.B) {
	cfg, err := config.Preset("ViT-B-32", "model.tokenizer.type=clip")
	if err != nil {
		b.Fatal(err)
	}
	for format, weights := range map[Format]string{OpenCLIP: openCLIPWeights, HuggingFace: huggingFaceWeights} {
		b.Run(string(format), func(b *testing.B) {
			dir := filepath.Join(b.TempDir(), "model")
			if err := Export(dir, format, blank(cfg)); err != nil {
				b.Fatal(err)
			}
			info, err := os.Stat(filepath.Join(dir, weights))
			if err != nil {
				b.Fatal(err)
			}
			peak := 0.0
			for b.Loop() {
				debug.FreeOSMemory()
				before := resident(b, "VmRSS")
				forgetPeak(b)
				m, err := Open(dir, Options{})
				if err != nil || len(m.Weights) == 0 {
					b.Fatal(err)
				}
				peak = max(peak, float64(resident(b, "VmHWM")-before))
			}
			b.ReportMetric(peak/float64(info.Size()), "peak/file")
			b.ReportMetric(float64(info.Size())/1e6, "MB")
		})
	}
}

// blank is a model with weights of no particular value.
func blank(cfg *config.Config) *Model {
	m := &Model{Config: cfg, Weights: map[string]*tensors.Tensor{}}
	for _, p := range m.clip().Tensors() {
		m.Weights[p.Path] = tensors.FromShape(shapes.Make(dtypes.Float32, p.Dims...))
	}
	return m
}

// resident is a line of the kernel's account of this process, in bytes.
func resident(b *testing.B, field string) int {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("memory is measured where the kernel has /proc")
	}
	_, after, _ := strings.Cut(string(status), field+":")
	var kilobytes int
	if _, err := fmt.Sscan(after, &kilobytes); err != nil {
		b.Fatal(err)
	}
	return kilobytes << 10
}

// forgetPeak makes VmHWM begin anew.
func forgetPeak(b *testing.B) {
	b.Helper()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200); err != nil {
		b.Skip(err)
	}
}
