package emoji

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Manifest is manifest.json beside the shards: what the set holds, where it comes from and under which licences.
type Manifest struct {
	Recipe          string               `json:"recipe"` // equal recipes build equal sets
	Renderer        string               `json:"renderer"`
	Side            int                  `json:"side"` // width and height of a picture in pixels
	UnseenStyle     string               `json:"unseen_style"`
	ValidationStyle string               `json:"validation_style"`
	Pairs           int                  `json:"pairs"`
	Sources         []SourceInfo         `json:"sources"`
	Splits          map[string]SplitInfo `json:"splits"`
	Skipped         []Skipped            `json:"skipped"`
}

// SourceInfo is an npm package that captions or pictures come from.
type SourceInfo struct {
	Style      string `json:"style,omitempty"` // "" for captions
	Title      string `json:"title"`
	Author     string `json:"author"`
	URL        string `json:"url"`
	Package    string `json:"package"`
	Version    string `json:"version"`
	License    string `json:"license"` // SPDX
	LicenseURL string `json:"license_url,omitempty"`
	Pairs      int    `json:"pairs"`
}

// SplitInfo is what a split holds.
type SplitInfo struct {
	Pairs    int            `json:"pairs"`
	Concepts int            `json:"concepts"` // without skin tone
	Labels   int            `json:"labels"`   // the candidates of zero-shot classification
	Styles   map[string]int `json:"styles"`   // pairs
	Shards   []ShardInfo    `json:"shards"`
}

// ShardInfo is one tar file.
type ShardInfo struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Skipped is a picture that could not be drawn.
type Skipped struct {
	Style   string `json:"style"`
	Icon    string `json:"icon"`
	Hexcode string `json:"hexcode"`
	Why     string `json:"why"`
}

const (
	manifestName    = "manifest.json"
	attributionName = "ATTRIBUTION.txt"
)

// splitNames lists the splits of the set.
func (m *Manifest) splitNames() []string { return slices.Sorted(maps.Keys(m.Splits)) }

// files are the paths of a split's shards in dir.
func (m *Manifest) files(dir, split string) []string {
	var files []string
	for _, shard := range m.Splits[split].Shards {
		files = append(files, filepath.Join(dir, shard.Name))
	}
	return files
}

// complete reports whether every shard is in dir, at its size.
func (m *Manifest) complete(dir string) bool {
	for _, split := range m.Splits {
		for _, shard := range split.Shards {
			if info, err := os.Stat(filepath.Join(dir, shard.Name)); err != nil || info.Size() != shard.Bytes {
				return false
			}
		}
	}
	return len(m.Splits) > 0
}

// write writes manifest.json and, from it, ATTRIBUTION.txt.
func (m *Manifest) write(dir string) error {
	content, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, manifestName), append(content, '\n'), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, attributionName), []byte(m.attribution()), 0o644)
}

// attribution names the authors and licences, as these licences ask for.
func (m *Manifest) attribution() string {
	var text strings.Builder
	fmt.Fprintf(&text, "Pictures: drawn from the SVGs below by %s, changed to PNGs of %d×%d pixels on white.\n", m.Renderer, m.Side, m.Side)
	fmt.Fprintf(&text, "The json of each sample names its source and licence; pictures keep the licence of their source.\n")
	for _, s := range m.Sources {
		what := "captions"
		if s.Style != "" {
			what = "style " + s.Style
		}
		fmt.Fprintf(&text, "\n%s: %s\n  by %s, %s\n  %s@%s, licence %s %s\n", what, s.Title, s.Author, s.URL, s.Package, s.Version, s.License, s.LicenseURL)
	}
	return text.String()
}

func readManifest(dir string) (*Manifest, error) {
	m := &Manifest{}
	return m, readJSON(filepath.Join(dir, manifestName), m)
}

// describeShard measures a finished tar file.
func describeShard(path string) (ShardInfo, error) {
	file, err := os.Open(path)
	if err != nil {
		return ShardInfo{}, err
	}
	defer func() { _ = file.Close() }()
	hash := sha256.New()
	size, err := io.Copy(hash, file)
	return ShardInfo{Name: filepath.Base(path), Bytes: size, SHA256: fmt.Sprintf("%x", hash.Sum(nil))}, err
}
