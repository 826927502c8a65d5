package runlog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Run is what a run's folder says at one moment.
type Run struct {
	Dir     string
	Name    string
	Info    Info
	Status  Status
	State   State // as judged when the folder was read
	Life    Life  // of the process that writes it
	Problem error // what could not be read; the rest is still good

	stats [2]os.FileInfo // of run.json and status.json before they were read
}

// maxSmallFile is more than run.json, status.json or config.yaml can sensibly take.
const maxSmallFile = 16 << 20

// Open reads the folder of one run.
func Open(dir string) (*Run, error) {
	stat, err := os.Stat(dir)
	if err != nil {
		return nil, explain(dir, err)
	}
	if !stat.IsDir() {
		return nil, fmt.Errorf("%s: not a run's folder; give a folder that holds run.json", dir)
	}
	if !isRun(dir) {
		return nil, fmt.Errorf("%s: not a run's folder: it has no run.json, status.json or metrics.jsonl", dir)
	}
	return read(dir, time.Now()), nil
}

// isRun reports whether any of a run's files is there, or may be: a folder that cannot be looked into is told, not left out.
func isRun(dir string) bool {
	for _, name := range []string{"run.json", "status.json", "metrics.jsonl"} {
		_, err := os.Lstat(filepath.Join(dir, name))
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) && !errors.Is(err, syscall.ELOOP) {
			return true
		}
	}
	return false
}

func read(dir string, now time.Time) *Run {
	r := &Run{Dir: dir, Name: filepath.Base(dir)}
	r.stats[0], _ = os.Stat(filepath.Join(dir, "run.json")) // an error is told by the reading
	r.stats[1], _ = os.Stat(filepath.Join(dir, "status.json"))
	infoErr := readJSON(filepath.Join(dir, "run.json"), &r.Info)
	statusErr := readJSON(filepath.Join(dir, "status.json"), &r.Status)
	r.Problem = errors.Join(infoErr, statusErr)
	r.Life = r.Info.Life()
	r.State = Judge(r.Status, r.Life, now.Sub(r.Status.Due))
	return r
}

// Config is config.yaml as it was written.
func (r *Run) Config() ([]byte, error) { return readSmall(filepath.Join(r.Dir, "config.yaml")) }

// List reads every run below root, by name. A root that is itself a run gives that one. Folders that are no runs are left out.
func List(root string) ([]*Run, error) { return NewLister(root).Poll(time.Now()) }

// readJSON decodes a small file into v, which stays as it is on error.
func readJSON[T any](path string, v *T) error {
	b, err := readSmall(path)
	if err != nil {
		return err
	}
	if len(b) == 0 {
		return fmt.Errorf("%s: is empty", path)
	}
	var fresh T
	if err := json.Unmarshal(b, &fresh); err != nil {
		return fmt.Errorf("%s: not readable as JSON (%w)", path, err)
	}
	*v = fresh
	return nil
}

// readSmall reads a file of a sensible size.
func readSmall(path string) ([]byte, error) {
	f, _, err := OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	b, err := io.ReadAll(io.LimitReader(f, maxSmallFile+1))
	if len(b) > maxSmallFile {
		return nil, fmt.Errorf("%s: larger than %d MiB", path, maxSmallFile>>20)
	}
	return b, explain(path, err)
}
