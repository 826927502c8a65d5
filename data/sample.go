// Package data holds image-text pairs: where they come from (Source), and the loader that
// turns them into batches in an order that is a function of the seed alone.
package data

// Sample is one image with its captions, undecoded.
type Sample struct {
	Key      string         // names the sample within its source
	Origin   string         // the file it came from, for messages
	Image    []byte         // an encoded PNG, JPEG, GIF or WebP
	Captions []string       // the first is the caption
	Tags     []string       // further words that fit the image
	Concept  string         // samples of equal concept mean the same; the first caption by default
	Meta     map[string]any // whatever else the source knows
}

// Source gives samples by their index. It is safe for concurrent use.
//
// An error of Sample concerns that sample alone: it names the file, the sample and the reason,
// and the loader counts it and goes on.
type Source interface {
	Name() string
	Len() int
	Sample(i int) (Sample, error)
}

// ConceptSource is a Source that knows a sample's concept without reading its image.
// Batches without repeated concepts ask for the concept of every sample beforehand.
type ConceptSource interface {
	Source
	Concept(i int) (string, error)
}

// ConceptOf returns the concept of sample i, in the cheapest way that src offers.
func ConceptOf(src Source, i int) (string, error) {
	if c, ok := src.(ConceptSource); ok {
		return c.Concept(i)
	}
	s, err := src.Sample(i)
	return s.Concept, err
}
