package runlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Tail reads a metrics file as it grows, piece by piece. It opens the file anew at every Poll, takes no lock and keeps
// nothing open. It belongs to one goroutine at a time.
type Tail struct {
	path     string
	seen     os.FileInfo // the file read last
	offset   int64       // up to where it was read, always behind a newline
	mark     []byte      // the bytes before offset: they are the same as long as the file only grows
	skipping bool        // inside a line too long to be ours
	buffer   []byte
	parser   *parser
}

const (
	pieceSize = 4 << 20 // a Poll's piece; a longer line is skipped
	markSize  = 64
)

// NewTail reads path from its beginning.
func NewTail(path string) *Tail { return &Tail{path: path, parser: newParser()} }

// ErrVanished says that a file that had been read is gone.
var ErrVanished = errors.New("the file is gone")

// Poll reads what is new, at most one piece of it. A file that does not exist yet has nothing new.
// A file that shrank or was replaced is read from its beginning, and the batch says so (Reset).
func (t *Tail) Poll(ctx context.Context) (*Batch, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, stat, err := OpenFile(t.path)
	if errors.Is(err, fs.ErrNotExist) {
		return &Batch{}, t.missing()
	} else if err != nil {
		return &Batch{}, err
	}
	defer f.Close() //nolint:errcheck // only read
	out := &Batch{Size: stat.Size()}
	if !t.same(f, stat) {
		*t = Tail{path: t.path, buffer: t.buffer, parser: newParser()}
		out.Reset = true
	}
	t.seen = stat
	err = t.piece(f, out)
	out.Read, out.More = t.offset, out.More && err == nil
	return out, explain(t.path, err)
}

// missing is no error until there was something.
func (t *Tail) missing() error {
	if t.seen == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", t.path, ErrVanished)
}

// same reports whether f is the file read before and still begins as it did.
func (t *Tail) same(f *os.File, stat os.FileInfo) bool {
	if t.seen == nil {
		return true
	}
	if !os.SameFile(t.seen, stat) || stat.Size() < t.offset {
		return false
	}
	now := make([]byte, len(t.mark))
	_, err := f.ReadAt(now, t.offset-int64(len(now)))
	return err == nil && bytes.Equal(now, t.mark)
}

// piece reads whole lines from offset on.
func (t *Tail) piece(f *os.File, out *Batch) error {
	if t.offset >= out.Size {
		return nil
	}
	want := min(pieceSize, out.Size-t.offset)
	if int64(cap(t.buffer)) < want {
		t.buffer = make([]byte, want)
	}
	n, err := f.ReadAt(t.buffer[:want], t.offset)
	if err != nil && err != io.EOF {
		return err
	}
	text := t.buffer[:n]
	end := bytes.LastIndexByte(text, '\n') + 1
	if end == 0 {
		t.tooLong(text, out)
		return nil
	}
	out.More = t.offset+int64(end) < out.Size && n == pieceSize
	t.advance(text[:end])
	if t.skipping {
		t.skipping = false
		text, end = text[bytes.IndexByte(text, '\n')+1:], end-bytes.IndexByte(text, '\n')-1
	}
	t.parser.parse(text[:end], out)
	return nil
}

// tooLong steps over a piece without a newline, once it is too big to be a line.
func (t *Tail) tooLong(text []byte, out *Batch) {
	if len(text) < pieceSize {
		return
	}
	if !t.skipping {
		t.skipping = true
		t.parser.lines++
		t.parser.bad(out)
	}
	t.advance(text)
	out.More = true
}

// advance moves behind text and remembers its end.
func (t *Tail) advance(text []byte) {
	t.offset += int64(len(text))
	keep := append(t.mark, text[max(0, len(text)-markSize):]...)
	t.mark = bytes.Clone(keep[max(0, len(keep)-markSize):])
}

// ReadAll reads all that a metrics file says now. A file that does not exist is empty.
func ReadAll(ctx context.Context, path string) (*History, error) {
	h, tail := NewHistory(), NewTail(path)
	for {
		batch, err := tail.Poll(ctx)
		if err != nil {
			return h, err
		}
		h.Add(batch)
		if !batch.More {
			return h, nil
		}
	}
}
