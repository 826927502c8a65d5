package emoji

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"clipbench/data"
	"clipbench/data/webdataset"
)

// Open opens a split of the built set: "train", "unseen-style" and so on, with skin tones "train-tone", several joined
// by +. "validation" is short for the three validation splits: "train+validation" is for a last run after every choice
// was made, and is never what the unseen splits are compared on by default.
//
// The samples' Concept is the emoji without skin tone, Captions is the label, Tags are CLDR's keywords, and Meta is the
// sample's json.
func Open(split string) (data.Source, error) {
	dir, err := Dir()
	if err != nil {
		return nil, err
	}
	m, err := readManifest(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: the emoji set is not built; run `clipbench data emoji`%s", dir, insteadSmall)
	}
	if err != nil {
		return nil, fmt.Errorf("%w; run `clipbench data emoji` to build the set again", err)
	}
	splits, err := parseSplits(split, m.splitNames())
	if err != nil {
		return nil, fmt.Errorf("emoji: %w", err)
	}
	var sources []data.Source
	for _, name := range splits {
		shards, err := webdataset.Open(m.files(dir, name)...)
		if err != nil {
			return nil, err
		}
		sources = append(sources, shards)
	}
	return data.Concat("emoji:"+split, sources...), nil
}

// Labels are the distinct captions of a source in sorted order: the candidates of zero-shot classification.
func Labels(source data.Source) ([]string, error) {
	labels := map[string]bool{}
	for i := range source.Len() {
		s, err := source.Sample(i)
		if err != nil {
			return nil, err
		}
		labels[s.Captions[0]] = true
	}
	return slices.Sorted(maps.Keys(labels)), nil
}
