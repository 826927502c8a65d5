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

// dataVariable names the folder of data sets in the environment.
const dataVariable = "CLIPBENCH_DATA"

// abandoned is the age at which an unfinished folder belongs to nobody: a build takes a minute.
const abandoned = 6 * time.Hour

// Dir is the folder of the built set: CLIPBENCH_DATA/emoji, or clipbench/data/emoji in the user's cache folder.
func Dir() (string, error) {
	if data := os.Getenv(dataVariable); data != "" {
		return filepath.Join(data, "emoji"), nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder for data (%w); set %s to one", err, dataVariable)
	}
	return filepath.Join(cache, "clipbench", "data", "emoji"), nil
}

// replaceFolder lets fill a fresh folder beside the given one, and then puts it in that one's place. If fill fails, or
// the process ends, what was there before stays as it was.
func replaceFolder(folder string, fill func(fresh string) error) error {
	parent := filepath.Dir(folder)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return explainWrite(parent, err)
	}
	removeAbandoned(folder)
	fresh, err := os.MkdirTemp(parent, filepath.Base(folder)+".partial-")
	if err != nil {
		return explainWrite(parent, err)
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	err = errors.Join(os.Chmod(fresh, 0o755), fill(fresh))
	if err == nil {
		err = os.RemoveAll(folder)
	}
	if err == nil {
		err = os.Rename(fresh, folder)
	}
	return explainWrite(parent, err)
}

// removeAbandoned removes what killed builds left beside folder.
func removeAbandoned(folder string) {
	leftovers, _ := filepath.Glob(folder + ".partial-*")
	for _, path := range leftovers {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > abandoned {
			_ = os.RemoveAll(path)
		}
	}
}

// explainWrite says what to do about a disk that is full or must not be written to; other errors it leaves alone.
func explainWrite(folder string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%s: the disk is full; free 400 MB there and run again, or set %s to a folder elsewhere", folder, dataVariable)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%s: cannot be written to (%w); make it writable, or set %s to a folder elsewhere", folder, err, dataVariable)
	}
	return err
}
