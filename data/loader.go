package data

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"clipbench/data/transform"
)

// Options says how a Loader makes batches.
type Options struct {
	Batch   int   // samples in a batch
	Seed    int64 // of the order and of all randomness of the samples
	Shuffle bool  // another order every epoch; otherwise the source's own
	Unique  bool  // no concept twice in a batch

	// Image writes one image as the model takes it, ImageSize long. The image may be shared: leave it
	// unchanged. Nil leaves images undecoded and Batch.Images empty.
	Image     func(img *transform.RGB, r *rand.Rand, dst []float32)
	ImageSize [3]int // height, width, channels

	// Text writes the tokens of one sample, Context long. Nil leaves Batch.Tokens empty.
	Text    func(s Sample, r *rand.Rand, dst []int32)
	Context int

	Cache    bool // keep decoded images in memory, all of the source's in the end
	Workers  int  // batches made at the same time; at most 2 by default
	Prefetch int  // batches made ahead of their use, at most; Workers by default, and at least 2
}

// Batch is what a training step or an evaluation takes. Its slices are the receiver's to keep.
type Batch struct {
	Epoch    int
	Start    int       // samples consumed before it
	Count    int       // samples in it: all, but for the last batch of Once, whose other rows are zero
	Images   []float32 // [batch, height, width, channels]
	Tokens   []int32   // [batch, context]
	Concepts []int32   // [count]; equal numbers mean equal concepts: in this batch, or throughout Once
	Keys     []string  // [count]
	Captions []string  // [count], the first of each
	Skipped  []error   // one for every broken sample met: shard, key and reason

	concepts []string
	broken   []int // the indices of the samples in Skipped
	tries    int   // samples read, the broken included
}

// Loader makes batches from a source. Their order and content depend on the options alone: not on the
// number of workers, nor on where an iteration began. It may be iterated several times.
type Loader struct {
	src      Source
	o        Options
	concepts []int32 // a number for the concept of every sample, when batches are unique
	cache    []atomic.Pointer[loaded]
	waited   atomic.Int64

	mu     sync.Mutex
	counts []int // batches of each epoch, as far as they are known
}

// NewLoader checks the options against the source. With Unique it reads the concept of every sample.
func NewLoader(src Source, o Options) (*Loader, error) {
	if o.Batch < 1 {
		return nil, fmt.Errorf("%s: batches of %d samples; at least 1", src.Name(), o.Batch)
	}
	if o.Image != nil && min(o.ImageSize[0], o.ImageSize[1], o.ImageSize[2]) < 1 || o.Text != nil && o.Context < 1 {
		return nil, fmt.Errorf("%s: images of %v (height, width, channels) and %d tokens; all at least 1", src.Name(), o.ImageSize, o.Context)
	}
	if src.Len() < 1 {
		return nil, fmt.Errorf("%s: holds no samples", src.Name())
	}
	if o.Workers < 1 {
		o.Workers = min(2, runtime.GOMAXPROCS(0))
	}
	if o.Prefetch < 1 {
		o.Prefetch = max(2, o.Workers)
	}
	l := &Loader{src: src, o: o}
	if o.Cache {
		l.cache = make([]atomic.Pointer[loaded], src.Len())
	}
	if o.Unique {
		l.concepts = numberConcepts(src)
	}
	return l, nil
}

// numberConcepts numbers the concepts of a source. A sample that cannot say its own has one to itself.
func numberConcepts(src Source) []int32 {
	numbers := map[string]int32{}
	concepts := make([]int32, src.Len())
	next := int32(0)
	for i := range concepts {
		concept, err := ConceptOf(src, i)
		number, known := numbers[concept]
		if !known || err != nil {
			number = next
			next++
		}
		if err == nil {
			numbers[concept] = number
		}
		concepts[i] = number
	}
	return concepts
}

// BatchesPerEpoch returns the number of full batches of an epoch. With Unique it may differ by epoch.
func (l *Loader) BatchesPerEpoch(epoch int) int {
	if !l.o.Unique {
		return l.src.Len() / l.o.Batch
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.counts) <= epoch {
		l.counts = append(l.counts, l.plan(len(l.counts)).batches)
	}
	return l.counts[epoch]
}

func (l *Loader) plan(epoch int) *plan {
	return newPlan(&l.o, epoch, l.src.Len(), l.concepts)
}

// Waited returns how long the receivers of batches have waited for them, in all.
func (l *Loader) Waited() time.Duration { return time.Duration(l.waited.Load()) }

// Batches yields batches without end, epoch after epoch, from the place at which consumed samples have
// been used: a whole number of batches. The samples at the end of an epoch that fill no batch are left
// out of it. A broken sample is named in Batch.Skipped, and the next sample of the order that can takes
// its place. The iteration ends with an error when more than 1 % of the source is broken, or when ctx is
// cancelled. It leaves no goroutine behind.
func (l *Loader) Batches(ctx context.Context, consumed int) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		if err := l.Check(consumed); err != nil {
			yield(nil, err)
			return
		}
		l.run(ctx, l.endless(consumed), newTally(l.src), yield)
	}
}

// Check tells whether Batches can begin after so many samples consumed: there is a full batch, and it is a whole number of them.
func (l *Loader) Check(consumed int) error {
	n := l.src.Len()
	if n < l.o.Batch {
		return fmt.Errorf("%s: its %d samples are fewer than a batch of %d; use a smaller batch", l.src.Name(), n, l.o.Batch)
	}
	if l.BatchesPerEpoch(0) == 0 {
		return fmt.Errorf("%s: its concepts are too few for a batch of %d without repeats; use a smaller batch or allow repeats", l.src.Name(), l.o.Batch)
	}
	if consumed < 0 || consumed%l.o.Batch != 0 {
		return fmt.Errorf("%s: %d samples consumed are no whole number of batches of %d", l.src.Name(), consumed, l.o.Batch)
	}
	return nil
}

// endless is the order of all batches from a place on.
func (l *Loader) endless(consumed int) iter.Seq[job] {
	return func(yield func(job) bool) {
		epoch, batch := 0, consumed/l.o.Batch
		for batch >= l.BatchesPerEpoch(epoch) {
			batch -= l.BatchesPerEpoch(epoch)
			epoch++
		}
		for ; ; epoch, batch = epoch+1, 0 {
			p := l.plan(epoch)
			for ; batch < p.batches; batch++ {
				if !yield(job{plan: p, batch: batch, start: consumed, indices: p.batch(batch)}) {
					return
				}
				consumed += l.o.Batch
			}
		}
	}
}

// Once yields every sample exactly once, in the source's order and as epoch 0. The last batch may hold
// fewer (Batch.Count) and is filled up with zeros; a broken sample is left out. For evaluation.
func (l *Loader) Once(ctx context.Context) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		numbers := map[string]int32{}
		l.run(ctx, l.once(), newTally(l.src), func(b *Batch, err error) bool {
			if err == nil {
				b.number(numbers)
			}
			return yield(b, err)
		})
	}
}

func (l *Loader) once() iter.Seq[job] {
	return func(yield func(job) bool) {
		order := sequence(l.src.Len())
		for start := 0; start < len(order); start += l.o.Batch {
			if !yield(job{start: start, indices: order[start:min(start+l.o.Batch, len(order))]}) {
				return
			}
		}
	}
}
