package tui

import (
	"fmt"
	"strings"

	"clipbench/tui/pane"
)

// view is what the main part of the screen shows.
type view int

const (
	runsView view = iota
	chartsView
	picturesView
	compareView
	systemView
	logView
	views
)

// String is the view's name on its tab.
func (v view) String() string {
	return []string{"Runs", "Charts", "Pictures", "Compare", "System", "Log"}[v]
}

// parseView reads a view's name, in any case.
func parseView(name string) (view, error) {
	for v := range views {
		if strings.EqualFold(name, v.String()) {
			return v, nil
		}
	}
	return runsView, fmt.Errorf("%q is no view; use runs, charts, pictures, compare, system or log", name)
}

// curves reports that the view draws several runs together.
func (v view) curves() bool { return v == chartsView || v == compareView || v == systemView }

// The least sizes at which a part is worth its room.
const (
	sideFrom   = 110 // columns of the screen, for the list of runs beside another view
	detailFrom = 12  // lines below the table of runs, for the detail of the one under the cursor
	factsFrom  = 90  // columns of the detail, for its facts beside its charts
)

// areas are the parts of the screen; an empty one is not shown.
type areas struct {
	header, legend, side, main, facts, detail, notice, footer pane.Area
}

// layout parts a screen of w by h cells. rows is how many lines the table of runs has, notice whether there is a line
// of warning, runs how many are drawn together. The parts do not overlap.
func layout(w, h int, v view, rows, runs int, notice bool) areas {
	var a areas
	if w <= 0 || h <= 0 {
		return a
	}
	top, bottom := 0, h
	if h >= 3 {
		a.header = pane.Area{X: 0, Y: 0, W: w, H: 1}
		top = 1
		if h >= 20 { // a line of air under the header
			top = 2
		}
	}
	if h >= 2 {
		bottom--
		a.footer = pane.Area{X: 0, Y: bottom, W: w, H: 1}
	}
	if notice && h >= 6 {
		bottom--
		a.notice = pane.Area{X: 0, Y: bottom, W: w, H: 1}
	}
	a.main = pane.Area{X: 0, Y: top, W: w, H: bottom - top}
	switch {
	case v == runsView:
		a.splitRuns(rows)
	case v != compareView && w >= sideFrom:
		side := min(40, max(26, w/6))
		a.side = pane.Area{X: 0, Y: top, W: side, H: bottom - top}
		a.main = pane.Area{X: side + 1, Y: top, W: w - side - 1, H: bottom - top}
	case v.curves() && runs > 1 && h >= 12: // without the list, a line says whose the colours are
		a.legend = pane.Area{X: 0, Y: top, W: w, H: 1}
		a.main.Y, a.main.H = a.main.Y+1, a.main.H-1
	}
	return a
}

// splitRuns puts the detail of the run under the cursor below the table, which has at most half of the room.
func (a *areas) splitRuns(rows int) {
	m := a.main
	table := min(rows+2, max(m.H/2, 4))
	if m.H-table < detailFrom {
		return
	}
	below := pane.Area{X: 0, Y: m.Y + table, W: m.W, H: m.H - table}
	a.main.H = table
	if m.W < factsFrom {
		a.detail = below
		return
	}
	facts := min(64, m.W*2/5)
	a.facts = pane.Area{X: 0, Y: below.Y, W: facts, H: below.H}
	a.detail = pane.Area{X: facts + 1, Y: below.Y, W: m.W - facts - 1, H: below.H}
}

// alone gives everything between header and footer to one part.
func (a areas) alone(w int) areas {
	last := a.main.Y + a.main.H
	for _, part := range a.all() {
		if part != a.notice && part != a.footer {
			last = max(last, part.Y+part.H)
		}
	}
	top := a.main.Y - a.legend.H
	return areas{header: a.header, main: pane.Area{X: 0, Y: top, W: w, H: last - top}, notice: a.notice, footer: a.footer}
}

// all are the parts in the order that pane.Compose wants.
func (a areas) all() []pane.Area {
	return []pane.Area{a.header, a.legend, a.side, a.main, a.facts, a.detail, a.notice, a.footer}
}
