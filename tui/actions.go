package tui

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"clipbench/workbench/runlog"
	"clipbench/workbench/runlog/export"
)

// show changes the view.
func (m *Model) show(v view) { m.view = v }

// pin pins the run under the cursor and, in the list, goes on to the next.
func (m *Model) pin() {
	m.runs.Pin()
	if m.view == runsView {
		m.runs.Move(1)
	}
}

func (m *Model) toggleMouse() {
	m.mouse = !m.mouse
	if m.mouse {
		m.say("the mouse works here; hold shift to select text", false)
	} else {
		m.say("the mouse is the terminal's again", false)
	}
}

// sideways moves the cursor if there is one, else the focus; far, the part shown.
func (m *Model) sideways(by int, far bool) {
	c := m.activeCharts()
	switch {
	case !math.IsNaN(m.look.Cursor):
		c.MoveCursor(by, far)
	case far:
		c.PanX(0.25 * float64(by))
	default:
		c.Step(by)
	}
}

func (m *Model) toggleLogX() {
	m.look.LogX = !m.look.LogX
	m.look.Reset()
}

// escapeCharts takes one thing away at a time.
func (m *Model) escapeCharts() {
	c := m.activeCharts()
	switch {
	case !math.IsNaN(m.look.Cursor):
		m.look.Cursor = math.NaN()
	case c.Single:
		c.Single = false
	case c.Changed():
		c.Reset()
	case c.Filter != "":
		c.Filter = ""
	default:
		m.show(runsView)
	}
}

// toLog jumps from the cursor's step to the log.
func (m *Model) toLog() {
	step, ok := m.activeCharts().CursorStep()
	m.show(logView)
	if ok {
		m.tell()
		m.log.LookAt(step)
		m.jumpTo = step
		m.jumping = true
	}
}

// toStep jumps from the log to the charts.
func (m *Model) toStep() {
	step, ok := m.log.Step()
	if !ok {
		m.say("this line does not say its step", true)
		return
	}
	m.show(chartsView)
	m.tell()
	m.charts.LookAt(step)
}

// find goes to a match of the log's search.
func (m *Model) find(by int) {
	if m.log.Search == "" {
		m.asking(searchLog)
		return
	}
	if !m.log.Find(by) {
		m.say(fmt.Sprintf("%q is not in the log", m.log.Search), true)
	}
}

// exported tells how an export went.
type exported struct {
	files []string
	err   error
}

// export writes the shown runs in the background.
func (m *Model) export(format export.Format) tea.Cmd {
	var runs []*runlog.Run
	var names []string
	for _, r := range m.shown() {
		runs, names = append(runs, r.Run), append(names, r.Name)
	}
	m.say("exporting "+strings.Join(names, ", ")+" …", false)
	return exportRuns(m.ctx, format, m.options.Export, runs)
}

func exportRuns(ctx context.Context, format export.Format, dir string, runs []*runlog.Run) tea.Cmd {
	return func() tea.Msg {
		result, err := export.Write(ctx, format, dir, runs)
		return exported{result.Files, err}
	}
}

func (m *Model) tellExported(e exported) {
	switch {
	case e.err != nil:
		m.say("not exported: "+e.err.Error(), true)
	case len(e.files) == 1:
		m.say("written: "+e.files[0], false)
	default:
		m.say(fmt.Sprintf("written: %d files in %s", len(e.files), filepath.Dir(filepath.Dir(e.files[0]))), false)
	}
}

// click acts on a cell of the screen.
func (m *Model) click(x, y int, a areas) {
	switch {
	case a.header.Holds(x, y):
		for _, t := range m.tabs(a.header.W) {
			if x >= t.x && x < t.x+t.w {
				m.show(t.view)
			}
		}
	case a.side.Holds(x, y):
		if r := m.runs.At(y - a.side.Y); r != nil {
			m.runs.Select(r.Dir)
		}
	case !a.main.Holds(x, y):
	case m.view == runsView:
		if r := m.runs.At(y - a.main.Y); r != nil {
			m.runs.Select(r.Dir)
		}
	case m.view == logView:
		m.log.Click(y - a.main.Y)
	default:
		m.clickChart(x-a.main.X, y-a.main.Y)
	}
}

// clickChart focuses the chart under the pointer and puts the cursor there.
func (m *Model) clickChart(x, y int) {
	c := m.activeCharts()
	metric, place := c.At(x, y)
	if metric == "" || m.view == picturesView {
		return
	}
	if metric == c.Focused() || m.view == compareView {
		m.look.Cursor = place
	}
	c.Focus = metric
}

// wheel scrolls lists and zooms charts around the pointer.
func (m *Model) wheel(x, y, by int, a areas) {
	if a.side.Holds(x, y) || m.view == runsView {
		m.runs.Move(by)
		return
	}
	switch m.view {
	case logView:
		m.log.Move(3 * by)
	case picturesView:
		m.pictures.Scrub(by)
	default:
		m.wheelChart(x-a.main.X, y-a.main.Y, by)
	}
}

func (m *Model) wheelChart(x, y, by int) {
	c := m.activeCharts()
	metric, place := c.At(x, y)
	if metric == "" {
		m.compare.Scroll(by)
		return
	}
	cursor := m.look.Cursor
	m.look.Cursor = place
	c.ZoomX(math.Pow(1.3, float64(by)))
	m.look.Cursor = cursor
}

// dragTo pans the charts with the pointer.
func (m *Model) dragTo(x int, a areas) {
	if m.drag >= 0 && m.view != logView && m.view != runsView && m.view != picturesView {
		m.activeCharts().PanX(float64(m.drag-x) / float64(max(1, a.main.W/2)))
	}
	m.drag = x
}
