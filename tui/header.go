package tui

import (
	"fmt"
	"strings"

	"clipbench/tui/canvas"
	"clipbench/tui/chart"
	"clipbench/tui/live"
	"clipbench/tui/pane"
)

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
