package workbench

import (
	"testing"
	"time"

	"clipbench/workbench/checkpoint"
)

// BenchmarkSave measures for how long a checkpoint stops training, beside the copy of the state alone and the writing that
// goes on meanwhile. The state is that of a model of 13M parameters with its moments.
func BenchmarkSave(b *testing.B) {
	run := tiny(b, b.TempDir(), &recorder{}, "model.vision.hidden_size=512", "model.vision.ffn_hidden_size=2048", "model.text.hidden_size=512",
		"model.text.ffn_hidden_size=2048", "model.vision.num_layers=2", "model.text.num_layers=2", "model.vision.num_attention_heads=8", "model.text.num_attention_heads=8")
	t, err := run.beginTraining(b.Context(), -1)
	if err != nil {
		b.Fatal(err)
	}
	defer t.end(nil) //nolint:errcheck // told by the waits below
	var copied, stopped, wrote time.Duration
	bytes := 0
	for b.Loop() {
		start := time.Now()
		snapshot, err := checkpoint.Capture(t.store)
		if err != nil {
			b.Fatal(err)
		}
		copied += time.Since(start)
		bytes = 0
		for _, tensor := range snapshot.Tensors {
			bytes += int(tensor.Size())
		}
		t.meta.Step = -1 // as if none had been written
		start = time.Now()
		if err := t.save(); err != nil {
			b.Fatal(err)
		}
		stopped += time.Since(start)
		start = time.Now()
		if err := t.saver.Wait(); err != nil {
			b.Fatal(err)
		}
		wrote += time.Since(start)
	}
	perSave := func(d time.Duration) float64 { return d.Seconds() * 1e3 / float64(b.N) }
	b.ReportMetric(perSave(copied), "ms/copy")
	b.ReportMetric(perSave(stopped), "ms/stop")
	b.ReportMetric(perSave(wrote), "ms/write")
	b.ReportMetric(float64(bytes)/1e6, "MB")
}

// BenchmarkGallery measures what the pictures of a validation cost.
func BenchmarkGallery(b *testing.B) {
	run := tiny(b, b.TempDir(), &recorder{})
	t, err := run.beginTraining(b.Context(), -1)
	if err != nil {
		b.Fatal(err)
	}
	defer t.end(nil) //nolint:errcheck // nothing is saved
	v, err := t.judgeSource(b.Context(), t.validation[0])
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := t.draw(t.validation[0], v); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMachine measures one look at the machine.
func BenchmarkMachine(b *testing.B) {
	for b.Loop() {
		measureMachine(b.Context())
	}
}
