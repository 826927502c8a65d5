package workbench

import (
	"math"
	"strings"
	"testing"
	"time"

	"clipbench/workbench/plot"
)

// drawn is what a Live put into its cell.
type drawn struct {
	clock  time.Time
	bars   []string
	curves []plot.Curves
}

// live returns a Live whose clock stands still but for what drawing costs.
func (d *drawn) live(drawingTakes time.Duration) *Live {
	return newLive(func() time.Time { return d.clock },
		func(_, text string) { d.bars = append(d.bars, text) },
		func(c plot.Curves) { d.curves = append(d.curves, c); d.clock = d.clock.Add(drawingTakes) },
		func(string) {})
}

// train lets steps pass, so many a second, with a loss of 1/step.
func (d *drawn) train(l *Live, steps int, perSecond float64) {
	for step := 1; step <= steps; step++ {
		d.clock = d.clock.Add(time.Duration(float64(time.Second) / perSecond))
		l.Step(Moment{Run: "try", Step: step, Total: steps, Loss: 1 / float64(step)})
	}
}

func lossOf(c plot.Curves) plot.Series { return c.Panels[0].Series[0] }

func TestLiveNeverLosesTheLastFrame(t *testing.T) {
	for _, perSecond := range []float64{0.1, 3, 17, 1000} {
		d := &drawn{}
		l := d.live(10 * time.Millisecond)
		d.train(l, 97, perSecond)
		l.Close()
		if last := d.bars[len(d.bars)-1]; !strings.Contains(last, "97/97") {
			t.Errorf("%g steps/s: the last bar says %q", perSecond, last)
		}
		loss := lossOf(d.curves[len(d.curves)-1])
		if n := len(loss.X); loss.X[n-1] != 97 || loss.Y[n-1] != 1./97 || n != 97 {
			t.Errorf("%g steps/s: the last curve has %d of 97 points and ends at (%g, %g)", perSecond, n, loss.X[n-1], loss.Y[n-1])
		}
	}
}

func TestLiveDrawsNoOftenerThanItIsWorth(t *testing.T) {
	for _, tc := range []struct {
		cost time.Duration
		most int
	}{
		{time.Millisecond, 61},
		{time.Second, 4}, // a thirtieth of a minute's time
	} {
		d := &drawn{}
		d.train(d.live(tc.cost), 6000, 100)
		if len(d.curves) > tc.most || len(d.curves) < 2 {
			t.Errorf("drawing takes %v: %d curves in a minute, want 2 to %d", tc.cost, len(d.curves), tc.most)
		}
		if len(d.bars) > 241 {
			t.Errorf("%d bars in a minute, want no more than four a second", len(d.bars))
		}
	}
}

func TestLiveKeepsBoundedCurvesOfLongRuns(t *testing.T) {
	d := &drawn{}
	l := d.live(0)
	d.train(l, 100_000, 1000)
	l.Close()
	loss := lossOf(d.curves[len(d.curves)-1])
	if n := len(loss.X); n < liveLosses/2-1 || n > liveLosses {
		t.Errorf("%d points are kept of 100,000", n)
	}
	for i, x := range loss.X {
		if loss.Y[i] != 1/x {
			t.Fatalf("point %d: the loss of step %g is %g", i, x, loss.Y[i])
		}
	}
}

func TestLiveShowsValidationAsItComes(t *testing.T) {
	d := &drawn{}
	l := d.live(0)
	d.train(l, 10, 10)
	l.Metrics(10, map[string]float64{"val_loss": 3, "val_top1": .25, "lr": 1, "loss": math.Pi})
	l.Close()
	last := d.curves[len(d.curves)-1]
	if len(last.Panels) != 2 || len(last.Panels[0].Series) != 2 || last.Panels[1].Series[0].Y[0] != .25 {
		t.Errorf("want training and validation loss in one panel and top-1 in another, got %+v", last.Panels)
	}
}

func TestLiveWithoutAStepDrawsNothing(t *testing.T) {
	d := &drawn{}
	d.live(0).Close()
	if len(d.bars)+len(d.curves) > 0 {
		t.Error("something was drawn")
	}
}
