// Package webdataset reads and writes image-text pairs as WebDataset keeps them: tar files whose
// consecutive members of one key (u1f355.png, u1f355.txt, u1f355.json) are one sample.
package webdataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"clipbench/data"
)

// Shards is a data.Source of tar files. Every sample can be read at any time: the files were indexed by
// their headers. A file is open only while a sample of it is read.
type Shards struct {
	name    string
	files   []string
	entries []entry
}

// Open indexes the shards that the patterns name; see Expand. A shard that is cut short or damaged
// keeps the samples before the damage, and one broken sample stands for the rest.
func Open(patterns ...string) (*Shards, error) {
	name := strings.Join(patterns, "::")
	if strings.Contains(name, "://") || strings.HasPrefix(name, "pipe:") {
		return nil, fmt.Errorf("%s: shards are read from files only; download them and give their paths", name)
	}
	files, err := Expand(patterns...)
	if err != nil {
		return nil, err
	}
	s := &Shards{name: name, files: files}
	for i, file := range files {
		entries, err := indexShard(file)
		if err != nil {
			return nil, explainMissing(name, files, err)
		}
		for k := range entries {
			entries[k].shard = i
		}
		s.entries = append(s.entries, entries...)
	}
	if len(s.entries) == 0 {
		return nil, fmt.Errorf("%s: the shards hold no samples", name)
	}
	return s, nil
}

// explainMissing says how many of the files that a pattern stands for exist.
func explainMissing(name string, files []string, err error) error {
	if !errors.Is(err, os.ErrNotExist) || len(files) == 1 {
		return err
	}
	found := 0
	for _, file := range files {
		if exists(file) {
			found++
		}
	}
	return fmt.Errorf("%w (%s stands for %d files, %d of them exist)", err, name, len(files), found)
}

// Name returns the patterns given to Open.
func (s *Shards) Name() string { return s.name }

// Files returns the shards in order.
func (s *Shards) Files() []string { return slices.Clone(s.files) }

// Len returns the number of samples, broken ones among them.
func (s *Shards) Len() int { return len(s.entries) }

// Outline writes the samples' keys and the sizes of their members.
func (s *Shards) Outline(w io.Writer) {
	for _, e := range s.entries {
		fmt.Fprintf(w, "%q", e.key)
		for _, m := range e.members {
			fmt.Fprintf(w, " %s %d", m.extension, m.size)
		}
		fmt.Fprintln(w)
	}
}

// Sample reads sample i: its image, its captions (the txt member; else caption, text or label of the json
// member), and from the json member tags, base (the concept) and everything else as Meta.
func (s *Shards) Sample(i int) (data.Sample, error) {
	return s.read(i, func(m member) bool { return isImage(m) || isText(m) }, true)
}

// Concept reads the concept of sample i without its image.
func (s *Shards) Concept(i int) (string, error) {
	sample, err := s.read(i, isText, false)
	return sample.Concept, err
}

func isImage(m member) bool {
	return slices.Contains([]string{"png", "jpg", "jpeg", "webp", "gif"}, m.extension)
}

func isText(m member) bool { return m.extension == "txt" || m.extension == "json" }

func (s *Shards) read(i int, want func(member) bool, image bool) (data.Sample, error) {
	e := s.entries[i]
	sample := data.Sample{Key: e.key, Origin: s.files[e.shard]}
	err := e.broken
	if err == nil {
		err = s.fill(&sample, e.members, want)
	}
	if err == nil && image && sample.Image == nil {
		err = errors.New("has no image (png, jpg, jpeg, webp or gif)")
	}
	if err == nil && len(sample.Captions) == 0 {
		err = errors.New("has no caption (txt, or json with caption, text or label)")
	}
	if err != nil {
		return sample, fmt.Errorf("%s: sample %q: %w", sample.Origin, sample.Key, err)
	}
	sample.Concept = data.DefaultConcept(sample)
	return sample, nil
}

// fill reads the wanted members of a sample.
func (s *Shards) fill(sample *data.Sample, members []member, want func(member) bool) error {
	f, err := os.Open(sample.Origin)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read from
	var meta []byte
	for _, m := range members {
		if !want(m) {
			continue
		}
		content := make([]byte, m.size)
		if n, err := f.ReadAt(content, m.offset); err != nil && (!errors.Is(err, io.EOF) || n != len(content)) {
			return fmt.Errorf("the %s member gave %d of %d bytes: %w", m.extension, n, m.size, err)
		}
		switch {
		case isImage(m):
			sample.Image = content
		case m.extension == "txt":
			sample.Captions = []string{strings.TrimSpace(string(content))}
		default:
			meta = content
		}
	}
	return describe(sample, meta)
}

// describe adds what the json member says.
func describe(sample *data.Sample, meta []byte) error {
	if meta == nil {
		return nil
	}
	if err := json.Unmarshal(meta, &sample.Meta); err != nil {
		return fmt.Errorf("its json is broken: %w", err)
	}
	for _, name := range []string{"caption", "text", "label"} {
		if caption, _ := sample.Meta[name].(string); caption != "" && len(sample.Captions) == 0 {
			sample.Captions = []string{caption}
		}
	}
	tags, _ := sample.Meta["tags"].([]any)
	for _, tag := range tags {
		if word, ok := tag.(string); ok {
			sample.Tags = append(sample.Tags, word)
		}
	}
	sample.Concept, _ = sample.Meta["base"].(string)
	return nil
}
