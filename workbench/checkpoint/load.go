package checkpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"clipbench/workbench/checkpoint/tensorfile"
)

// Saved is a checkpoint on disk, verified. Its tensors are read when they are asked for, so close it after use.
type Saved struct {
	Path    string
	Meta    Meta
	Config  []byte // config.yaml
	Tensors map[string]tensorfile.Tensor
	file    *tensorfile.File
}

// Load opens a checkpoint and verifies it: every file is there with its size and SHA-256, and the tensors' file is sound.
// The error names the file and what is wrong with it.
func Load(dir string) (*Saved, error) {
	meta, err := readMeta(dir)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{stateFile, configFile} {
		if _, ok := meta.Files[name]; !ok {
			return nil, fmt.Errorf("%s: %s does not list %s", dir, metaFile, name)
		}
	}
	for name, want := range meta.Files {
		if err := verify(filepath.Join(dir, filepath.Base(name)), want); err != nil {
			return nil, err
		}
	}
	config, err := os.ReadFile(filepath.Join(dir, configFile))
	if err != nil {
		return nil, err
	}
	file, err := tensorfile.OpenSafetensors(filepath.Join(dir, stateFile))
	if err != nil {
		return nil, err
	}
	return &Saved{Path: dir, Meta: meta, Config: config, Tensors: file.Tensors, file: file}, nil
}

// Close closes the checkpoint's files.
func (s *Saved) Close() error { return s.file.Close() }

// TokenizerPath is what tokenizer.Load takes: the checkpoint's own copy of the vocabulary if it has one, else the name.
func (s *Saved) TokenizerPath() string {
	if s.Meta.Tokenizer.File != "" {
		return filepath.Join(s.Path, s.Meta.Tokenizer.File)
	}
	return s.Meta.Tokenizer.Name
}

// verify compares a file with its size and checksum.
func verify(path string, want File) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != want.Size {
		return fmt.Errorf("%s: damaged: it has %d of its %d bytes", path, info.Size(), want.Size)
	}
	hash := sha256.New()
	if _, err := io.CopyBuffer(hash, struct{ io.Reader }{f}, make([]byte, 1<<20)); err != nil {
		return err
	}
	if hex.EncodeToString(hash.Sum(nil)) != want.SHA256 {
		return fmt.Errorf("%s: damaged: its SHA-256 is not the one recorded when it was written", path)
	}
	return nil
}
