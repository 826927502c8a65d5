package data

import (
	"fmt"
	"math"
)

// tally counts the broken samples of an iteration.
type tally struct {
	name   string
	total  int          // samples of the source
	tries  int          // samples read so far
	failed int          // how many of the tries found a broken one
	broken map[int]bool // the broken ones
}

func newTally(src Source) *tally {
	return &tally{name: src.Name(), total: src.Len(), broken: map[int]bool{}}
}

// count adds a batch, completes its messages, and refuses to go on once there are too many broken samples.
func (t *tally) count(b *Batch) error {
	t.tries += b.tries
	for k, i := range b.broken {
		t.failed++
		t.broken[i] = true
		b.Skipped[k] = fmt.Errorf("%w; skipped (%d of %d so far)", b.Skipped[k], len(t.broken), t.total)
	}
	if len(b.Skipped) == 0 || !t.tooMany() {
		return nil
	}
	return fmt.Errorf("%s: %d of the first %d samples are broken, more than the 1 %% that may be skipped; mend the data. The last: %w",
		t.name, t.failed, t.tries, b.Skipped[len(b.Skipped)-1])
}

// tooMany reports whether more than 1 % of the source is broken: because that many were met, or because
// the share among those read is higher than chance explains (three standard deviations).
func (t *tally) tooMany() bool {
	if len(t.broken)*100 > t.total {
		return true
	}
	expected := float64(t.tries) / 100
	return t.tries >= 100 && float64(t.failed) > expected+3*math.Sqrt(expected)
}
