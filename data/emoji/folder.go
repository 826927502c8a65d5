package emoji

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// abandoned is the age at which a temporary folder belongs to nobody: a build takes a minute.
const abandoned = 6 * time.Hour

// replaceFolder lets fill a fresh folder beside folder and then puts it in folder's place. If fill fails, or the
// process ends, what was there before stays as it was.
func replaceFolder(folder string, fill func(fresh string) error) error {
	parent := filepath.Dir(folder)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return writeError(parent, err)
	}
	removeAbandoned(folder)
	fresh, err := os.MkdirTemp(parent, filepath.Base(folder)+".partial-")
	if err != nil {
		return writeError(parent, err)
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	if err := os.Chmod(fresh, 0o755); err != nil {
		return writeError(fresh, err)
	}
	if err := fill(fresh); err != nil {
		return writeError(parent, err)
	}
	if err := os.RemoveAll(folder); err != nil {
		return writeError(folder, err)
	}
	return os.Rename(fresh, folder)
}

// removeAbandoned removes what killed builds left behind.
func removeAbandoned(folder string) {
	leftovers, _ := filepath.Glob(folder + ".partial-*")
	for _, path := range leftovers {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > abandoned {
			_ = os.RemoveAll(path)
		}
	}
}

// writeError says what to do about a disk that is full or may not be written to; other errors pass.
func writeError(folder string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%s: the disk is full; free 400 MB there, or set %s to a folder on another disk", folder, dataVariable)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%s: cannot write there (%w); set %s to a folder of yours", folder, err, dataVariable)
	}
	return err
}
