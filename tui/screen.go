package tui

import (
	"fmt"
	"math"
	"strings"

	tea "charm.land/bubbletea/v2"

	"clipbench/tui/canvas"
	"clipbench/tui/chart"
	"clipbench/tui/live"
	"clipbench/tui/pane"
)

// View is the screen.
func (m *Model) View() tea.View {
	v := tea.NewView(m.Frame())
	v.AltScreen = true
	v.WindowTitle = m.title()
	if m.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

// areas are the parts of the screen as it is.
func (m *Model) areas() areas {
	return layout(m.width, m.height, m.view, max(3, len(m.runs.Rows())), len(m.shown()), len(m.notices()) > 0)
}

// Frame is the screen as exactly height lines of width cells.
func (m *Model) Frame() string {
	if m.width <= 0 || m.height <= 0 {
		return ""
	}
	m.tell()
	a := m.areas()
	if m.showHelp {
		a = a.alone(m.width)
	}
	draw := []func(pane.Area) string{m.drawHeader, m.drawLegend, m.runs.DrawSide, m.drawMain, m.detail.Draw, m.drawDetail, m.drawNotice, m.drawFooter}
	parts := a.all()
	drawings := make([]string, len(parts))
	for i, part := range parts {
		if !part.Empty() {
			drawings[i] = draw[i](part)
		}
	}
	frame := pane.Compose(m.width, m.height, parts, drawings)
	if m.theme.Mode.ASCII {
		frame = canvas.ASCII(frame)
	}
	return frame
}

// drawMain draws the view.
func (m *Model) drawMain(a pane.Area) string {
	if m.showHelp {
		return m.help.Draw(a)
	}
	switch m.view {
	case runsView:
		return m.runs.Draw(a)
	case picturesView:
		return m.pictures.Draw(a)
	case compareView:
		return m.compare.Draw(a)
	case systemView:
		return m.system.Draw(a)
	case logView:
		return m.log.Draw(a)
	}
	return m.charts.Draw(a)
}

// drawLegend names the runs that are drawn together.
func (m *Model) drawLegend(a pane.Area) string {
	return pane.DrawLegend(&m.theme, m.shown(), m.runs.Tint, a.W)
}

// drawDetail draws what is below the table of runs: charts, or the facts where there is no room beside them.
func (m *Model) drawDetail(a pane.Area) string {
	if m.runs.Selected() == nil {
		return canvas.New(a.W, a.H).String()
	}
	return m.preview.Draw(a)
}

// tab is a view's name in the header.
type tab struct {
	view view
	x, w int
	text string
}

// tabs are the names of the views, or where they do not fit, that of the present one among numbers.
func (m *Model) tabs(w int) []tab {
	full := w >= 76
	x := 1
	if w >= 100 {
		x = 13
	}
	var out []tab
	for v := range views {
		text := v.String()
		if !full && v != m.view {
			text = string(rune('1' + v))
		}
		out = append(out, tab{v, x, len(text), text})
		x += len(text) + 2
	}
	return out
}

// drawHeader has the views at the left and how the selected run does at the right.
func (m *Model) drawHeader(a pane.Area) string {
	c := canvas.New(a.W, a.H)
	if a.W >= 100 {
		c.Text(1, 0, 10, "clipbench", m.theme.Faint)
	}
	end := 0
	for _, t := range m.tabs(a.W) {
		style := m.theme.Faint
		if t.view == m.view && !m.showHelp {
			style = m.theme.Accent
		}
		c.Text(t.x, 0, t.w, t.text, style)
		end = t.x + t.w + 2
	}
	if r := m.runs.Selected(); r != nil {
		text, style := m.standing(r, a.W-end-1)
		c.TextRight(end, 0, a.W-end-1, text, style)
	}
	return c.String()
}

// standing says how a run does in at most w cells: the longest way that fits.
func (m *Model) standing(r *live.Run, w int) (string, canvas.Style) {
	o := &r.Overview
	glyph := string(m.theme.Glyphs.State[r.State])
	style := m.theme.State(r.State)
	flag := ""
	if len(o.Flags) > 0 {
		flag, style = " "+pane.FlagText(o.Flags), m.theme.Bad
	}
	share := ""
	if o.Total > 0 {
		share = fmt.Sprintf(" %d%%", 100*min(o.Step, o.Total)/o.Total)
	}
	eta := ""
	if o.ETASeconds > 0 {
		eta = "  ETA " + chart.Duration(o.ETASeconds)
	}
	steps := " " + chart.Count(o.Step)
	if o.Total > 0 {
		steps += "/" + chart.Count(o.Total)
	}
	state := " " + string(r.State)
	for _, text := range []string{
		glyph + " " + r.Name + state + flag + steps + share + eta, glyph + " " + r.Name + state + flag + share + eta,
		glyph + " " + r.Name + flag + share + eta, glyph + " " + r.Name + flag + share, glyph + flag + share,
	} {
		if canvas.Width(text) <= w {
			return text, style
		}
	}
	return glyph + flag, style
}

// title is that of the terminal's window.
func (m *Model) title() string {
	r := m.runs.Selected()
	if r == nil {
		return "clipbench"
	}
	text, _ := m.standing(r, 200)
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, text)
	return canvas.Fit("clipbench "+clean, 200)
}

// notices are what the selected run's files have wrong.
func (m *Model) notices() []string {
	if r := m.runs.Selected(); r != nil {
		return r.Notices()
	}
	if m.store.Err != nil && m.store.Listed {
		return []string{m.store.Err.Error()}
	}
	return nil
}

func (m *Model) drawNotice(a pane.Area) string {
	c := canvas.New(a.W, a.H)
	if notices := m.notices(); len(notices) > 0 {
		text := notices[0]
		if len(notices) > 1 {
			text += fmt.Sprintf("  (and %d more, see Runs)", len(notices)-1)
		}
		c.Text(1, 0, a.W-2, text, m.theme.Warn)
	}
	return c.String()
}

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
