package runlog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// explain says in one line what is wrong with a path and what to do about it.
func explain(path string, err error) error {
	var hint string
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		hint = "the disk is full; free some space, then resume the run"
	case errors.Is(err, syscall.EROFS):
		hint = "the file system is read-only; choose a folder that can be written to"
	case errors.Is(err, fs.ErrPermission):
		hint = "no permission; change the folder's owner or mode, or choose another folder"
	case errors.Is(err, fs.ErrNotExist):
		hint = "does not exist"
	default:
		return fmt.Errorf("%s: %w", path, bare(err))
	}
	return &pathError{path: path, hint: hint, err: err}
}

// pathError reads as one sentence and still answers errors.Is.
type pathError struct {
	path, hint string
	err        error
}

func (e *pathError) Error() string { return e.path + ": " + e.hint }
func (e *pathError) Unwrap() error { return e.err }

// bare takes the operation and path off an error of package os: explain names the path itself.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// replace writes a file whole or not at all: beside it first, then by rename. A durable one is on the disk before it takes
// the other's place.
func replace(path string, content []byte, durable bool) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return explain(path, err)
	}
	_, err = f.Write(content)
	if err == nil && durable {
		err = f.Sync()
	}
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return explain(path, err)
	}
	return nil
}
