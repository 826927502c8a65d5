package notebooks

import (
	"math"
	"testing"
)

func checkZeroShot(t *testing.T, e *execution) {
	e.learns(t, "similarity")
	scores := e.numbers(t, `top-1 (\S+)  top-5 (\S+)  of (\d+) classes`)
	if len(scores) != 9 {
		t.Fatalf("%d scores, want seven prompts and two tests", len(scores))
	}
	for _, s := range scores {
		within(t, "top-1", s[0], 3/s[2], s[1])
	}
	calibration := e.numbers(t, `logit scale (\S+): calibration error (\S+), log loss (\S+) nats`)
	if len(calibration) != 2 {
		t.Fatalf("%d calibrations, want two", len(calibration))
	}
	for _, c := range calibration {
		within(t, "the calibration error", c[1], 0, .5)
		within(t, "the log loss", c[2], 0, math.Log(51))
	}
	if calibration[1][2] > calibration[0][2] {
		t.Errorf("log loss %g at the fitted scale, %g before", calibration[1][2], calibration[0][2])
	}
	for i, size := range [][2]int{{900, 300}, {700, 700}, {600, 500}, {500, 700}, {500, 700}, {900, 400}} {
		e.picture(t, i, size[0], size[1]) // live curves, groups, food, twice reliability, mistakes
	}
}
