package runlog

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Append takes root/name again, to go on after step. What had been written beyond it is taken back, so that no step
// is doubled: lines of metrics move to metrics.dropped.jsonl, media to media.dropped. The id and the time of creation stay.
// A record that was damaged from outside is refused, and a file of it that is gone is begun anew. ready, which may be nil,
// is asked once no other writer can come between and before anything is changed.
func Append(root, name string, step int, info Info, ready func() error) (*Writer, error) {
	dir := filepath.Join(root, name)
	if run, err := Open(dir); err != nil {
		return nil, err
	} else if err := run.whole(step); err != nil {
		return nil, err
	}
	held, err := lock(dir)
	if err != nil {
		return nil, err
	}
	if ready != nil {
		if err := ready(); err != nil {
			_ = held.Close()
			return nil, err
		}
	}
	run := read(dir, time.Now()) // only now: another writer may have had the folder until the lock was ours
	sweep(dir)
	w := newWriter(dir, held)
	if err := w.resume(run, step, info); err != nil {
		_ = w.release()
		return nil, err
	}
	return w, nil
}

// whole refuses to write over a run.json that cannot be read, and after a metrics.jsonl that has nothing of the metrics up
// to step, of which status.json knows: each might yet be put back.
func (r *Run) whole(step int) error {
	var info Info
	if err := readJSON(filepath.Join(r.Dir, "run.json"), &info); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; put it back from a copy, or remove it: the run then goes on under a new id", err)
	}
	path := filepath.Join(r.Dir, "metrics.jsonl")
	if stat, err := os.Stat(path); err == nil && stat.Size() == 0 && r.Status.knows(step) {
		return fmt.Errorf("%s: is empty, and had metrics up to step %d; put it back from a copy, or remove it: the run then goes on without them", path, step)
	}
	return nil
}

// knows tells that there were metrics up to step.
func (s *Status) knows(step int) bool {
	for _, e := range s.Summary {
		if min(e.MinStep, e.MaxStep, e.LastStep) <= step {
			return true
		}
	}
	return false
}

// sweep removes the files that a killed writer had begun and not yet put in their place; a copy of all metrics may be
// among them. What cannot be removed is in nobody's way.
func sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		for _, name := range []string{".run.json.", ".status.json.", ".config.yaml.", ".metrics."} {
			if strings.HasPrefix(e.Name(), name) {
				_ = os.Remove(filepath.Join(dir, e.Name()))
			}
		}
	}
}

func (w *Writer) resume(run *Run, step int, info Info) (err error) {
	if err := w.takeBack(step); err != nil {
		return err
	}
	if err := dropMedia(w.dir, step); err != nil {
		return err
	}
	if w.metrics, err = openLines(filepath.Join(w.dir, "metrics.jsonl")); err != nil {
		return err
	}
	if w.log, err = openLines(filepath.Join(w.dir, "log.txt")); err != nil {
		return err
	}
	now := time.Now().UTC()
	info.ID, info.Created = run.Info.ID, run.Info.Created
	info.Resumed = append(run.Info.Resumed, Resume{Step: step, Time: now})
	info.describe(filepath.Base(w.dir), now)
	if err := w.writeInfo(info); err != nil {
		return err
	}
	return w.Status(Status{State: Running, Step: step, Total: run.Status.Total})
}

// takeBack moves the lines beyond step out of metrics.jsonl, a torn one too, and learns the rest.
// They are safe in metrics.dropped.jsonl before the shorter file takes the longer one's place.
func (w *Writer) takeBack(step int) error {
	path := filepath.Join(w.dir, "metrics.jsonl")
	old, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return explain(path, err)
	}
	defer old.Close() //nolint:errcheck // only read
	kept, err := os.CreateTemp(w.dir, ".metrics.*")
	if err != nil {
		return explain(path, err)
	}
	defer os.Remove(kept.Name()) //nolint:errcheck // gone if it was renamed
	dropped, err := w.split(old, kept, step)
	if err == nil && dropped {
		err = os.Rename(kept.Name(), path)
	}
	return explain(path, err)
}

// split copies the lines up to step into kept and the others to the end of metrics.dropped.jsonl.
func (w *Writer) split(old io.Reader, kept *os.File, step int) (dropped bool, err error) {
	away, err := os.OpenFile(filepath.Join(w.dir, "metrics.dropped.jsonl"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return false, err
	}
	keep, drop := bufio.NewWriter(kept), bufio.NewWriter(away)
	in := bufio.NewReaderSize(old, 1<<20)
	var r row
	for {
		line, readErr := in.ReadBytes('\n')
		if readErr != nil && readErr != io.EOF {
			err = readErr
			break
		}
		if whole := readErr == nil; whole && r.scan(line) == nil && r.step <= step {
			w.learn(&r)
			_, err = keep.Write(line)
		} else if len(line) > 0 {
			dropped = true
			_, err = drop.Write(endLine(line))
		}
		if err != nil || readErr == io.EOF {
			break
		}
	}
	return dropped, errors.Join(err, keep.Flush(), drop.Flush(), kept.Chmod(0o644),
		kept.Sync(), away.Sync(), kept.Close(), away.Close())
}

// endLine gives a torn line its newline.
func endLine(line []byte) []byte {
	if line[len(line)-1] == '\n' {
		return line
	}
	return append(line, '\n')
}

// learn takes a kept line into the summary.
func (w *Writer) learn(r *row) {
	w.last = Step{Step: r.step, Samples: int(r.samples), Epoch: r.epoch}
	for i, name := range r.names {
		w.remember(string(name), r.step, r.values[i])
	}
}

// dropMedia moves media/<step> beyond step into media.dropped.
func dropMedia(dir string, step int) error {
	entries, err := os.ReadDir(filepath.Join(dir, "media"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return explain(filepath.Join(dir, "media"), err)
	}
	away := filepath.Join(dir, "media.dropped")
	for _, e := range entries {
		at, err := strconv.Atoi(e.Name())
		if err != nil || at <= step {
			continue
		}
		if err := os.MkdirAll(away, 0o755); err != nil {
			return explain(away, err)
		}
		if err := os.Rename(filepath.Join(dir, "media", e.Name()), freeName(filepath.Join(away, e.Name()))); err != nil {
			return explain(away, err)
		}
	}
	return nil
}

// freeName is path, or path with the first number that is not taken.
func freeName(path string) string {
	name := path
	for n := 2; ; n++ {
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			return name
		}
		name = fmt.Sprintf("%s.%d", path, n)
	}
}
