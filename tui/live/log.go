package live

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"clipbench/workbench/runlog"
)

// Log is a run's log as far as it has been read: its last logKeep bytes.
type Log struct {
	Lines   []runlog.LogLine
	Skipped bool // the beginning was too long ago to be read
	Version int
	Err     error
	seen    os.FileInfo
	offset  int64
	reading bool
	due     time.Time
}

const (
	logPiece = 1 << 20
	logKeep  = 8 << 20
	maxText  = 4096 // of one line; a longer one is cut
)

// Reading reports that there is more to be read.
func (l *Log) Reading() bool { return l.reading || l.due.IsZero() }

// logged is a piece of a log.
type logged struct {
	log     *Log
	stat    os.FileInfo
	offset  int64 // behind what was read
	lines   []runlog.LogLine
	anew    bool // the file was begun anew
	skipped bool
	more    bool
	err     error
}

// LogJob reads on in a run's log, if it is time; nil if not.
func (s *Store) LogJob(r *Run) Job {
	if r.Log == nil {
		r.Log = &Log{}
	}
	now := s.clock()
	if r.Log.reading || now.Before(r.Log.due) {
		return nil
	}
	r.Log.reading = true
	from := *r.Log
	path := filepath.Join(r.Dir, "log.txt")
	return func() any {
		m := from.next(path)
		m.log = r.Log
		return m
	}
}

// next reads whole lines from where the log had been read to.
func (l Log) next(path string) logged {
	m := logged{offset: l.offset, stat: l.seen}
	f, stat, err := runlog.OpenFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m
	} else if err != nil {
		m.err = err
		return m
	}
	defer f.Close() //nolint:errcheck // only read
	m.stat = stat
	size := m.stat.Size()
	if l.seen == nil || !os.SameFile(l.seen, m.stat) || size < l.offset {
		m.anew, m.offset = true, max(0, size-logKeep)
		m.skipped = m.offset > 0
	}
	text := make([]byte, min(logPiece, size-m.offset))
	n, err := f.ReadAt(text, m.offset)
	if err != nil && !errors.Is(err, io.EOF) {
		m.err = err
		return m
	}
	m.take(text[:n], m.skipped && m.anew)
	m.more = n == logPiece
	return m
}

// take splits off whole lines; a piece without an end is one line that is too long.
func (m *logged) take(text []byte, torn bool) {
	end := bytes.LastIndexByte(text, '\n') + 1
	if end == 0 && len(text) == logPiece {
		end = len(text)
	}
	m.offset += int64(end)
	text = bytes.TrimSuffix(text[:end], []byte{'\n'})
	if end == 0 {
		return
	}
	lines := strings.Split(string(text), "\n")
	if torn {
		lines = lines[1:]
	}
	for _, line := range lines {
		m.lines = append(m.lines, runlog.ParseLog(line[:min(len(line), maxText)]))
	}
}

// takeLog takes in a piece.
func (s *Store) takeLog(m logged) {
	l := m.log
	l.reading = false
	l.due = s.clock().Add(4 * livePeriod)
	if m.more {
		l.due = time.Time{}
	}
	if m.anew {
		l.Lines, l.Skipped = nil, m.skipped
	}
	l.seen, l.offset = m.stat, m.offset
	if len(m.lines) > 0 || m.anew || (m.err == nil) != (l.Err == nil) {
		l.Lines, l.Err = append(l.Lines, m.lines...), m.err
		l.Version++
		s.version++
	}
}
