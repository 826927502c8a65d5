package pane

import (
	"fmt"
	"log/slog"
	"strings"

	"clipbench/tui/canvas"
	"clipbench/tui/chart"
	"clipbench/tui/live"
	"clipbench/tui/theme"
	"clipbench/workbench/runlog"
)

// Log is a run's log: its levels in colour, searched, and following its end unless one looks elsewhere.
type Log struct {
	Theme  *theme.Theme
	Run    *live.Run
	Level  slog.Level // the least that is shown
	Search string

	at     int  // the line under the cursor, among those shown
	away   bool // the cursor was moved from the end
	top    int
	height int
	lines  []runlog.LogLine
	key    string
	of     *live.Run
	drawn  cache[string]
}

// Lines are those of the level wanted or above; a continued line goes with the one before.
func (p *Log) Lines() []runlog.LogLine {
	if p.Run == nil || p.Run.Log == nil {
		return nil
	}
	if p.of != p.Run {
		p.of, p.away, p.at = p.Run, false, 0
	}
	key := fmt.Sprint(p.Run.Dir, p.Run.Log.Version, p.Level)
	if key != p.key {
		p.key, p.lines = key, p.Run.Log.Lines
		if p.Level > slog.LevelDebug {
			p.lines = filtered(p.Run.Log.Lines, p.Level)
		}
	}
	if !p.away {
		p.at = len(p.lines) - 1
	}
	p.at = min(max(0, p.at), max(0, len(p.lines)-1))
	return p.lines
}

func filtered(lines []runlog.LogLine, least slog.Level) []runlog.LogLine {
	var out []runlog.LogLine
	show := true
	for _, l := range lines {
		if !l.Time.IsZero() {
			show = l.Level >= least
		}
		if show {
			out = append(out, l)
		}
	}
	return out
}

// Move moves the cursor; at the end it follows what comes.
func (p *Log) Move(by int) {
	n := len(p.Lines())
	p.at = min(max(0, p.at+by), max(0, n-1))
	p.away = p.at < n-1
}

// Page moves the cursor by pages.
func (p *Log) Page(by int) { p.Move(by * max(1, p.height-1)) }

// NextLevel shows less: all, info, warnings, errors, all again.
func (p *Log) NextLevel() {
	switch p.Level {
	case slog.LevelDebug:
		p.Level = slog.LevelInfo
	case slog.LevelInfo:
		p.Level = slog.LevelWarn
	case slog.LevelWarn:
		p.Level = slog.LevelError
	default:
		p.Level = slog.LevelDebug
	}
}

// Find moves the cursor to the next line (by 1) or the one before (by -1) that has the text searched; false if none has.
func (p *Log) Find(by int) bool {
	lines := p.Lines()
	for i := range lines {
		k := ((p.at+by*(i+1))%len(lines) + len(lines)) % len(lines)
		if p.matches(lines[k]) {
			p.at, p.away = k, k < len(lines)-1
			return true
		}
	}
	return false
}

func (p *Log) matches(l runlog.LogLine) bool {
	return p.Search != "" && strings.Contains(strings.ToLower(l.Text), strings.ToLower(p.Search))
}

// Step is that of the line under the cursor, or of the last line before it that has one.
func (p *Log) Step() (int, bool) {
	lines := p.Lines()
	for i := min(p.at, len(lines)-1); i >= 0; i-- {
		if lines[i].Step >= 0 {
			return lines[i].Step, true
		}
	}
	return 0, false
}

// LookAt puts the cursor on the first line of a step or beyond it.
func (p *Log) LookAt(step int) {
	lines := p.Lines()
	for i, l := range lines {
		if l.Step >= step {
			p.at, p.away = i, i < len(lines)-1
			return
		}
	}
	p.away = false
}

// Click puts the cursor on a line of the pane.
func (p *Log) Click(y int) { p.Move(p.top + y - p.at) }

// Status says what is shown, for the line below.
func (p *Log) Status() string {
	var parts []string
	n := len(p.Lines())
	if n > 0 {
		parts = append(parts, fmt.Sprintf("line %s of %s", chart.Count(p.at+1), chart.Count(n)))
	}
	if p.Level > slog.LevelInfo {
		parts = append(parts, strings.ToLower(p.Level.String())+" and above")
	}
	if p.Search != "" {
		parts = append(parts, fmt.Sprintf("search %q", p.Search))
	}
	if p.away {
		parts = append(parts, "not following")
	}
	return strings.Join(parts, " · ")
}

