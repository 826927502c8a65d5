package tui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"clipbench/tui/theme"
)

// Update takes in one message. It never waits and never reads: what has to be read is returned as commands.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	command := m.take(msg)
	if now := m.stamp(); now != m.told {
		m.told = now
		m.tell()
		command = tea.Batch(command, m.draw())
	}
	return m, command
}

// stamp changes whenever the screen may.
type stamp struct {
	store  int   // its version
	acts   int   // messages that were neither the clock's nor the store's
	second int64 // ages are shown in seconds
}

func (m *Model) stamp() stamp { return stamp{m.store.Version(), m.acts, m.options.clock().Unix()} }

// take acts on a message.
func (m *Model) take(msg tea.Msg) tea.Cmd {
	if _, ok := msg.(tickMsg); ok {
		return tea.Batch(m.jobs(), tick())
	}
	if m.store.Take(msg) {
		m.finishJump()
		return m.jobs()
	}
	m.acts++
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		m.terminal.sent = ""
	case tea.KeyPressMsg:
		return tea.Batch(m.press(tea.Key(msg)), m.jobs())
	case tea.PasteMsg:
		m.pasted(msg.Content)
	case tea.MouseMsg:
		m.point(msg)
		return m.jobs()
	case tea.BackgroundColorMsg:
		if m.options.Theme == "auto" {
			m.retheme(func(mode *theme.Mode) { mode.Light = !msg.IsDark() })
		}
	case tea.ColorProfileMsg:
		m.retheme(func(mode *theme.Mode) {
			mode.NoColor = mode.NoColor || msg.Profile <= colorprofile.ASCII
			mode.Few = msg.Profile < colorprofile.TrueColor
		})
	case exported:
		m.tellExported(msg)
	case sendPicture:
		return m.send(msg)
	default:
		m.learn(msg)
	}
	return nil
}

// retheme changes how everything looks.
func (m *Model) retheme(change func(*theme.Mode)) {
	mode := m.theme.Mode
	change(&mode)
	m.theme = theme.New(mode)
}

// press acts on a key: the prompt's, the help's, or the view's.
func (m *Model) press(k tea.Key) tea.Cmd {
	key := k.String()
	switch {
	case m.prompt.asks != nothing:
		return m.typed(k)
	case m.showHelp:
		return m.pressInHelp(key)
	}
	for i := range m.keys {
		b := &m.keys[i]
		if b.act == nil || !b.works(m.view) {
			continue
		}
		for _, name := range b.keys {
			if name == key {
				return b.act(m)
			}
		}
	}
	return nil
}

// pressInHelp scrolls the help; any other key closes it.
func (m *Model) pressInHelp(key string) tea.Cmd {
	switch key {
	case "down", "j":
		m.help.Scroll(1)
	case "up", "k":
		m.help.Scroll(-1)
	case "pgdown", "space":
		m.help.Scroll(10)
	case "pgup":
		m.help.Scroll(-10)
	case "ctrl+c":
		return tea.Quit
	default:
		m.showHelp = false
	}
	return nil
}

// point acts on the mouse.
func (m *Model) point(msg tea.MouseMsg) {
	at := msg.Mouse()
	a := m.areas()
	switch msg.(type) {
	case tea.MouseClickMsg:
		if at.Button == tea.MouseLeft {
			m.showHelp = false
			m.drag = at.X
			m.click(at.X, at.Y, a)
		}
	case tea.MouseWheelMsg:
		by := 1
		if at.Button == tea.MouseWheelUp {
			by = -1
		}
		m.wheel(at.X, at.Y, by, a)
	case tea.MouseMotionMsg:
		if at.Button == tea.MouseLeft {
			m.dragTo(at.X, a)
		}
	case tea.MouseReleaseMsg:
		m.drag = -1
	}
}

// finishJump goes to the step that was asked for once the log has been read that far.
func (m *Model) finishJump() {
	if !m.jumping || m.view != logView {
		m.jumping = false
		return
	}
	m.acts++
	m.tell()
	if n := len(m.log.Lines()); n > 0 {
		m.log.LookAt(m.jumpTo)
		m.jumping = m.log.Run.Log.Reading()
	}
}
