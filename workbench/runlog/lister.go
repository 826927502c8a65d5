package runlog

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// Lister lists the runs below a folder again and again, reading only what changed, and watches their check-ins.
// It belongs to one goroutine at a time.
type Lister struct {
	root  string
	known map[string]*watched
}

// watched is a run as it was last read, and its pulse.
type watched struct {
	run   *Run
	pulse Pulse
}

// NewLister lists the runs below root; a root that is itself a run has that one.
func NewLister(root string) *Lister { return &Lister{root: root, known: map[string]*watched{}} }

// Poll is every run at this moment, by name. The runs are not changed afterwards.
func (l *Lister) Poll(now time.Time) ([]*Run, error) {
	dirs, err := l.folders()
	if err != nil {
		return nil, err
	}
	found := make([]*watched, len(dirs))
	var group errgroup.Group
	group.SetLimit(8) // a mounted disk answers several questions at a time
	for i, dir := range dirs {
		was := l.known[dir]
		group.Go(func() error {
			found[i] = look(dir, was, now)
			return nil
		})
	}
	_ = group.Wait() // none fails: a run's trouble is its Problem
	var runs []*Run
	l.known = map[string]*watched{}
	for i, w := range found {
		if w != nil {
			l.known[dirs[i]] = w
			runs = append(runs, w.run)
		}
	}
	return runs, nil
}

// folders are those that may be runs.
func (l *Lister) folders() ([]string, error) {
	entries, err := os.ReadDir(l.root)
	if err != nil {
		return nil, explain(l.root, err)
	}
	if isRun(l.root) {
		return []string{l.root}, nil
	}
	var dirs []string
	for _, e := range entries {
		if hidden := strings.HasPrefix(e.Name(), "."); !hidden && (e.IsDir() || e.Type()&fs.ModeSymlink != 0) {
			dirs = append(dirs, filepath.Join(l.root, e.Name()))
		}
	}
	return dirs, nil
}

// look reads a folder, or only what changed in it; nil if it is no run.
func look(dir string, was *watched, now time.Time) *watched {
	if was == nil {
		if !isRun(dir) {
			return nil
		}
		was = &watched{run: read(dir, now)}
	} else if was.run.changed() {
		if !isRun(dir) {
			return nil
		}
		fresh := read(dir, now)
		if fresh.Problem != nil { // what was known before is better than nothing
			fresh.Info, fresh.Status, fresh.Life = was.run.Info, was.run.Status, was.run.Info.Life()
		}
		was.run = fresh
	}
	run := *was.run
	run.Life = run.Info.Life()
	run.State = Judge(run.Status, run.Life, was.pulse.Late(run.Status, now))
	return &watched{run: &run, pulse: was.pulse}
}

// changed reports whether run.json or status.json is another file than the one read.
func (r *Run) changed() bool {
	for i, name := range []string{"run.json", "status.json"} {
		stat, err := os.Stat(filepath.Join(r.Dir, name))
		was := r.stats[i]
		if err != nil || was == nil || !os.SameFile(was, stat) || !was.ModTime().Equal(stat.ModTime()) {
			return true
		}
	}
	return false
}
