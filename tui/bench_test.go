package tui

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"clipbench/workbench/runlog"
)

// The budgets of the dashboard. A benchmark that exceeds its own fails.
const (
	openFirst  = 1.0  // seconds until the first curves of 500,000 steps × 6 metrics
	openWhole  = 5.0  // seconds until all of them
	openMemory = 150  // MB resident then
	liveShare  = 0.05 // of a core, for a run of 20 steps/s with 6 charts
	stepDelay  = 250  // milliseconds from a step's line to the screen
	listTime   = 1.0  // seconds until 200 runs are listed with their losses
)

// sixMetrics are those of a step of the long run.
func sixMetrics(step int, r *rand.Rand) map[string]float64 {
	x := float64(step) / 5e5
	return map[string]float64{
		"loss": 4*math.Exp(-5*x) + 0.1*r.NormFloat64(), "lr": 1e-3 * (1 - x), "grad_norm": 1 + 0.2*math.Abs(r.NormFloat64()),
		"logit_scale": 14 + 80*x, "pairs_per_s": 280 + 5*r.NormFloat64(), "data_wait": 0.01 * r.Float64(),
	}
}

// writeSix writes steps of the long run, from the given one to the last.
func writeSix(w *runlog.Writer, from, to int) {
	r := rand.New(rand.NewPCG(1, uint64(from)))
	for step := from; step <= to; step++ {
		check(w.Scalars(runlog.Step{Step: step, Samples: 128 * step, Epoch: float64(step) / 76}, sixMetrics(step, r)))
	}
	check(w.Status(runlog.Status{State: runlog.Running, Step: to, Total: 1_000_000, Next: time.Minute}))
}

// createRun makes a run that this process writes.
func createRun(b *testing.B, root, name string) *runlog.Writer {
	b.Helper()
	w := must(runlog.Create(root, name, runlog.Info{}, []byte("trainer: {max_steps: 1000000}\n")))
	b.Cleanup(func() { check(w.Close(runlog.Status{State: runlog.Finished})) })
	return w
}

// told reports a measured value; a benchmark that fails does not print its metrics, but its log.
func told(b *testing.B, value float64, unit string) {
	b.Helper()
	b.ReportMetric(value, unit)
	b.Logf("%.4g %s", value, unit)
}

// within reports a measured value and fails above its budget.
func within(b *testing.B, value, budget float64, unit string) {
	b.Helper()
	told(b, value, unit)
	if value > budget {
		b.Errorf("%.3g %s, the budget is %.3g", value, unit, budget)
	}
}

// isCurve reports whether a screen has a drawn line.
func isCurve(screen string) bool {
	return strings.ContainsFunc(screen, func(r rune) bool { return r > 0x2800 && r < 0x2900 })
}

// BenchmarkOpenHalfMillionSteps opens a run of 500,000 steps × 6 metrics in a terminal.
func BenchmarkOpenHalfMillionSteps(b *testing.B) {
	root := b.TempDir()
	writeSix(createRun(b, root, "long"), 1, 500_000)
	var first, whole, memory, used float64
	for b.Loop() {
		begin := time.Now()
		s := openSession(b, root, "long", 120, 40)
		s.await("the first curves", isCurve)
		first = max(first, time.Since(begin).Seconds())
		s.await("all of them", func(screen string) bool {
			return isCurve(screen) && strings.Contains(screen, "500,000") && !strings.Contains(screen, "reading") && strings.Contains(screen, "500k")
		})
		whole = max(whole, time.Since(begin).Seconds())
		memory, used = max(memory, s.resident()), max(used, s.cpu().Seconds())
		s.tmux("kill-server")
	}
	told(b, used, "s/processor")
	within(b, first, openFirst, "s/first-curves")
	within(b, whole, openWhole, "s/all-curves")
	within(b, memory, openMemory, "MB/resident-at-most")
}

// resident is the most memory the dashboard has had, in MB.
func (s *session) resident() float64 {
	for line := range strings.Lines(string(must(os.ReadFile(filepath.Join("/proc", s.pid(), "status"))))) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return must(strconv.ParseFloat(strings.Fields(kb)[0], 64)) / 1000
		}
	}
	s.t.Fatalf("the system does not tell the memory of process %s", s.pid())
	return 0
}

