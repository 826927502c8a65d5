package data

import (
	"cmp"
	"fmt"
	"io"
)

// Memory is a source that holds its samples.
type Memory struct {
	name    string
	samples []Sample
}

// NewMemory returns a source of the given samples. A sample without a concept means its first caption.
func NewMemory(name string, samples []Sample) *Memory {
	own := make([]Sample, len(samples))
	copy(own, samples)
	for i := range own {
		own[i].Concept = DefaultConcept(own[i])
	}
	return &Memory{name, own}
}

// DefaultConcept returns the sample's concept, or its first caption when it has none.
func DefaultConcept(s Sample) string {
	return cmp.Or(s.Concept, firstCaption(s))
}

func firstCaption(s Sample) string {
	if len(s.Captions) == 0 {
		return ""
	}
	return s.Captions[0]
}

// Name returns the name given to NewMemory.
func (m *Memory) Name() string { return m.name }

// Len returns the number of samples.
func (m *Memory) Len() int { return len(m.samples) }

// Sample returns sample i. It never fails.
func (m *Memory) Sample(i int) (Sample, error) { return m.samples[i], nil }

// Concept returns the concept of sample i. It never fails.
func (m *Memory) Concept(i int) (string, error) { return m.samples[i].Concept, nil }

// Outline writes what is known of the samples.
func (m *Memory) Outline(w io.Writer) {
	for _, s := range m.samples {
		outlineSample(w, s)
	}
}

// Subset returns the samples of src at the given indices, in that order.
func Subset(src Source, name string, indices []int) Source {
	return subset{src, name, indices}
}

type subset struct {
	src     Source
	name    string
	indices []int
}

func (s subset) Name() string                  { return s.name }
func (s subset) Len() int                      { return len(s.indices) }
func (s subset) Sample(i int) (Sample, error)  { return s.src.Sample(s.indices[i]) }
func (s subset) Concept(i int) (string, error) { return ConceptOf(s.src, s.indices[i]) }

// Outline writes that of the whole, and which samples are taken.
func (s subset) Outline(w io.Writer) {
	outline(s.src, w)
	fmt.Fprintln(w, s.indices)
}

// Concat returns the samples of all sources, one source after the other.
func Concat(name string, sources ...Source) Source {
	c := concat{name: name, sources: sources, starts: make([]int, len(sources)+1)}
	for i, s := range sources {
		c.starts[i+1] = c.starts[i] + s.Len()
	}
	return c
}

type concat struct {
	name    string
	sources []Source
	starts  []int // starts[k] is the index of source k's first sample
}

func (c concat) Name() string { return c.name }
func (c concat) Len() int     { return c.starts[len(c.sources)] }

// Outline writes those of all sources.
func (c concat) Outline(w io.Writer) {
	for _, src := range c.sources {
		outline(src, w)
	}
}

func (c concat) Sample(i int) (Sample, error) {
	src, i := c.find(i)
	return src.Sample(i)
}

func (c concat) Concept(i int) (string, error) {
	src, i := c.find(i)
	return ConceptOf(src, i)
}

func (c concat) find(i int) (Source, int) {
	for k, src := range c.sources {
		if i < c.starts[k+1] {
			return src, i - c.starts[k]
		}
	}
	panic(fmt.Sprintf("%s: sample %d of %d", c.name, i, c.Len()))
}
