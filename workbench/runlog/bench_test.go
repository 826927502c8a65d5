package runlog

import (
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// longRun writes a metrics file of 500,000 steps with 6 metrics, 20 steps a second, and returns its path.
func longRun(b *testing.B) string {
	path := filepath.Join(b.TempDir(), "metrics.jsonl")
	f := must(os.Create(path))
	var text []byte
	for step := range longSteps {
		text = longLine(text, step)
		if len(text) > 1<<20 || step == longSteps-1 {
			must(f.Write(text))
			text = text[:0]
		}
	}
	b.SetBytes(must(f.Stat()).Size())
	check(f.Close())
	return path
}

const longSteps = 500_000

func longLine(text []byte, step int) []byte {
	x := float64(step)
	at := time.Unix(1_763_955_220, 0).Add(time.Duration(step) * 50 * time.Millisecond)
	return must(appendLine(text, Step{step, 128 * step, x / 5000, at}, map[string]float64{
		"loss": 5 / (1 + x/1000) * (1 + 0.1*math.Sin(x)), "lr": 1e-3 * math.Cos(x/1e6), "grad_norm": 1 + math.Sin(x/7),
		"logit_scale": 14 + x/1e5, "pairs_per_s": 282.5 + math.Sin(x), "data_wait": 0.01,
	}))
}

// BenchmarkReadLongRun reads 500,000 steps of 6 metrics, as the dashboard does: first_s is until there are curves to draw.
func BenchmarkReadLongRun(b *testing.B) {
	path := longRun(b)
	for b.Loop() {
		start, first := time.Now(), time.Duration(0)
		h, tail := NewHistory(), NewTail(path)
		for {
			batch := must(tail.Poll(b.Context()))
			h.Add(batch)
			if first == 0 {
				first = time.Since(start)
			}
			if !batch.More {
				break
			}
		}
		if h.Len() != longSteps {
			b.Fatal(h.Len())
		}
		b.ReportMetric(first.Seconds(), "first_s")
	}
}

// BenchmarkMemoryOfALongRun has another process read the same run, and reports the most memory that it took.
func BenchmarkMemoryOfALongRun(b *testing.B) {
	path := longRun(b)
	for b.Loop() {
		out := string(must(child("read", path).Output()))
		b.ReportMetric(must(strconv.ParseFloat(strings.TrimSpace(out), 64)), "resident_MB")
	}
}

// BenchmarkFollowLongRun is what one new step costs a reader of a run that already has 500,000.
func BenchmarkFollowLongRun(b *testing.B) {
	path := longRun(b)
	b.SetBytes(0)
	h, tail := NewHistory(), NewTail(path)
	drain(b, tail, h)
	f := must(os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0))
	defer f.Close() //nolint:errcheck // a temporary file
	read := tail.offset
	for step := longSteps; b.Loop(); step++ {
		must(f.Write(longLine(nil, step)))
		drain(b, tail, h)
	}
	b.ReportMetric(float64(tail.offset-read)/float64(h.Len()-longSteps), "B_read/step")
}

// BenchmarkList200Runs is the table of 200 runs of 10,000 steps, from nothing.
func BenchmarkList200Runs(b *testing.B) {
	root := b.TempDir()
	var text []byte
	for step := range 10_000 {
		text = longLine(text, step)
	}
	for i := range 200 {
		w := must(Create(root, fmt.Sprintf("run-%03d", i), Info{}, []byte("model: {}\n")))
		check(w.Close(Status{State: Finished, Step: 10_000}))
		write(b, filepath.Join(w.Dir(), "metrics.jsonl"), text)
	}
	for b.Loop() {
		for _, r := range must(List(root)) {
			o := NewOverview(r, must(Glance(filepath.Join(r.Dir, "metrics.jsonl"), 64)))
			if o.Loss == nil || o.Loss.Step != 9_999 {
				b.Fatal(o)
			}
		}
	}
}

// The writer's costs to the training loop.

func BenchmarkScalars(b *testing.B) {
	w := must(Create(b.TempDir(), "a", Info{}, nil))
	values := map[string]float64{"loss": 4.852030263919617, "lr": 1e-3, "grad_norm": 1.25, "logit_scale": 14.28, "pairs_per_s": 282.5, "data_wait": 0.01}
	for step := 0; b.Loop(); step++ {
		check(w.Scalars(Step{Step: step}, values))
	}
}

func BenchmarkCheckIn(b *testing.B) {
	w := must(Create(b.TempDir(), "a", Info{}, nil))
	for step := 0; b.Loop(); step++ {
		check(w.Status(Status{State: Running, Step: step}))
	}
}

func BenchmarkLog(b *testing.B) {
	w := must(Create(b.TempDir(), "a", Info{}, nil))
	for step := 0; b.Loop(); step++ {
		w.Log(slog.LevelInfo, "step %d: loss %.4f", step, 4.852)
	}
}
