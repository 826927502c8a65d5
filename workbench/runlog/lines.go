package runlog

import (
	"errors"
	"io"
	"os"
)

// lines is a file that grows by whole lines, each in one write.
type lines struct {
	path   string
	file   *os.File
	size   int64  // bytes up to the last whole line
	buffer []byte // the last line written; its memory is used again
}

// openLines opens or creates path. A torn last line is ended, so that the next begins on its own.
func openLines(path string) (*lines, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, explain(path, err)
	}
	l := &lines{path: path, file: f}
	if l.size, err = f.Seek(0, io.SeekEnd); err == nil && l.size > 0 {
		err = l.endLine()
	}
	if err != nil {
		_ = f.Close()
		return nil, explain(path, err)
	}
	return l, nil
}

// endLine writes a newline if the last byte is none.
func (l *lines) endLine() error {
	var last [1]byte
	if _, err := l.file.ReadAt(last[:], l.size-1); err != nil {
		return err
	}
	if last[0] == '\n' {
		return nil
	}
	return l.write([]byte{'\n'})
}

// write appends b. If only a part fits, that part is taken back, so that the next line begins on its own.
func (l *lines) write(b []byte) error {
	l.buffer = b
	n, err := l.file.Write(b)
	if err != nil {
		if n > 0 {
			err = errors.Join(err, l.file.Truncate(l.size))
		}
		return explain(l.path, err)
	}
	l.size += int64(n)
	return nil
}

// sync waits until what was written is on the disk.
func (l *lines) sync() error { return explain(l.path, l.file.Sync()) }

// close is safe on nil.
func (l *lines) close() error {
	if l == nil {
		return nil
	}
	return explain(l.path, l.file.Close())
}
