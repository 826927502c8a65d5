package workbench

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/progress"
	"github.com/charmbracelet/x/term"
)

// bar is the line that a person watches while a run trains: on a terminal it is redrawn in place, in a pipe a plain line
// is written now and then.
type bar struct {
	out      io.Writer
	name     string
	terminal bool
	width    int
	first    int // step that this process began at
	total    int
	start    time.Time
	drawn    time.Time
	draw     progress.Model
}

// How often the line is drawn anew.
const (
	terminalEvery = 200 * time.Millisecond
	pipeEvery     = 15 * time.Second
)

func newBar(out io.Writer, name string, done, total int) *bar {
	b := &bar{out: out, name: name, first: done, total: total, start: time.Now(), width: 100}
	if f, ok := out.(*os.File); ok && term.IsTerminal(f.Fd()) {
		b.terminal = true
		if width, _, err := term.GetSize(f.Fd()); err == nil {
			b.width = width
		}
	}
	b.draw = progress.New(progress.WithDefaultBlend(), progress.WithoutPercentage(), progress.WithWidth(max(10, min(30, b.width-80))))
	return b
}

// show draws the line for a step that is done.
func (b *bar) show(done int, loss float64, w *watch) {
	every := pipeEvery
	if b.terminal {
		every = terminalEvery
	}
	if time.Since(b.drawn) < every && done != b.total {
		return
	}
	if done == b.first+1 { // the first step compiled; the estimate starts after it
		b.start = time.Now()
	}
	b.drawn = time.Now()
	speed, wait := w.overall()
	text := fmt.Sprintf("step %*d/%d  loss %.4f  %5.0f pairs/s  %4.1f%% waiting  %s left", len(fmt.Sprint(b.total)), done, b.total, loss, speed, 100*wait, b.eta(done))
	if !b.terminal {
		fmt.Fprintln(b.out, text)
		return
	}
	fmt.Fprintf(b.out, "\r\x1b[K%s %s", b.draw.ViewAs(float64(done)/float64(max(1, b.total))), text)
}

func (b *bar) eta(done int) string {
	here := done - b.first - 1
	if here < 1 {
		return "?"
	}
	left := time.Since(b.start) / time.Duration(here) * time.Duration(b.total-done)
	return left.Round(time.Second).String()
}

// say writes a line of its own above the bar.
func (b *bar) say(format string, args ...any) {
	if b.terminal {
		fmt.Fprint(b.out, "\r\x1b[K")
	}
	fmt.Fprintf(b.out, format+"\n", args...)
}

// close leaves the last line standing.
func (b *bar) close() {
	if b.terminal && !b.drawn.IsZero() {
		fmt.Fprintln(b.out)
	}
}

// list writes values sorted by name.
func list(values map[string]float64) string {
	var names []string
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %.4g", name, values[name])
	}
	return strings.Join(names, "  ")
}
