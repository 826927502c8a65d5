package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"clipbench/workbench/runlog/export"
)

// question is what the prompt asks for.
type question int

const (
	nothing question = iota
	filterRuns
	filterCharts
	searchLog
	exportAs
)

// prompt is a line of text that is being typed in the footer. What it asks for takes effect with every key.
type prompt struct {
	asks   question
	text   string
	before string // what held before, for escape
}

// label leads the line.
func (q question) label() string {
	return []string{"", "filter runs: ", "metrics with: ", "search: ", "export as  c CSV   p Parquet   t TensorBoard   esc not at all"}[q]
}

// asking opens the prompt with what holds now.
func (m *Model) asking(q question) {
	text := ""
	switch q {
	case filterRuns:
		text = m.runs.Filter
	case filterCharts:
		text = m.activeCharts().Filter
	}
	m.prompt = prompt{asks: q, text: text, before: text}
}

func (m *Model) askExport() {
	if len(m.shown()) == 0 {
		m.say("there is no run to export", true)
		return
	}
	m.asking(exportAs)
}

// typed acts on a key while the prompt is open.
func (m *Model) typed(k tea.Key) tea.Cmd {
	key := k.String()
	if m.prompt.asks == exportAs {
		return m.chooseExport(key)
	}
	switch key {
	case "ctrl+c":
		return tea.Quit
	case "esc":
		m.prompt.text = m.prompt.before
		m.answer()
		m.prompt = prompt{}
		return nil
	case "enter":
		asked := m.prompt.asks
		m.answer()
		m.prompt = prompt{}
		if asked == searchLog && m.log.Search != "" {
			m.find(-1)
		}
		return nil
	case "backspace":
		if runes := []rune(m.prompt.text); len(runes) > 0 {
			m.prompt.text = string(runes[:len(runes)-1])
		}
	case "ctrl+u":
		m.prompt.text = ""
	case "ctrl+w":
		m.prompt.text = m.prompt.text[:strings.LastIndexByte(strings.TrimRight(m.prompt.text, " "), ' ')+1]
	default:
		m.prompt.text += k.Text
	}
	m.answer()
	return nil
}

// pasted adds text to the prompt.
func (m *Model) pasted(text string) {
	if m.prompt.asks != nothing && m.prompt.asks != exportAs {
		m.prompt.text += strings.Join(strings.Fields(text), " ")
		m.answer()
	}
}

// answer puts what was typed so far into effect.
func (m *Model) answer() {
	switch m.prompt.asks {
	case filterRuns:
		m.runs.SetFilter(m.prompt.text)
	case filterCharts:
		m.activeCharts().Filter = m.prompt.text
	case searchLog:
		m.log.Search = m.prompt.text
	}
}

func (m *Model) chooseExport(key string) tea.Cmd {
	m.prompt = prompt{}
	switch key {
	case "c":
		return m.export(export.CSV)
	case "p":
		return m.export(export.Parquet)
	case "t":
		return m.export(export.TensorBoard)
	case "ctrl+c":
		return tea.Quit
	}
	m.say("nothing was exported", false)
	return nil
}
