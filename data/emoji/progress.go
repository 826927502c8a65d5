package emoji

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// progress writes how far the drawing is: one line that is rewritten on a terminal, a line now and then elsewhere.
type progress struct {
	to       io.Writer
	terminal bool
	total    int

	mu      sync.Mutex
	done    int
	started time.Time
	said    time.Time
}

func newProgress(to io.Writer, total int) *progress {
	if to == nil {
		to = io.Discard
	}
	terminal := false
	if file, ok := to.(*os.File); ok {
		info, err := file.Stat()
		terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return &progress{to: to, terminal: terminal, total: total, started: time.Now(), said: time.Now()}
}

// say writes a line of its own.
func (p *progress) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.line(fmt.Sprintf("emoji: "+format, args...), "\n")
}

// one counts a picture and, when it is time, says how many there are and how long the rest will take.
func (p *progress) one() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	pause := 5 * time.Second
	if p.terminal {
		pause = 200 * time.Millisecond
	}
	if time.Since(p.said) < pause && p.done < p.total {
		return
	}
	p.said = time.Now()
	left := time.Since(p.started) / time.Duration(p.done) * time.Duration(p.total-p.done)
	end := "\n"
	if p.terminal && p.done < p.total {
		end = ""
	}
	p.line(fmt.Sprintf("emoji: %d of %d pictures drawn, %s left", p.done, p.total, left.Round(time.Second)), end)
}

func (p *progress) line(text, end string) {
	if p.terminal {
		text = "\r\x1b[K" + text
	}
	_, _ = fmt.Fprint(p.to, text+end)
}
