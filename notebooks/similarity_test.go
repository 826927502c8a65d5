package notebooks

import "testing"

func checkSimilarity(t *testing.T, e *execution) {
	e.learns(t, "similarity")
	course := e.numbers(t, `step +(\d+)  own +(\S+)  others +(\S+)  own comes first (\S+)`)
	if len(course) != 8 {
		t.Fatalf("%d checkpoints, want 8", len(course))
	}
	first, last := course[0], course[len(course)-1]
	if last[1]-last[2] < first[1]-first[2]+.1 {
		t.Errorf("own and other captions are %g apart at the end, %g at the beginning", last[1]-last[2], first[1]-first[2])
	}
	within(t, "the share of first places", last[3], first[3]+.1, 1)
	scale := e.numbers(t, `learned (\S+); least loss on this split at (\S+)`)[0]
	within(t, "the learned scale", scale[0], 10, 20)
	within(t, "the best scale", scale[1], 1.1, 100)

	for i, size := range [][2]int{
		{900, 700}, {900, 300}, {900, 700}, {900, 700}, // before, live curves, early, after
		{1200, 400}, {1200, 400}, {600, 400}, {600, 400}, {600, 400}, // course, temperature, three softmaxes
		{1000, 400}, {1000, 700}, {1500, 1500}, {1000, 600}, // neighbours, search, all by group, mistakes
	} {
		e.picture(t, i, size[0], size[1])
	}
}

// learns checks that a run's loss fell.
func (e *execution) learns(t *testing.T, run string) {
	t.Helper()
	loss := e.history(t, run, "loss")
	if first, last := loss[0], loss[len(loss)-1]; last >= first {
		t.Errorf("%s: the loss went from %g to %g", run, first, last)
	}
}
