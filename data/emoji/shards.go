package emoji

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// perShard is the pictures in a shard: 5 MB, a thousand samples.
const perShard = 1000

// sampleJSON is the json of a sample.
type sampleJSON struct {
	Hexcode  string            `json:"hexcode"`
	Label    string            `json:"label"`
	Tags     []string          `json:"tags"`
	Group    string            `json:"group"`
	Subgroup string            `json:"subgroup"`
	SkinTone bool              `json:"skin_tone"`
	Base     string            `json:"base"`
	Style    string            `json:"style"`
	Icon     string            `json:"icon"`
	Source   string            `json:"source"`
	License  string            `json:"license"`
	Captions map[string]string `json:"captions"`
}

// sample is a picture with its text, ready to be written.
type sample struct {
	sampleJSON
	png []byte
}

func (s sample) key() string { return s.Style + "-" + emojiKey(s.Hexcode) }

// writeShards writes samples into folder as prefix-0000.tar and so on: WebDataset, each sample a png, txt and json.
func writeShards(folder, prefix string, samples []sample) ([]ShardInfo, error) {
	var shards []ShardInfo
	for start := 0; start < len(samples); start += perShard {
		name := fmt.Sprintf("%s-%04d.tar", prefix, len(shards))
		shard, err := writeShard(folder, name, samples[start:min(start+perShard, len(samples))])
		if err != nil {
			return nil, err
		}
		shards = append(shards, shard)
	}
	return shards, nil
}

func writeShard(folder, name string, samples []sample) (info ShardInfo, err error) {
	file, err := os.Create(filepath.Join(folder, name))
	if err != nil {
		return info, err
	}
	defer func() {
		if closing := file.Close(); err == nil {
			err = closing
		}
	}()
	hash := sha256.New()
	archive := tar.NewWriter(io.MultiWriter(file, hash))
	for _, s := range samples {
		about, err := json.Marshal(s.sampleJSON)
		if err != nil {
			return info, err
		}
		for _, part := range []struct {
			kind string
			data []byte
		}{{"png", s.png}, {"txt", []byte(s.Label)}, {"json", about}} {
			header := &tar.Header{Name: s.key() + "." + part.kind, Mode: 0o644, Size: int64(len(part.data)), Format: tar.FormatUSTAR}
			if err := archive.WriteHeader(header); err != nil {
				return info, err
			}
			if _, err := archive.Write(part.data); err != nil {
				return info, err
			}
		}
	}
	if err := archive.Close(); err != nil {
		return info, err
	}
	size, err := file.Seek(0, io.SeekCurrent)
	return ShardInfo{Name: name, Pairs: len(samples), Bytes: size, SHA256: fmt.Sprintf("%x", hash.Sum(nil))}, err
}
