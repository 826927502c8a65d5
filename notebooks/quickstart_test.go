package notebooks

import (
	"path/filepath"
	"testing"

	"clipbench/workbench/runlog"
)

func checkQuickstart(t *testing.T, e *execution) {
	loss := e.numbers(t, `loss (\S+) nats, where knowing nothing has ln\(128\) = (\S+)`)[0]
	within(t, "the loss", loss[0], 0, loss[1]-.5)
	history := e.history(t, "quickstart", "loss")
	if first, last := history[0], history[len(history)-1]; last >= first {
		t.Errorf("the loss went from %g to %g", first, last)
	}
	for _, hits := range e.numbers(t, `unseen-\w+ +top-1 (\S+)  top-5 (\S+)  of +(\d+) captions`) {
		within(t, "top-1", hits[0], 0, hits[1])
		within(t, "top-5", hits[1], 5/hits[2]/2, 1)
	}
	style := e.numbers(t, `unseen-style +top-1 (\S+) .*chance (\S+)\)`)[0]
	within(t, "top-1 on the unseen style", style[0], 5*style[1], 1)

	e.picture(t, 0, 600, 300) // the data
	e.picture(t, 1, 900, 300) // live curves: loss and top-1
	e.picture(t, 2, 800, 600) // the similarity matrix
	e.picture(t, 3, 800, 600) // the nearest captions
}

// history is a metric of a run that the notebook made, over its steps.
func (e *execution) history(t *testing.T, run, metric string) []float64 {
	t.Helper()
	h, err := runlog.Glance(filepath.Join(e.Folder, "runs", run, "metrics.jsonl"), 400)
	if err != nil {
		t.Fatal(err)
	}
	c := h.Column(metric)
	if c == nil {
		t.Fatalf("run %s has no metric %s", run, metric)
	}
	var values []float64
	for i := range c.Len() {
		values = append(values, c.Value(i))
	}
	return values
}
