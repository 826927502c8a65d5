package runlog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

// Writer is the one writer of a run's folder. Its methods may be called from several goroutines.
type Writer struct {
	dir     string
	mu      sync.Mutex
	lock    *os.File
	metrics *lines
	log     *lines
	last    Step
	summary map[string]Extreme
	logErr  error
	closed  bool

	logLimit int64 // bytes of log.txt: maxLog, but in tests
}

// Create makes root/name, which must not exist yet, and takes it for this process. The folder appears with run.json and
// config.yaml in it or not at all, so that a kill leaves nothing that cannot be gone on with.
func Create(root, name string, info Info, configYAML []byte) (*Writer, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, explain(root, err)
	}
	dir := filepath.Join(root, name)
	if _, err := os.Lstat(dir); err == nil {
		return nil, taken(dir)
	}
	staging, err := os.MkdirTemp(root, ".begin-*")
	if err != nil {
		return nil, explain(root, err)
	}
	defer os.RemoveAll(staging) //nolint:errcheck // gone if it was renamed
	info.ID = ""
	info.describe(name, time.Now().UTC())
	err = errors.Join(os.Chmod(staging, 0o755), replaceJSON(filepath.Join(staging, "run.json"), info, true))
	if err == nil {
		err = replace(filepath.Join(staging, "config.yaml"), configYAML, true)
	}
	if err != nil {
		return nil, err
	}
	if err := os.Rename(staging, dir); errors.Is(err, fs.ErrExist) {
		return nil, taken(dir)
	} else if err != nil {
		return nil, explain(dir, err)
	}
	return begin(dir)
}

// begin takes a fresh folder and checks in for the first time.
func begin(dir string) (*Writer, error) {
	w, err := open(dir)
	if err != nil {
		return nil, err
	}
	if err := w.Status(Status{State: Running}); err != nil {
		return nil, errors.Join(err, w.release(), os.RemoveAll(dir))
	}
	return w, nil
}

func newWriter(dir string, held *os.File) *Writer {
	return &Writer{dir: dir, lock: held, summary: map[string]Extreme{}, logLimit: maxLog}
}

// open takes the folder's lock and opens its growing files.
func open(dir string) (*Writer, error) {
	held, err := lock(dir)
	if err != nil {
		return nil, err
	}
	w := newWriter(dir, held)
	if w.metrics, err = openLines(filepath.Join(dir, "metrics.jsonl")); err == nil {
		w.log, err = openLines(filepath.Join(dir, "log.txt"))
	}
	if err != nil {
		_ = w.release()
		return nil, err
	}
	return w, nil
}

// checkName refuses what is not one plain folder name.
func checkName(name string) error {
	bad := strings.ContainsFunc(name, func(r rune) bool { return r == '/' || r == '\\' || unicode.IsControl(r) })
	if name == "" || bad || strings.HasPrefix(name, ".") || len(name) > 200 {
		return fmt.Errorf("%q cannot be a run's name: give one folder name, without a slash and not beginning with a dot", name)
	}
	return nil
}

// taken says whose the folder is and what to do.
func taken(dir string) error {
	run, err := Open(dir)
	if err != nil {
		return fmt.Errorf("%s: exists and is not a run; use another name", dir)
	}
	if run.State == Running || run.State == Stalled {
		return fmt.Errorf("%s: the name is in use by %s; use another name", dir, run.Info.Process)
	}
	return fmt.Errorf("%s: a run of this name exists (%s at step %d); resume it, or use another name",
		dir, run.State, run.Status.Step)
}

// Dir is the run's folder.
func (w *Writer) Dir() string { return w.dir }

// Scalars appends one line of metrics. Steps may repeat (a line of training, then one of validation) but not go back.
func (w *Writer) Scalars(at Step, values map[string]float64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if at.Step < w.last.Step {
		return fmt.Errorf("%s: step %d comes after step %d; steps do not go back", w.metrics.path, at.Step, w.last.Step)
	}
	return w.scalars(at, values)
}

// System appends machine metrics (names such as sys/cpu) at the place of the last line, now.
func (w *Writer) System(values map[string]float64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := w.last
	at.Time = time.Time{}
	return w.scalars(at, values)
}

// Sync returns when the metrics written so far are safe on disk. Who writes meanwhile need not wait.
func (w *Writer) Sync() error {
	return explain(w.metrics.path, w.metrics.file.Sync())
}

func (w *Writer) scalars(at Step, values map[string]float64) error {
	if w.closed {
		return errClosed(w.dir)
	}
	if at.Time.IsZero() {
		at.Time = time.Now()
	}
	line, err := appendLine(w.metrics.buffer[:0], at, values)
	if err != nil {
		return fmt.Errorf("%s: %w", w.metrics.path, err)
	}
	if err := w.metrics.write(line); err != nil {
		return err
	}
	w.last = at
	for name, value := range values {
		w.remember(name, at.Step, value)
	}
	return nil
}

// remember keeps the summary that Status writes.
func (w *Writer) remember(name string, step int, value float64) {
	e, ok := w.summary[name]
	if !ok {
		e = newExtreme()
	}
	e.add(step, value)
	w.summary[name] = e
}

// Status checks in: it replaces status.json and promises to do so again within s.Next.
func (w *Writer) Status(s Status) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return errClosed(w.dir)
	}
	return w.status(s)
}

func (w *Writer) status(s Status) error {
	if s.Next <= 0 {
		s.Next = DefaultCheckIn
	}
	s.Checked = time.Now().UTC()
	s.Due = s.Checked.Add(s.Next)
	s.Summary = maps.Clone(w.summary)
	return replaceJSON(filepath.Join(w.dir, "status.json"), s, w.closed)
}

// Media makes room for a picture or matrix of a step and returns the path to write, media/<step>/<name>.
func (w *Writer) Media(step int, name string) (path string, err error) {
	if err := checkName(name); err != nil {
		return "", err
	}
	dir := filepath.Join(w.dir, "media", strconv.Itoa(step))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", explain(dir, err)
	}
	return filepath.Join(dir, name), nil
}

// Close writes the last status, waits until the metrics are on the disk and gives the folder back. A state that is not an
// end is written as Stopped. It returns what Log could not write, too.
func (w *Writer) Close(final Status) error {
	if !final.State.Ended() {
		final.State = Stopped
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	return errors.Join(w.status(final), w.metrics.sync(), w.logErr, w.release())
}

// release closes what is open, the lock last.
func (w *Writer) release() error {
	return errors.Join(w.metrics.close(), w.log.close(), w.lock.Close())
}

// errClosed says that a writer was used after its end; the last status stands.
func errClosed(dir string) error {
	return fmt.Errorf("%s: the run was closed; nothing more is written", dir)
}

func (w *Writer) writeInfo(info Info) error {
	return replaceJSON(filepath.Join(w.dir, "run.json"), info, true)
}

// replaceJSON writes v, indented, whole or not at all.
func replaceJSON(path string, v any, durable bool) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return replace(path, append(b, '\n'), durable)
}
