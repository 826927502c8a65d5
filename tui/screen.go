package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"clipbench/tui/canvas"
	"clipbench/tui/pane"
)

// View is the screen.
func (m *Model) View() tea.View {
	if now := m.stamp(); now != m.framed || m.frame == "" {
		m.framed, m.frame = now, m.Frame()
	}
	v := tea.NewView(m.frame)
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
