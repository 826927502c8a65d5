package runlog

import (
	"fmt"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// TestGlanceIsPartOfTheWhole glances at files around the size beyond which it skips, with lines of all lengths.
func TestGlanceIsPartOfTheWhole(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		path := filepath.Join(dir, "metrics.jsonl")
		pad := rapid.IntRange(0, 3000).Draw(t, "pad")
		size := rapid.IntRange(glanceWhole/2, 4*glanceWhole).Draw(t, "size")
		var text []byte
		step := 0
		for ; len(text) < size; step++ {
			text = fmt.Appendf(text, `{"step":%d,"loss":%d}%*s`+"\n", step, 10*step, pad, "")
		}
		write(t, path, text)
		h, err := Glance(path, rapid.IntRange(0, 100).Draw(t, "pieces"))
		if err != nil || h.Faults != (Faults{}) {
			t.Fatalf("%v, %+v", err, h.Faults)
		}
		loss := h.Column("loss")
		if loss == nil || h.Step(h.Len()-1) != step-1 {
			t.Fatalf("the end is missing: %d rows", h.Len())
		}
		for i := range loss.Len() {
			if loss.Value(i) != float64(10*h.Step(loss.Row(i))) || i > 0 && h.Step(i) <= h.Step(i-1) {
				t.Fatalf("row %d: step %d, loss %v", i, h.Step(i), loss.Value(i))
			}
		}
	})
}

func TestGlanceFindsALineThatIsLongerThanThePieces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	var text []byte
	for step := range 20 {
		text = fmt.Appendf(text, `{"step":%d,"loss":1}%*s`+"\n", step, 100_000, "")
	}
	write(t, path, text)
	h, err := Glance(path, 32)
	if err != nil || h.Len() == 0 || h.Step(h.Len()-1) != 19 {
		t.Fatalf("%v, %d rows", err, h.Len())
	}
}

func TestGlanceOfALongFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	write(t, path, numbered(1, 200_000))
	h, err := Glance(path, 32)
	if err != nil {
		t.Fatal(err)
	}
	loss := h.Column("loss")
	if first, last := h.Step(0), h.Step(h.Len()-1); first != 1 || last != 200_000 || loss.Value(loss.Len()-1) != 2e6 {
		t.Fatalf("from %d to %d", first, last)
	}
	if h.Len() > 10_000 || h.Faults != (Faults{}) {
		t.Fatalf("%d rows, %+v", h.Len(), h.Faults)
	}
}
