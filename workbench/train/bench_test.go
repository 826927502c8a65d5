package train

import (
	"context"
	"fmt"
	"testing"

	"clipbench/workbench/clip"
	"clipbench/workbench/config"
	"clipbench/workbench/device"
)

// BenchmarkCompiledAccumulation compiles the tiny preset's step on 64 pairs in so many micro batches, and reports the
// temporary memory that XLA reserves for it.
func BenchmarkCompiledAccumulation(b *testing.B) {
	d, err := device.Open(context.Background(), device.Options{Backend: "xla:cpu"})
	if err != nil {
		b.Skip("no XLA CPU plugin on this machine: `just setup` fetches it")
	}
	defer d.Close()
	for _, pieces := range []int{1, 2, 8} {
		b.Run(fmt.Sprint("micro_batches=", pieces), func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(float64(compiledTemporary(b, d, pieces))/(1<<20), "MiB")
			}
		})
	}
}

func compiledTemporary(b *testing.B, d *device.Device, pieces int) int64 {
	b.Helper()
	cfg, err := config.LoadBytes("bench.yaml", nil, "model.preset=tiny", "model.global_batch_size=64", fmt.Sprint("model.micro_batch_size=", 64/pieces))
	if err != nil {
		b.Fatal(err)
	}
	m := clip.New(&cfg.Model, cfg.Model.Text.VocabSize)
	store, err := NewState(cfg, m)
	if err != nil {
		b.Fatal(err)
	}
	step, err := NewStep(d.Backend, cfg, m, store, 10)
	if err != nil {
		b.Fatal(err)
	}
	program, err := step.Compile()
	if err != nil {
		b.Fatal(err)
	}
	memory, _ := device.MemoryOf(program)
	return memory.Temporary
}
