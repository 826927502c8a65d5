package workbench

import (
	"time"

	"clipbench/data"
)

// stopwatch measures a training process: steps, pairs, time, and how much of it went by waiting for data. Validation and
// compilation are not counted.
type stopwatch struct {
	loader *data.Loader
	start  time.Time
	before time.Duration // what the run was trained for until then

	mark     time.Time // since when the current window is measured
	waited   time.Duration
	steps    int
	pairs    int
	compiled bool
	whole    span       // of closed windows
	last     [2]float64 // the last window's pairs per second and share waited
	saved    time.Time  // when a checkpoint was last begun
}

// span is a stretch of measured time.
type span struct {
	time, waited time.Duration
	steps, pairs int
}

func newStopwatch(loader *data.Loader, before time.Duration) *stopwatch {
	now := time.Now()
	return &stopwatch{loader: loader, start: now, before: before, mark: now, saved: now}
}

// step counts a step of so many pairs. The first only compiles.
func (w *stopwatch) step(pairs int) {
	if !w.compiled {
		w.compiled = true
		w.restart()
		return
	}
	w.steps++
	w.pairs += pairs
}

func (w *stopwatch) restart() {
	w.mark, w.waited, w.steps, w.pairs = time.Now(), w.loader.Waited(), 0, 0
}

// window is what the current window measured so far.
func (w *stopwatch) window() span {
	return span{time.Since(w.mark), w.loader.Waited() - w.waited, w.steps, w.pairs}
}

// close adds the window to the whole and begins another.
func (w *stopwatch) close() {
	w.whole = w.whole.and(w.window())
	w.restart()
}

// pause leaves out what happens until the returned function is called.
func (w *stopwatch) pause() func() {
	w.close()
	return w.restart
}

// lately is pairs per second and the share waited for data since the last call.
func (w *stopwatch) lately() (pairsPerSecond, wait float64) {
	if s := w.window(); s.pairs > 0 {
		w.last[0], w.last[1] = s.speed()
	}
	w.close()
	return w.last[0], w.last[1]
}

// overall is what the process measured in all.
func (w *stopwatch) overall() span { return w.whole.and(w.window()) }

func (s span) and(t span) span {
	return span{s.time + t.time, s.waited + t.waited, s.steps + t.steps, s.pairs + t.pairs}
}

// speed is pairs per second and the share of the time spent waiting for data.
func (s span) speed() (pairsPerSecond, wait float64) {
	if s.time <= 0 {
		return 0, 0
	}
	return float64(s.pairs) / s.time.Seconds(), s.waited.Seconds() / s.time.Seconds()
}

// of estimates how long so many steps take; negative when no step was measured.
func (s span) of(steps int) time.Duration {
	if s.steps == 0 {
		return -1
	}
	return s.time / time.Duration(s.steps) * time.Duration(steps)
}

// trained is for how long the run has been trained, by this process and those before it. All counts but the opening.
func (w *stopwatch) trained() time.Duration { return w.before + time.Since(w.start) }

// over tells that the run has had its time.
func (w *stopwatch) over(limit time.Duration) bool { return limit > 0 && w.trained() >= limit }

// due tells that a checkpoint by the clock is due.
func (w *stopwatch) due(minutes float64) bool {
	return minutes > 0 && time.Since(w.saved).Minutes() >= minutes
}

// nextCheckIn promises generously: ten times what so many steps take, and no less than two minutes; before the first
// step is done, compiling may take ten.
func (w *stopwatch) nextCheckIn(steps int) time.Duration {
	left := w.overall().of(steps)
	if left < 0 {
		return 10 * time.Minute
	}
	return max(2*time.Minute, 10*left)
}
