package checkpoint

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// linkPrefix is before a link's name while it is made.
const linkPrefix = ".link-"

// link lets people find a checkpoint by its label (exp_manager's filename): root/<label> is a symbolic link to the folder
// of its step. A label that is taken goes to the newer one. Where there are no such links, or the label is no name for
// one, or the link cannot be made, there is none: the checkpoint is whole without, and its label stands in checkpoint.json.
func link(root, label string, step int) {
	if _, isStep := stepOf(label); label == "" || isStep || strings.HasPrefix(label, ".") || filepath.Base(label) != label {
		return
	}
	path, temporary := filepath.Join(root, label), filepath.Join(root, linkPrefix+strconv.Itoa(step))
	if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSymlink == 0 {
		return // something of the user's own
	}
	_ = os.Remove(temporary) // of a process that was killed
	if os.Symlink(strconv.Itoa(step), temporary) == nil {
		_ = os.Rename(temporary, path)
	}
}

// clearLinks removes the links to checkpoints that are no more.
func clearLinks(root string) error {
	entries, err := os.ReadDir(root)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(root, e.Name())
		if e.Type()&os.ModeSymlink == 0 {
			continue
		}
		target, err := os.Readlink(path)
		if _, isStep := stepOf(target); err != nil || !isStep {
			continue
		}
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}
