package tui

import (
	"image"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"clipbench/tui/picture"
)

// ask asks the terminal for its ground, the size of a character, and which pictures it takes. Through tmux only Sixel
// can be found out: Kitty's answer would not come back.
func (m *Model) ask() tea.Cmd {
	m.terminal.tmux = environment("TMUX") != ""
	commands := []tea.Cmd{tea.Raw(ansi.WindowOp(16))}
	if m.options.Theme == "auto" {
		commands = append(commands, tea.RequestBackgroundColor)
	}
	if m.options.Images == "auto" {
		commands = append(commands, tea.Raw(ansi.RequestPrimaryDeviceAttributes))
		if !m.terminal.tmux {
			commands = append(commands, tea.Raw(picture.QueryKitty()))
		}
	}
	return tea.Batch(commands...)
}

// sixelAttribute is what a terminal that draws Sixels has among its device attributes.
const sixelAttribute = 4

// learn takes in the terminal's answers.
func (m *Model) learn(msg tea.Msg) {
	switch msg := msg.(type) {
	case uv.CellSizeEvent:
		m.terminal.cell = image.Pt(msg.Width, msg.Height)
	case uv.KittyGraphicsEvent:
		if m.options.Images == "auto" && string(msg.Payload) == "OK" && placeholders() {
			m.terminal.protocol = picture.Kitty
		}
	case uv.PrimaryDeviceAttributesEvent:
		if m.options.Images == "auto" && slices.Contains(msg, sixelAttribute) && m.terminal.protocol == picture.Blocks {
			m.terminal.protocol = picture.Sixel
		}
	}
}

// placeholders reports whether a terminal with Kitty graphics also knows their Unicode placeholders: kitty and Ghostty do.
func placeholders() bool {
	return environment("KITTY_WINDOW_ID") != "" || environment("TERM") == "xterm-kitty" || environment("TERM_PROGRAM") == "ghostty"
}

// sendPicture asks for the picture to be sent, if it is still the one to be shown.
type sendPicture struct{ key string }

// settle is how long a picture waits for the text around it to be on the screen.
const settle = 60 * time.Millisecond

// draw keeps the terminal's own picture in step with the screen: sends it when it has changed, and has the screen drawn
// anew when one that the text does not know of is to go.
func (m *Model) draw() tea.Cmd {
	key := ""
	if m.view == picturesView && !m.showHelp {
		key = m.pictures.SendKey(m.areas().main)
	}
	if key == m.terminal.sent {
		return nil
	}
	m.terminal.sent = key
	later := tea.Tick(settle, func(time.Time) tea.Msg { return sendPicture{key} })
	if key == "" {
		later = nil
	}
	if m.terminal.shown != "" && m.terminal.protocol == picture.Sixel {
		m.terminal.shown = ""
		return tea.Sequence(tea.ClearScreen, later)
	}
	return later
}

// send gives the terminal the picture.
func (m *Model) send(msg sendPicture) tea.Cmd {
	if msg.key != m.terminal.sent {
		return nil
	}
	sequence, err := m.pictures.Send(m.areas().main, m.terminal.cell, m.terminal.tmux)
	if err != nil {
		m.say(err.Error(), true)
		return nil
	}
	if sequence == "" {
		return nil
	}
	m.terminal.shown = msg.key
	return tea.Raw(sequence)
}
