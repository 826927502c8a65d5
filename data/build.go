package data

import (
	"context"
	"fmt"

	"clipbench/data/transform"
)

// job is one batch to be made.
type job struct {
	plan    *plan // where substitutes for broken samples come from; nil leaves them out
	batch   int   // its number within the plan
	start   int   // samples consumed before it
	indices []int
}

// loaded is a sample with its image decoded; the encoded image is dropped.
type loaded struct {
	sample Sample
	image  *transform.RGB
}

// build makes the batch of a job. Its error is about the whole source.
func (l *Loader) build(ctx context.Context, j job) (*Batch, error) {
	b := l.emptyBatch(j)
	next := l.substitutes(j)
	for _, i := range j.indices {
		for ok := true; ok; {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			err := l.add(b, i)
			if err == nil {
				break
			}
			b.broken = append(b.broken, i)
			b.Skipped = append(b.Skipped, err)
			if len(b.broken) > max(l.o.Batch, 100) {
				return nil, fmt.Errorf("%s: %d of %d samples tried are broken; the last: %w", l.src.Name(), len(b.broken), b.tries, err)
			}
			if i, ok = next(); !ok && j.plan != nil {
				return nil, fmt.Errorf("%s: no sample is left to stand in for a broken one: %w", l.src.Name(), err)
			}
		}
	}
	b.number(map[string]int32{})
	return b, nil
}

func (l *Loader) emptyBatch(j job) *Batch {
	b := &Batch{Start: j.start, Keys: make([]string, 0, l.o.Batch)}
	if j.plan != nil {
		b.Epoch = j.plan.epoch
	}
	if l.o.Image != nil {
		b.Images = make([]float32, l.o.Batch*l.imageLen())
	}
	if l.o.Text != nil {
		b.Tokens = make([]int32, l.o.Batch*l.o.Context)
	}
	return b
}

func (l *Loader) imageLen() int {
	return l.o.ImageSize[0] * l.o.ImageSize[1] * l.o.ImageSize[2]
}

// substitutes returns a function that gives the next sample to stand in for a broken one. It depends on
// the job alone, so that a resumed run chooses the same; a substitute is used again at its own place.
func (l *Loader) substitutes(j job) func() (int, bool) {
	if j.plan == nil {
		return func() (int, bool) { return 0, false }
	}
	used := map[int32]bool{} // the concepts of the batch
	if l.concepts != nil {
		for _, i := range j.indices {
			used[l.concepts[i]] = true
		}
	}
	k := -1
	return func() (int, bool) {
		for {
			k++
			i, ok := j.plan.substitute(j.batch, k)
			if !ok || l.concepts == nil {
				return i, ok
			}
			if !used[l.concepts[i]] {
				used[l.concepts[i]] = true
				return i, true
			}
		}
	}
}

// add puts sample i into the next row of the batch.
func (l *Loader) add(b *Batch, i int) error {
	b.tries++
	s, err := l.load(i)
	if err != nil {
		return err
	}
	r := randomOf(l.o.Seed, b.Epoch, i)
	if l.o.Image != nil {
		size := l.imageLen()
		l.o.Image(s.image, r, b.Images[b.Count*size:(b.Count+1)*size])
	}
	if l.o.Text != nil {
		l.o.Text(s.sample, r, b.Tokens[b.Count*l.o.Context:(b.Count+1)*l.o.Context])
	}
	b.Count++
	b.Keys = append(b.Keys, s.sample.Key)
	b.Captions = append(b.Captions, firstCaption(s.sample))
	b.concepts = append(b.concepts, s.sample.Concept)
	return nil
}

// load reads and decodes sample i, or takes it from the cache.
func (l *Loader) load(i int) (*loaded, error) {
	if l.cache != nil {
		if s := l.cache[i].Load(); s != nil {
			return s, nil
		}
	}
	sample, err := l.src.Sample(i)
	if err != nil {
		return nil, err
	}
	s := &loaded{sample: sample}
	if l.o.Image != nil {
		if s.image, err = transform.Decode(sample.Image); err != nil {
			return nil, fmt.Errorf("%s: sample %q: %w", origin(l.src, sample), sample.Key, err)
		}
	}
	s.sample.Image = nil
	if l.cache != nil {
		l.cache[i].Store(s)
	}
	return s, nil
}

func origin(src Source, s Sample) string {
	if s.Origin == "" {
		return src.Name()
	}
	return s.Origin
}

// number numbers the concepts of the batch with the numbers given so far, and new ones.
func (b *Batch) number(numbers map[string]int32) {
	b.Concepts = make([]int32, len(b.concepts))
	for i, concept := range b.concepts {
		number, known := numbers[concept]
		if !known {
			number = int32(len(numbers))
			numbers[concept] = number
		}
		b.Concepts[i] = number
	}
}