// pid is the dashboard's process.
func (s *session) pid() string {
	return strings.TrimSpace(s.tmux("display-message", "-p", "#{pane_pid}"))
}

// cpu is the processor time that the dashboard has used.
func (s *session) cpu() time.Duration {
	stat := string(must(os.ReadFile(filepath.Join("/proc", s.pid(), "stat"))))
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	ticks := must(strconv.Atoi(fields[11])) + must(strconv.Atoi(fields[12]))
	return time.Duration(ticks) * 10 * time.Millisecond // USER_HZ is 100 on Linux
}

// BenchmarkLiveRun watches six charts of a run of 20 steps a second for ten seconds.
func BenchmarkLiveRun(b *testing.B) {
	root := b.TempDir()
	w := createRun(b, root, "live")
	writeSix(w, 1, 5000)
	s := openSession(b, root, "live", 120, 40)
	s.await("the charts", isCurve)
	step := 5000
	var share float64
	for b.Loop() {
		begin, used := time.Now(), s.cpu()
		for range 200 {
			step++
			writeSix(w, step, step)
			time.Sleep(time.Until(begin.Add(time.Duration(step-5000) * 50 * time.Millisecond)))
		}
		share = max(share, (s.cpu()-used).Seconds()/time.Since(begin).Seconds())
		step = 5000 + (step-5000)/200*200
		s.await("the last step", has(commas(step)))
	}
	within(b, 100*share, 100*liveShare, "%-of-a-core")
}

// commas is a number as the header has it.
func commas(n int) string { return fmt.Sprintf("%d,%03d", n/1000, n%1000) }

// BenchmarkNewStepOnScreen writes a step and waits until the terminal shows it.
func BenchmarkNewStepOnScreen(b *testing.B) {
	root := b.TempDir()
	w := createRun(b, root, "live")
	writeSix(w, 1, 5000)
	s := openSession(b, root, "live", 120, 40)
	s.await("the charts", isCurve)
	var worst, sum float64
	n := 0
	for step := 5001; b.Loop(); step++ {
		time.Sleep(time.Duration(37*n%200) * time.Millisecond) // at every place of the reader's period
		begin := time.Now()
		writeSix(w, step, step)
		for !strings.Contains(header(s.screen()), commas(step)) {
			if time.Since(begin) > 10*time.Second {
				b.Fatalf("step %d is not shown:\n%s", step, s.screen())
			}
		}
		took := time.Since(begin).Seconds() * 1000
		worst, sum, n = max(worst, took), sum+took, n+1
	}
	b.ReportMetric(sum/float64(n), "ms/mean")
	within(b, worst, stepDelay, "ms/worst")
}

// BenchmarkList200Runs opens a folder of 200 runs of 1,000 steps.
func BenchmarkList200Runs(b *testing.B) {
	root := b.TempDir()
	for i := range 200 {
		w := must(runlog.Create(root, fmt.Sprintf("run-%03d", i), runlog.Info{}, []byte("a: 1\n")))
		writeSix(w, 1, 1000)
		check(w.Close(runlog.Status{State: runlog.Finished, Step: 1000}))
	}
	var took, used float64
	for b.Loop() {
		begin := time.Now()
		s := openSession(b, root, "", 120, 40)
		s.await("the runs with their losses", func(screen string) bool {
			return strings.Contains(screen, "run-199") && strings.Count(screen, "3.9") >= 10
		})
		took, used = max(took, time.Since(begin).Seconds()), max(used, s.cpu().Seconds())
		s.tmux("kill-server")
	}
	told(b, used, "s/processor")
	within(b, took, listTime, "s/listed")
}

// BenchmarkFrame draws a new step into six charts, without a terminal.
func BenchmarkFrame(b *testing.B) {
	root := b.TempDir()
	w := createRun(b, root, "live")
	writeSix(w, 1, 50_000)
	d := drive(root, 120, 40, Options{Run: "live"})
	d.later(time.Second)
	for step := 50_001; b.Loop(); step++ {
		b.StopTimer()
		writeSix(w, step, step)
		b.StartTimer()
		d.later(time.Second)
		d.Frame()
	}
}
