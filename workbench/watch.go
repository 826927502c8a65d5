package workbench

import (
	"time"

	"clipbench/data"
)

// watch measures a training session: steps, pairs, time, and how much of it went by waiting for data. Validation and
// compilation are not counted.
type watch struct {
	loader *data.Loader
	start  time.Time

	mark      time.Time // since when the current window is measured
	waited    time.Duration
	pairs     int
	compiled  bool
	all       time.Duration // of closed windows
	allWaited time.Duration
	allPairs  int
	lastSpeed [2]float64 // pairs per second, share waited
	checked   time.Time  // last checkpoint
}

func newWatch(_ int, loader *data.Loader) *watch {
	now := time.Now()
	return &watch{loader: loader, start: now, mark: now, checked: now}
}

// step counts a step of so many pairs. The first only compiles.
func (w *watch) step(pairs int) {
	if !w.compiled {
		w.compiled = true
		w.restart()
		return
	}
	w.pairs += pairs
}

func (w *watch) restart() {
	w.mark, w.waited, w.pairs = time.Now(), w.loader.Waited(), 0
}

// close adds the window to the whole and begins another.
func (w *watch) close() {
	w.all += time.Since(w.mark)
	w.allWaited += w.loader.Waited() - w.waited
	w.allPairs += w.pairs
	w.restart()
}

// pause leaves out what happens until the returned function is called.
func (w *watch) pause() func() {
	w.close()
	return w.restart
}

// speed is pairs per second and the share waited for data since the last call.
func (w *watch) speed() (pairsPerSecond, wait float64) {
	elapsed := time.Since(w.mark)
	if w.pairs > 0 && elapsed > 0 {
		w.lastSpeed = [2]float64{float64(w.pairs) / elapsed.Seconds(), (w.loader.Waited() - w.waited).Seconds() / elapsed.Seconds()}
	}
	w.close()
	return w.lastSpeed[0], w.lastSpeed[1]
}

// overall is the same over the whole session.
func (w *watch) overall() (pairsPerSecond, wait float64) {
	all := w.all + time.Since(w.mark)
	if all <= 0 {
		return 0, 0
	}
	waited := w.allWaited + w.loader.Waited() - w.waited
	return float64(w.allPairs+w.pairs) / all.Seconds(), waited.Seconds() / all.Seconds()
}

// over tells that the session has had its time.
func (w *watch) over(limit time.Duration) bool { return limit > 0 && time.Since(w.start) >= limit }

// due tells that a checkpoint by the clock is due.
func (w *watch) due(minutes float64) bool {
	return minutes > 0 && time.Since(w.checked).Minutes() >= minutes
}

func (w *watch) saved() { w.checked = time.Now() }

// nextCheckIn promises generously: ten times what so many steps took lately, and no less than two minutes.
func (w *watch) nextCheckIn(steps int) time.Duration {
	if w == nil || w.allPairs == 0 {
		return 10 * time.Minute
	}
	return max(2*time.Minute, 10*time.Duration(steps)*w.all/time.Duration(max(1, w.allPairs)))
}
