package checkpoint

import (
	"sync"
)

// Saver writes snapshots while training goes on, one at a time and in order, and prunes after each.
// Its methods are for one goroutine.
type Saver struct {
	root      string
	retention Retention
	written   func(path string) // may be nil; called by the writing goroutine

	writing sync.WaitGroup
	err     error // of the writes since the last Wait; read after writing.Wait
}

// NewSaver returns a saver into root. written, if not nil, is told the path of each checkpoint when it is on disk.
func NewSaver(root string, retention Retention, written func(path string)) *Saver {
	return &Saver{root: root, retention: retention, written: written}
}

// Save starts to write a snapshot and returns. If the one before it is still being written it waits for that first.
// The error is that of the one before; this one's comes from the next Save, Wait or Close.
func (s *Saver) Save(snapshot Snapshot) error {
	err := s.Wait()
	s.writing.Go(func() { s.err = s.write(snapshot) })
	return err
}

// Wait returns when nothing is being written any more, with the error of what was.
func (s *Saver) Wait() error {
	s.writing.Wait()
	err := s.err
	s.err = nil
	return err
}

// Close is Wait for the last time.
func (s *Saver) Close() error { return s.Wait() }

func (s *Saver) write(snapshot Snapshot) error {
	path, err := Save(s.root, snapshot)
	if err != nil {
		return err
	}
	if s.written != nil {
		s.written(path)
	}
	_, err = Prune(s.root, s.retention)
	return err
}
