package workbench

import (
	"fmt"
	"io"
	"os"
	"time"

	"charm.land/bubbles/v2/progress"
	"github.com/charmbracelet/x/term"
)

// Bar is the Progress of a terminal and of a pipe: on a terminal one line is redrawn in place, in a pipe a plain line is
// written now and then.
type Bar struct {
	out      io.Writer
	terminal bool
	width    int // columns
	drawn    time.Time
	draw     progress.Model

	counting string    // what Count counts
	counted  int       // how many at
	since    time.Time // the first call
}

// How often the line is drawn anew.
const (
	terminalEvery = 200 * time.Millisecond
	pipeEvery     = 15 * time.Second
)

// NewBar returns a bar on out.
func NewBar(out io.Writer) *Bar {
	b := &Bar{out: out, width: 100}
	if f, ok := out.(*os.File); ok && term.IsTerminal(f.Fd()) {
		b.terminal = true
		if width, _, err := term.GetSize(f.Fd()); err == nil {
			b.width = width
		}
	}
	b.draw = progress.New(progress.WithDefaultBlend(), progress.WithoutPercentage(), progress.WithWidth(max(10, min(30, b.width-80))))
	return b
}

// Step draws the line, if it is time or the last step.
func (b *Bar) Step(m Moment) {
	every := pipeEvery
	if b.terminal {
		every = terminalEvery
	}
	if time.Since(b.drawn) < every && m.Step != m.Total {
		return
	}
	b.drawn = time.Now()
	if !b.terminal {
		fmt.Fprintln(b.out, m)
		return
	}
	b.line(m.Step, m.Total, m)
}

// line redraws the terminal's line.
func (b *Bar) line(done, total int, text any) {
	fmt.Fprintf(b.out, "\r\x1b[K%s %s", b.draw.ViewAs(float64(done)/float64(max(1, total))), text)
}

// Count draws how many of all are done, such as pictures that are embedded: on a terminal alone, and nothing stays of it.
// The time left is estimated from the second call on: before the first a program was compiled.
func (b *Bar) Count(what string, done, total int) {
	if !b.terminal {
		return
	}
	if b.counting != what {
		b.counting, b.counted, b.since = what, done, time.Now()
	}
	switch {
	case done >= total:
		fmt.Fprint(b.out, "\r\x1b[K")
		b.counting, b.drawn = "", time.Time{}
	case time.Since(b.drawn) >= terminalEvery:
		left := "?"
		if since := done - b.counted; since > 0 {
			left = (time.Since(b.since) / time.Duration(since) * time.Duration(total-done)).Round(time.Second).String()
		}
		b.drawn = time.Now()
		b.line(done, total, fmt.Sprintf("%d of %d %s  %s left", done, total, what, left))
	}
}

// Metrics draws nothing: the line has what matters of them.
func (b *Bar) Metrics(int, map[string]float64) {}

// Say writes a line of its own above the bar.
func (b *Bar) Say(text string) {
	if b.terminal {
		fmt.Fprint(b.out, "\r\x1b[K")
	}
	fmt.Fprintln(b.out, text)
}

// Close leaves the last line standing.
func (b *Bar) Close() {
	if b.terminal && !b.drawn.IsZero() {
		fmt.Fprintln(b.out)
	}
	b.drawn = time.Time{}
}

// String is the moment in one line.
func (m Moment) String() string {
	left := "?"
	if m.Left >= 0 {
		left = m.Left.Round(time.Second).String()
	}
	return fmt.Sprintf("step %*d/%d  loss %.4f  %5.0f pairs/s  %4.1f%% waiting  %s left",
		len(fmt.Sprint(m.Total)), m.Step, m.Total, m.Loss, m.PairsPerSecond, 100*m.Wait, left)
}