// Draw draws the lines around the cursor.
func (p *Log) Draw(a Area) string {
	lines := p.Lines()
	rest := p.rest(lines, a)
	p.height = a.H - len(rest)
	p.top = scrolled(p.top, p.at, len(lines), p.height)
	key := fmt.Sprint(p.key, p.at, p.top, p.away, p.Search, a.W, a.H, len(lines), p.Theme.Mode)
	return p.drawn.get(key, func() string { return p.draw(a, lines, rest).String() })
}

// rest is the whole text of the line under the cursor, where it does not fit into its own: shown at the bottom.
func (p *Log) rest(lines []runlog.LogLine, a Area) []string {
	if !p.away || a.H < 8 || canvas.Width(lines[p.at].Text) <= a.W-textFrom(lines[p.at], a.W, p.stepWidth(lines, a.H))-1 {
		return nil
	}
	return append([]string{""}, wrap(lines[p.at].Text, a.W-4, a.H/3)...)
}

func (p *Log) draw(a Area, lines []runlog.LogLine, rest []string) *canvas.Canvas {
	c := canvas.New(a.W, a.H)
	if len(lines) == 0 {
		c.Text(2, 1, a.W-3, p.none(), p.Theme.Faint)
		return c
	}
	stepWidth := p.stepWidth(lines, p.height)
	for y := 0; y < p.height && p.top+y < len(lines); y++ {
		p.drawLine(c, y, lines[p.top+y], stepWidth)
		if p.top+y == p.at && p.away {
			c.Tint(0, y, a.W, p.Theme.Selected)
		}
	}
	for i, line := range rest {
		if i == 0 {
			rule(c, p.Theme, 0, p.height, a.W, "", p.Theme.Faint)
			continue
		}
		c.Text(2, p.height+i, a.W-3, line, p.levelStyle(lines[p.at]))
	}
	return c
}

// stepWidth is the width of the widest step shown.
func (p *Log) stepWidth(lines []runlog.LogLine, h int) int {
	width := 1
	for i := p.top; i < len(lines) && i < p.top+h; i++ {
		if lines[i].Step >= 0 {
			width = max(width, len(chart.Count(lines[i].Step)))
		}
	}
	return width
}

// clockFormat is how a line's time is written in w cells.
func clockFormat(w int) string {
	if w < 70 {
		return "15:04"
	}
	return "15:04:05"
}

// textFrom is the column where a line's text begins.
func textFrom(l runlog.LogLine, w, stepWidth int) int {
	if l.Time.IsZero() {
		return 4
	}
	return 2 + len(clockFormat(w)) + 1 + stepWidth + 2
}

func (p *Log) none() string {
	switch {
	case p.Run == nil:
		return "no run is selected"
	case p.Run.Log == nil || p.Run.Log.Version == 0 && p.Run.Log.Err == nil:
		return p.Run.Name + " has said nothing yet"
	case p.Run.Log.Err != nil:
		return p.Run.Log.Err.Error()
	}
	return "no line of this level"
}

func (p *Log) drawLine(c *canvas.Canvas, y int, l runlog.LogLine, stepWidth int) {
	x := textFrom(l, c.W, stepWidth)
	if !l.Time.IsZero() {
		c.Text(2, y, 8, l.Time.Local().Format(clockFormat(c.W)), p.Theme.Faint)
		c.TextRight(x-2-stepWidth, y, stepWidth, chart.Count(l.Step), p.Theme.Faint)
	}
	style := p.levelStyle(l)
	used := c.Text(x, y, c.W-x-1, l.Text, style)
	p.drawMatches(c, x, y, used, l.Text)
	if l.Level >= slog.LevelWarn && !l.Time.IsZero() {
		c.Set(0, y, p.Theme.Glyphs.Mark, style)
	}
}

func (p *Log) levelStyle(l runlog.LogLine) canvas.Style {
	switch {
	case l.Level >= slog.LevelError:
		return p.Theme.Bad
	case l.Level >= slog.LevelWarn:
		return p.Theme.Warn
	case l.Level < slog.LevelInfo:
		return p.Theme.Faint
	}
	return p.Theme.Text
}

// drawMatches marks what was searched for in a line's text.
func (p *Log) drawMatches(c *canvas.Canvas, x, y, w int, text string) {
	if p.Search == "" {
		return
	}
	lower, want := strings.ToLower(text), strings.ToLower(p.Search)
	for from := 0; ; {
		i := strings.Index(lower[from:], want)
		if i < 0 || len(lower) != len(text) {
			return
		}
		start := canvas.Width(text[:from+i])
		c.Tint(x+start, y, min(canvas.Width(want), w-start), canvas.Style{Attr: canvas.Reverse})
		from += i + len(want)
	}
}
