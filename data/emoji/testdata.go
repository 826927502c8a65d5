package emoji

import (
	"archive/tar"
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"clipbench/data"
)

// small is the small set: 300 pairs of 32×32 pixels, split as the built set is, without skin tones. It was picked from
// the built set by TestTestdataIsPickedFromTheBuiltSet.
//
//go:embed testdata/*.tar testdata/manifest.json
var small embed.FS

// OpenTestdata opens a split of the small set that is part of the package, for tests and for where nothing can be
// built. Splits are named as for Open. The unseen style is fxemoji here, and the validation style noto-v1.
func OpenTestdata(split string) (data.Source, error) {
	m, err := smallManifest()
	if err != nil {
		return nil, err
	}
	splits, err := parseSplits(split, m.splitNames())
	if err != nil {
		return nil, fmt.Errorf("emoji-small: %w", err)
	}
	var samples []data.Sample
	for _, name := range splits {
		for _, file := range m.files("testdata", name) {
			content, err := small.ReadFile(file)
			if err != nil {
				return nil, err
			}
			of, err := readTar(content)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			samples = append(samples, of...)
		}
	}
	return data.NewMemory("emoji-small:"+split, samples), nil
}

func smallManifest() (*Manifest, error) {
	content, err := small.ReadFile("testdata/" + manifestName)
	if err != nil {
		return nil, err
	}
	m := &Manifest{}
	return m, json.Unmarshal(content, m)
}

// readTar reads the samples of a shard as writeShards leaves them: the members of a sample side by side.
func readTar(content []byte) ([]data.Sample, error) {
	var samples []data.Sample
	archive := tar.NewReader(bytes.NewReader(content))
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return samples, nil
		}
		if err != nil {
			return nil, err
		}
		member, err := io.ReadAll(archive)
		if err != nil {
			return nil, err
		}
		extension := path.Ext(header.Name)
		key := strings.TrimSuffix(header.Name, extension)
		if n := len(samples); n == 0 || samples[n-1].Key != key {
			samples = append(samples, data.Sample{Key: key})
		}
		if err := readMember(&samples[len(samples)-1], extension, member); err != nil {
			return nil, fmt.Errorf("%s: %w", header.Name, err)
		}
	}
}

func readMember(s *data.Sample, extension string, member []byte) error {
	switch extension {
	case ".png":
		s.Image = member
	case ".txt":
		s.Captions = []string{string(member)}
	case ".json":
		var about sampleJSON
		err := errors.Join(json.Unmarshal(member, &about), json.Unmarshal(member, &s.Meta))
		s.Tags, s.Concept = about.Tags, about.Base
		return err
	}
	return nil
}
