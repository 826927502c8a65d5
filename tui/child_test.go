package tui

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"clipbench/workbench/runlog"
)

// TestMain lets the test binary be a dashboard or a writer for the end-to-end test: TUI_CHILD says which.
func TestMain(m *testing.M) {
	time.Local = time.UTC // frames show local times
	root := os.Getenv("TUI_ROOT")
	switch os.Getenv("TUI_CHILD") {
	case "":
		status := m.Run()
		check(os.RemoveAll(galleryDir))
		os.Exit(status)
	case "watch":
		if err := Watch(context.Background(), root, Options{Mouse: true, Theme: os.Getenv("TUI_THEME"), Run: os.Getenv("TUI_RUN"), Export: os.Getenv("TUI_EXPORT"), clock: childClock()}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "gallery":
		gallery(root)
	case "write":
		period, err := time.ParseDuration(os.Getenv("TUI_PERIOD"))
		check(err)
		writeLive(root, os.Getenv("TUI_RUN"), period)
	}
}

// childClock stands still at the gallery's moment if TUI_CLOCK is set; else it is nobody's business.
func childClock() func() time.Time {
	if os.Getenv("TUI_CLOCK") == "" {
		return nil
	}
	begin := time.Now()
	return func() time.Time { return galleryNow.Add(time.Since(begin)) }
}

// writeLive writes a run, a step every period, until it is killed.
func writeLive(root, name string, period time.Duration) {
	f := fake{name: name, seed: 9, total: 100_000, floor: 1.2, lr: 1e-3}
	w := must(runlog.Create(root, name, runlog.Info{Backend: "xla:cpu"}, fmt.Appendf(nil, fakeConfig, f.total, f.lr)))
	r := rand.New(rand.NewPCG(9, 9))
	for step := 1; ; step++ {
		check(w.Scalars(runlog.Step{Step: step, Samples: 128 * step, Epoch: float64(step) / 76}, f.metrics(step, r)))
		if step%20 == 1 {
			check(w.Status(runlog.Status{State: runlog.Running, Step: step, Total: f.total, Next: 2 * time.Second}))
			w.Log(0, "step %d", step)
		}
		time.Sleep(period)
	}
}
