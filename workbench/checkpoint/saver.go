package checkpoint

import "sync"

// Saver writes snapshots while training goes on, one at a time and in order, and prunes after each. Its methods are for
// one goroutine; Before and Written, which may be nil, are called by the one that writes. What Written sets may be read
// after Wait.
type Saver struct {
	Root      string
	Retention Retention
	Before    func() error                 // makes safe what a checkpoint counts on
	Written   func(path string, meta Meta) // is told of each checkpoint when it is on disk

	writing sync.WaitGroup
	err     error // of the writes since the last Wait; read after writing.Wait
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
	if s.Before != nil {
		if err := s.Before(); err != nil {
			return err
		}
	}
	path, err := Save(s.Root, snapshot)
	if err != nil {
		return err
	}
	if s.Written != nil {
		s.Written(path, snapshot.Meta)
	}
	return prune(s.Root, s.Retention, path)
}
