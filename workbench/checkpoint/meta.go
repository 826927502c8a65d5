package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	formatVersion = 1

	stateFile  = "state.safetensors"
	configFile = "config.yaml"
	metaFile   = "checkpoint.json"
)

// Meta is what a checkpoint says of itself, in checkpoint.json.
type Meta struct {
	Version    int             `json:"format_version"`
	Step       int             `json:"step"`    // optimizer steps done
	Samples    int             `json:"samples"` // consumed: the loader's place
	Epoch      float64         `json:"epoch"`
	Trained    float64         `json:"trained_s,omitempty"`  // seconds in training, of all the run's processes
	Data       []Source        `json:"data,omitempty"`       // trained on, in order; none in what was written before it was kept
	Validation []Source        `json:"validation,omitempty"` // validated on, likewise
	Validated  int             `json:"validated"`            // the step of the newest validation
	Metrics    Metrics         `json:"metrics"`              // when it was written, such as val_loss
	Label      string          `json:"label,omitempty"`      // exp_manager's filename with its values filled in
	Tokenizer  Tokenizer       `json:"tokenizer"`
	Preprocess Preprocess      `json:"preprocess"`
	Backend    string          `json:"backend,omitempty"` // what ran the steps, such as xla:cpu
	Mesh       string          `json:"mesh,omitempty"`    // how devices were used, such as 4 devices: data 2 × model 2
	Written    time.Time       `json:"written"`
	Files      map[string]File `json:"files"`    // every other file of the folder
	Checksum   string          `json:"checksum"` // SHA-256 of this document with an empty checksum
}

// File is how a file of a checkpoint is known again.
type File struct {
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Source is data that a run is trained or validated on.
type Source struct {
	Name   string `json:"name"`
	Pairs  int    `json:"pairs"`
	Digest string `json:"digest"` // data.Digest
}

// Tokenizer is the vocabulary that the text tower was trained with.
type Tokenizer struct {
	Name string `json:"name"`           // as model.tokenizer.type has it
	File string `json:"file,omitempty"` // the checkpoint's own copy, when the vocabulary is a file
}

// Preprocess is what is done to a picture before the image tower sees it.
type Preprocess struct {
	Mean          []float64 `json:"mean"` // one for each channel, of values from 0 to 1
	Std           []float64 `json:"std"`
	Size          [2]int    `json:"size"`          // height, width in pixels
	Interpolation string    `json:"interpolation"` // bicubic, always with antialiasing
	ResizeMode    string    `json:"resize_mode"`   // shortest: the short side, then a centre crop
}

// encode is the document with its checksum.
func (m Meta) encode() ([]byte, error) {
	sum, err := m.sum()
	if err != nil {
		return nil, err
	}
	m.Checksum = sum
	text, err := json.MarshalIndent(m, "", "  ")
	return append(text, '\n'), err
}

func (m Meta) sum() (string, error) {
	m.Checksum = ""
	text, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// readMeta reads and checks checkpoint.json of a folder.
func readMeta(dir string) (Meta, error) {
	path := filepath.Join(dir, metaFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return Meta{}, err
	}
	m, err := decodeMeta(text)
	if err != nil {
		return Meta{}, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

func decodeMeta(text []byte) (m Meta, err error) {
	var version struct {
		Version int `json:"format_version"`
	}
	if err := json.Unmarshal(text, &version); err != nil {
		return m, fmt.Errorf("damaged: %w", err)
	}
	if version.Version != formatVersion {
		return m, fmt.Errorf("format version %d; this program reads version %d", version.Version, formatVersion)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&m); err != nil {
		return m, fmt.Errorf("damaged: %w", err)
	}
	sum, err := m.sum()
	if err != nil {
		return m, err
	}
	if sum != m.Checksum {
		return m, fmt.Errorf("damaged: its checksum is not its own")
	}
	return m, nil
}
