package runlog

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
)

// glanceWhole is the size up to which Glance reads a whole file; beyond it, pieces of piece bytes.
const (
	glanceWhole = 256 << 10
	glancePiece = 4 << 10
	glanceEnd   = 32 << 10 // at the end, for the latest values and the speed
)

// Glance reads a metrics file in a few milliseconds whatever its size: all of a short one; of a long one, pieces at
// even distances and the end. The history is good for a sparkline, the latest values and the speed; it is not complete.
func Glance(path string, pieces int) (*History, error) {
	h := NewHistory()
	f, stat, err := OpenFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	} else if err != nil {
		return h, err
	}
	defer f.Close() //nolint:errcheck // only read
	p := newParser()
	size := stat.Size()
	if size <= max(glanceWhole, 2*int64(pieces)*glancePiece) {
		return h, explain(path, p.glance(f, h, 0, size))
	}
	last := size - glanceEnd
	for i := range pieces {
		at := last / int64(pieces) * int64(i)
		if err := p.glance(f, h, at, at+glancePiece); err != nil {
			return h, explain(path, err)
		}
	}
	return h, explain(path, p.glanceEnd(f, h, last, size))
}

// glanceEnd takes in the last lines, from last or, where lines are very long, from before it.
func (p *parser) glanceEnd(f *os.File, h *History, last, size int64) error {
	for have := h.Len(); ; last = max(0, size-4*(size-last)) {
		if err := p.glance(f, h, last, size); err != nil || h.Len() > have || last == 0 || size-last >= pieceSize {
			return err
		}
	}
}

// glance takes in the whole lines between from and to.
func (p *parser) glance(f *os.File, h *History, from, to int64) error {
	text := make([]byte, to-from)
	n, err := f.ReadAt(text, from)
	if err != nil && err != io.EOF {
		return err
	}
	text = text[:n]
	if from > 0 {
		text = text[bytes.IndexByte(text, '\n')+1:]
	}
	out := &Batch{}
	p.parse(text[:bytes.LastIndexByte(text, '\n')+1], out)
	h.Add(out)
	return nil
}
