package tui

import (
	"fmt"
	"math"
	"strings"

	"clipbench/tui/canvas"
	"clipbench/tui/pane"
)

// drawFooter has the prompt, a message, or the keys that matter here; at the right, how the view is set.
func (m *Model) drawFooter(a pane.Area) string {
	c := canvas.New(a.W, a.H)
	if m.prompt.asks != nothing {
		m.drawPrompt(c)
		return c.String()
	}
	status := m.status()
	room := a.W - 2
	if status != "" {
		status = canvas.Fit(status, max(a.W-30, a.W/2))
		c.TextRight(1, 0, a.W-2, status, m.theme.Faint)
		room -= canvas.Width(status) + 2
	}
	if m.message != "" && m.options.clock().Before(m.messageUntil) {
		style := m.theme.Good
		if m.messageBad {
			style = m.theme.Warn
		}
		c.Fill(0, 0, a.W, 1, ' ', canvas.Style{})
		c.Text(1, 0, a.W-2, m.message, style)
		return c.String()
	}
	m.drawHints(c, room)
	return c.String()
}

// drawPrompt draws what is being typed, and what is wrong with it.
func (m *Model) drawPrompt(c *canvas.Canvas) {
	x := 1 + c.Text(1, 0, c.W-2, m.prompt.asks.label(), m.theme.Accent)
	if m.prompt.asks == exportAs {
		return
	}
	text := m.prompt.text
	for canvas.Width(text) > c.W-x-2 && text != "" { // the end is where one types
		_, size := firstRune(text)
		text = text[size:]
	}
	x += c.Text(x, 0, c.W-x-1, text, m.theme.Text)
	c.Set(x, 0, ' ', canvas.Style{Attr: canvas.Reverse})
	if m.prompt.asks == filterRuns && m.runs.Err != nil {
		c.TextRight(x+2, 0, c.W-x-3, m.runs.Err.Error(), m.theme.Warn)
	}
}

func firstRune(s string) (rune, int) {
	for i, r := range s {
		if i > 0 {
			return r, i
		}
	}
	return 0, len(s)
}

// drawHints names the keys that matter in this view, as many as fit.
func (m *Model) drawHints(c *canvas.Canvas, room int) {
	x := 1
	for _, b := range m.hints() {
		key := strings.Fields(b.shown())[0]
		if b.names != "" {
			key = strings.ReplaceAll(b.names, " ", "")
		}
		if x+canvas.Width(key)+1+canvas.Width(b.hint) > room {
			return
		}
		x += c.Text(x, 0, 20, key, m.theme.Strong) + 1
		x += c.Text(x, 0, 20, b.hint, m.theme.Faint) + 2
	}
}

// hints are this view's first, then help and quit, then what works everywhere.
func (m *Model) hints() []*binding {
	var own, always, rest []*binding
	for i := range m.keys {
		b := &m.keys[i]
		switch {
		case b.hint == "" || !b.works(m.view):
		case b.hint == "help" || b.hint == "quit":
			always = append(always, b)
		case b.views != nil:
			own = append(own, b)
		default:
			rest = append(rest, b)
		}
	}
	first := min(len(own), 2)
	return append(append(append(append([]*binding{}, own[:first]...), always...), own[first:]...), rest...)
}

// status says how the view is set, where that is not plain to see.
func (m *Model) status() string {
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	switch m.view {
	case runsView:
		if m.runs.Filter != "" {
			add(fmt.Sprintf("%d of %d: %s", len(m.runs.Rows()), len(m.store.Runs), m.runs.Filter))
		}
	case chartsView, systemView, compareView:
		c := m.activeCharts()
		if !math.IsNaN(m.look.Cursor) {
			add(c.CursorText())
		} else {
			add("by " + m.look.Axis.String())
		}
		if m.look.LogX {
			add("log")
		}
		if w := m.look.Weight(); w > 0 {
			add(fmt.Sprintf("smoothed %.3g", w))
		}
		if c.Changed() {
			add("zoomed")
		}
		if c.Filter != "" {
			add(fmt.Sprintf("only %q", c.Filter))
		}
		if m.view != compareView {
			add(c.Position())
		}
	case logView:
		add(m.log.Status())
	}
	if r := m.runs.Selected(); r != nil && r.History != nil && !r.Complete && r.Size > 0 {
		add(fmt.Sprintf("reading %d%%", 100*r.Read/max(1, r.Size)))
	}
	return strings.Join(parts, " · ")
}
