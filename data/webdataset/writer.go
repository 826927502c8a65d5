package webdataset

import (
	"archive/tar"
	"bufio"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Writer writes samples into shards of a fixed number of samples, prefix-000000.tar and so on.
// Equal samples give equal bytes. A shard has its name only when it is complete.
type Writer struct {
	dir, prefix string
	perShard    int
	files       []string
	samples     int // in the shard being written

	file   *os.File
	buffer *bufio.Writer
	tar    *tar.Writer
}

// NewWriter makes dir if needed; perShard is the most samples in one shard.
func NewWriter(dir, prefix string, perShard int) (*Writer, error) {
	if perShard < 1 {
		return nil, fmt.Errorf("%s: %d samples per shard; at least 1", dir, perShard)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return &Writer{dir: dir, prefix: prefix, perShard: perShard}, nil
}

// Add writes one sample: its members by extension ("png", "txt", "json").
func (w *Writer) Add(key string, members map[string][]byte) error {
	if key == "" || strings.Contains(filepath.Base(key), ".") {
		return fmt.Errorf("%s: sample %q: a key has no dot and is not empty", w.dir, key)
	}
	if w.file != nil && w.samples == w.perShard {
		if err := w.finish(); err != nil {
			return err
		}
	}
	if w.file == nil {
		if err := w.begin(); err != nil {
			return err
		}
	}
	for _, extension := range slices.Sorted(maps.Keys(members)) {
		content := members[extension]
		header := tar.Header{Typeflag: tar.TypeReg, Name: key + "." + extension, Mode: 0o644, Size: int64(len(content))}
		if err := w.tar.WriteHeader(&header); err != nil {
			return fmt.Errorf("%s: sample %q: %w", w.path(), key, err)
		}
		if _, err := w.tar.Write(content); err != nil {
			return fmt.Errorf("%s: sample %q: %w", w.path(), key, err)
		}
	}
	w.samples++
	return nil
}

// Files returns the shards that are complete.
func (w *Writer) Files() []string { return slices.Clone(w.files) }

// Close completes the last shard.
func (w *Writer) Close() error {
	if w.file == nil {
		return nil
	}
	return w.finish()
}

// Abandon removes the shard that is being written. After Close it does nothing.
func (w *Writer) Abandon() {
	if w.file == nil {
		return
	}
	_ = w.file.Close()
	_ = os.Remove(w.file.Name())
	w.file = nil
}

// path is the name of the shard being written, once complete.
func (w *Writer) path() string {
	return filepath.Join(w.dir, fmt.Sprintf("%s-%06d.tar", w.prefix, len(w.files)))
}

func (w *Writer) begin() error {
	file, err := os.Create(w.path() + ".part")
	if err != nil {
		return err
	}
	w.file, w.buffer, w.samples = file, bufio.NewWriterSize(file, 1<<18), 0
	w.tar = tar.NewWriter(w.buffer)
	return nil
}

func (w *Writer) finish() error {
	err := errors.Join(w.tar.Close(), w.buffer.Flush(), w.file.Close())
	if err == nil {
		err = os.Rename(w.path()+".part", w.path())
	}
	if err != nil {
		_ = os.Remove(w.path() + ".part")
		err = fmt.Errorf("%s: %w", w.path(), err)
	} else {
		w.files = append(w.files, w.path())
	}
	w.file = nil
	return err
}
