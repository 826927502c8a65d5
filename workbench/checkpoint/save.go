package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"clipbench/workbench/checkpoint/tensorfile"
)

// Names beside the checkpoints, each followed by a step. A process that was killed leaves at most one of each behind, and
// the next Save clears it away.
const (
	savingPrefix   = ".saving-"   // being written
	replacedPrefix = ".replaced-" // makes room for one of the same step; counts until the new one is in its place
	removingPrefix = ".removing-" // being removed
)

// Save writes a snapshot as root/<step> and returns that path. Either all of it is there and synced to disk, or an error
// comes back and nothing that was there before is lost. One process at a time may write to a root.
func Save(root string, s Snapshot) (path string, err error) {
	path = filepath.Join(root, strconv.Itoa(s.Step))
	if err := save(root, path, s); err != nil {
		return "", explain(path, s, err)
	}
	return path, nil
}

func save(root, path string, s Snapshot) error {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return err
	}
	if err := clearRemains(root); err != nil {
		return err
	}
	temporary := beside(root, savingPrefix, s.Step)
	if err := writeFolder(temporary, s); err != nil {
		return errors.Join(err, os.RemoveAll(temporary))
	}
	if err := putInPlace(root, temporary, path, s.Step); err != nil {
		return err
	}
	link(root, s.Label, s.Step)
	return nil
}

// putInPlace renames the written folder to its name. One of the same step steps aside first.
func putInPlace(root, temporary, path string, step int) error {
	replaced := beside(root, replacedPrefix, step)
	if err := os.Rename(path, replaced); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	if err := syncFolder(root); err != nil {
		return err
	}
	return os.RemoveAll(replaced)
}

func beside(root, prefix string, step int) string {
	return filepath.Join(root, prefix+strconv.Itoa(step))
}

// clearRemains removes what a killed process left half done, and puts back what it had set aside.
func clearRemains(root string) error {
	entries, err := os.ReadDir(root)
	if err != nil {
		return err
	}
	for _, e := range entries {
		prefix, step, ok := remains(e.Name())
		if !ok {
			continue
		}
		path, final := filepath.Join(root, e.Name()), filepath.Join(root, strconv.Itoa(step))
		if _, err := os.Lstat(final); prefix == replacedPrefix && errors.Is(err, os.ErrNotExist) {
			if err := os.Rename(path, final); err != nil {
				return err
			}
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}

// writeFolder writes every file of a checkpoint, checkpoint.json last, and syncs them and the folder.
func writeFolder(dir string, s Snapshot) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	meta := s.Meta
	meta.Version, meta.Written, meta.Files = formatVersion, time.Now().UTC(), map[string]File{}
	files := map[string]func(io.Writer) error{
		configFile: content(s.Config),
		stateFile:  func(w io.Writer) error { return tensorfile.WriteSafetensors(w, s.Tensors, nil) },
	}
	if s.Tokenizer.File != "" {
		files[filepath.Base(s.Tokenizer.File)] = content(s.Vocabulary)
	}
	for name, write := range files {
		file, err := writeFile(filepath.Join(dir, name), write)
		if err != nil {
			return err
		}
		meta.Files[name] = file
	}
	text, err := meta.encode()
	if err != nil {
		return err
	}
	if _, err := writeFile(filepath.Join(dir, metaFile), content(text)); err != nil {
		return err
	}
	return syncFolder(dir)
}

func content(data []byte) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.Copy(w, bytes.NewReader(data)); return err }
}

// writeFile writes, sums and syncs one new file.
func writeFile(path string, write func(io.Writer) error) (File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return File{}, err
	}
	hash, count := sha256.New(), &counter{}
	err = write(io.MultiWriter(f, hash, count))
	if err == nil {
		err = f.Sync()
	}
	return File{Size: count.bytes, SHA256: hex.EncodeToString(hash.Sum(nil))}, errors.Join(err, f.Close())
}

type counter struct{ bytes int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += int64(len(p))
	return len(p), nil
}

// syncFolder makes the names in a folder as durable as the files.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil // a file system that cannot
	}
	return errors.Join(err, f.Close())
}

// explain says in one line what went wrong with a checkpoint and what to do.
func explain(path string, s Snapshot, err error) error {
	advice := "; it was not written and the ones before it are untouched"
	var size int64
	for _, t := range s.Tensors {
		size += t.Size()
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%s: the disk is full, and the checkpoint takes %.1f MB%s; free some space, or keep fewer (exp_manager.checkpoint_callback_params.save_top_k): %w",
			path, float64(size)/1e6, advice, first(err))
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%s: the folder cannot be written to%s: %w", path, advice, first(err))
	}
	return fmt.Errorf("%s: the checkpoint cannot be written%s: %w", path, advice, first(err))
}

// first is the first of joined errors, so that the message stays one line.
func first(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok && len(joined.Unwrap()) > 0 {
		return first(joined.Unwrap()[0])
	}
	return err
}
