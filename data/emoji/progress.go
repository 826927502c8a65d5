package emoji

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// progress tells how far the work is: one line that is rewritten on a terminal, a line now and then elsewhere.
type progress struct {
	to       io.Writer
	terminal bool
	every    time.Duration // the time between two words on a count
	mu       sync.Mutex
}

func newProgress(to io.Writer) *progress {
	if to == nil {
		to = io.Discard
	}
	p := &progress{to: to, every: 5 * time.Second}
	if file, ok := to.(*os.File); ok {
		info, err := file.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if p.terminal {
		p.every = 200 * time.Millisecond
	}
	return p
}

// say writes a line of its own.
func (p *progress) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.write(fmt.Sprintf(format, args...), "\n")
}

// count returns a function to call once for each of total pictures. When it is time, it says how many are drawn and how
// long the rest will take.
func (p *progress) count(total int) func() {
	started := time.Now()
	said, done := started, 0
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if done++; done < total && time.Since(said) < p.every {
			return
		}
		said = time.Now()
		left := time.Since(started) / time.Duration(done) * time.Duration(total-done)
		end := "\n"
		if p.terminal && done < total {
			end = ""
		}
		p.write(fmt.Sprintf("%d of %d pictures drawn, %s left", done, total, left.Round(time.Second)), end)
	}
}

// write replaces the line that a terminal shows.
func (p *progress) write(text, end string) {
	start := ""
	if p.terminal {
		start = "\r\x1b[K"
	}
	_, _ = fmt.Fprint(p.to, start, "emoji: ", text, end)
}
