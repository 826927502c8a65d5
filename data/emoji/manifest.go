package emoji

// Manifest is manifest.json beside the shards: what the set holds, where it came from and under which licences.
type Manifest struct {
	Recipe  string               `json:"recipe"` // equal recipes build equal sets
	Size    int                  `json:"size"`   // width and height of a picture in pixels
	Pairs   int                  `json:"pairs"`
	Sources []SourceInfo         `json:"sources"`
	Splits  map[string]SplitInfo `json:"splits"`
	Skipped []Skipped            `json:"skipped"`
}

// SourceInfo is a package that pictures or captions came from.
type SourceInfo struct {
	Style      string `json:"style,omitempty"` // "" for the captions
	Title      string `json:"title"`
	Author     string `json:"author"`
	URL        string `json:"url"`
	Package    string `json:"package"`
	Version    string `json:"version"`
	License    string `json:"license"` // SPDX
	LicenseURL string `json:"license_url"`
	Pairs      int    `json:"pairs,omitempty"`
}

// SplitInfo is what a split holds.
type SplitInfo struct {
	Pairs    int            `json:"pairs"`
	Concepts int            `json:"concepts"`
	Labels   int            `json:"labels"`
	Styles   map[string]int `json:"styles"` // pairs
	Shards   []ShardInfo    `json:"shards"`
}

// ShardInfo is one tar file.
type ShardInfo struct {
	Name   string `json:"name"`
	Pairs  int    `json:"pairs"`
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
