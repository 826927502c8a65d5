package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"clipbench/tui/pane"
)

// binding is a key, where it works, what it does and how the help says so. The help and the hints in the footer are
// made from these and from nothing else.
type binding struct {
	keys  []string // as Bubble Tea names them; the first ones are shown
	names string   // how the help shows the keys, if not as they are
	views []view   // nil for all
	group string
	does  string
	hint  string // for the footer; "" for none
	act   func(m *Model) tea.Cmd
}

// works reports whether the binding is one of a view.
func (b *binding) works(v view) bool { return b.views == nil || slices.Contains(b.views, v) }

// shown is how the help names the keys.
func (b *binding) shown() string {
	if b.names != "" {
		return b.names
	}
	return strings.Join(b.keys, " ")
}

// do makes an action of what needs no command.
func do(f func(m *Model)) func(m *Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		f(m)
		return nil
	}
}

var (
	inRuns     = []view{runsView}
	inCharts   = []view{chartsView, systemView}
	inCurves   = []view{chartsView, systemView, compareView}
	inCompare  = []view{compareView}
	inPictures = []view{picturesView}
	inLog      = []view{logView}
)

// keyMap is every key there is.
func keyMap() []binding {
	return slices.Concat(everywhereKeys(), runsKeys(), chartKeys(), zoomKeys(), pictureKeys(), compareKeys(), logKeys())
}

func everywhereKeys() []binding {
	const group = "Everywhere"
	keys := []binding{
		{keys: []string{"tab"}, group: group, does: "next view", act: do(func(m *Model) { m.show((m.view + 1) % views) })},
		{keys: []string{"shift+tab"}, group: group, does: "view before", act: do(func(m *Model) { m.show((m.view + views - 1) % views) })},
	}
	for v := range views {
		keys = append(keys, binding{keys: []string{string(rune('1' + v))}, act: do(func(m *Model) { m.show(v) })})
	}
	keys = append(keys, binding{keys: []string{"1"}, names: "1 to " + string(rune('0'+views)), group: group, does: "the views named above"})
	return append(keys,
		binding{keys: []string{"]", "["}, group: group, does: "next run, run before", act: nil},
		binding{keys: []string{"]"}, act: do(func(m *Model) { m.runs.Move(1) })},
		binding{keys: []string{"["}, act: do(func(m *Model) { m.runs.Move(-1) })},
		binding{keys: []string{"space"}, group: group, does: "pin the run, to draw it with others", hint: "pin", act: do((*Model).pin)},
		binding{keys: []string{"u"}, group: group, does: "unpin all runs", act: do(func(m *Model) { m.runs.Unpin() })},
		binding{keys: []string{"e"}, group: group, does: "export the runs shown", hint: "export", act: do((*Model).askExport)},
		binding{keys: []string{"m"}, group: group, does: "mouse on or off", act: do((*Model).toggleMouse)},
		binding{keys: []string{"ctrl+l"}, group: group, does: "draw the screen anew", act: func(*Model) tea.Cmd { return tea.ClearScreen }},
		binding{keys: []string{"?"}, group: group, does: "this help", hint: "help", act: do(func(m *Model) { m.showHelp = true })},
		binding{keys: []string{"ctrl+z"}, group: group, does: "suspend", act: func(*Model) tea.Cmd { return tea.Suspend }},
		binding{keys: []string{"q", "ctrl+c"}, group: group, does: "quit; the runs go on", hint: "quit", act: func(*Model) tea.Cmd { return tea.Quit }},
	)
}

func runsKeys() []binding {
	const group = "Runs"
	return []binding{
		{keys: []string{"down", "up"}, names: "↑ ↓ j k", views: inRuns, group: group, does: "choose a run", act: nil},
		{keys: []string{"down", "j"}, views: inRuns, act: do(func(m *Model) { m.runs.Move(1) })},
		{keys: []string{"up", "k"}, views: inRuns, act: do(func(m *Model) { m.runs.Move(-1) })},
		{keys: []string{"pgdown"}, views: inRuns, act: do(func(m *Model) { m.runs.Move(10) })},
		{keys: []string{"pgup"}, views: inRuns, act: do(func(m *Model) { m.runs.Move(-10) })},
		{keys: []string{"home", "g"}, names: "g G", views: inRuns, group: group, does: "first run, last run", act: do(func(m *Model) { m.runs.Move(-1 << 30) })},
		{keys: []string{"end", "G"}, views: inRuns, act: do(func(m *Model) { m.runs.Move(1 << 30) })},
		{keys: []string{"enter"}, views: inRuns, group: group, does: "its charts", hint: "charts", act: do(func(m *Model) { m.show(chartsView) })},
		{keys: []string{"/"}, views: inRuns, group: group, does: "filter; see Queries", hint: "filter", act: do(func(m *Model) { m.asking(filterRuns) })},
		{keys: []string{"s"}, views: inRuns, group: group, does: "sort by the next column", hint: "sort", act: do(func(m *Model) { m.runs.SortNext() })},
		{keys: []string{"S"}, views: inRuns, group: group, does: "sort the other way", act: do(func(m *Model) { m.runs.Reverse = !m.runs.Reverse })},
		{keys: []string{"esc"}, views: inRuns, group: group, does: "take the filter away", act: do(func(m *Model) { m.runs.SetFilter("") })},
	}
}

func chartKeys() []binding {
	const group = "Charts"
	move := func(f func(c *pane.Charts)) func(m *Model) tea.Cmd { return do(func(m *Model) { f(m.activeCharts()) }) }
	return []binding{
		{keys: []string{"left"}, names: "← ↓ ↑ → h j k l", views: inCharts, group: group, does: "choose a chart, or move the cursor", act: nil},
		{keys: []string{"left", "h"}, views: inCurves, act: do(func(m *Model) { m.sideways(-1, false) })},
		{keys: []string{"right", "l"}, views: inCurves, act: do(func(m *Model) { m.sideways(1, false) })},
		{keys: []string{"down", "j"}, views: inCharts, act: move(func(c *pane.Charts) { c.Row(1) })},
		{keys: []string{"up", "k"}, views: inCharts, act: move(func(c *pane.Charts) { c.Row(-1) })},
		{keys: []string{"pgdown"}, names: "pgup pgdn", views: inCharts, group: group, does: "page before, next page", act: move(func(c *pane.Charts) { c.Page(1) })},
		{keys: []string{"pgup"}, views: inCharts, act: move(func(c *pane.Charts) { c.Page(-1) })},
		{keys: []string{"g"}, views: inCurves, group: group, does: "next group", act: move((*pane.Charts).NextGroup)},
		{keys: []string{"enter"}, views: inCharts, group: group, does: "one chart alone, or all", hint: "one", act: move(func(c *pane.Charts) { c.Single = !c.Single })},
		{keys: []string{"/"}, views: inCurves, group: group, does: "only metrics of such a name", act: do(func(m *Model) { m.asking(filterCharts) })},
		{keys: []string{"x"}, views: inCurves, group: group, does: "by step, samples, epoch or time", hint: "axis", act: do(func(m *Model) { m.look.SetAxis(m.look.Axis.Next()) })},
		{keys: []string{"X"}, views: inCurves, group: group, does: "logarithmic axis along", act: do((*Model).toggleLogX)},
		{keys: []string{"y"}, views: inCurves, group: group, does: "logarithmic values of this chart", hint: "log", act: move((*pane.Charts).ToggleLogY)},
		{keys: []string{"s"}, views: inCurves, group: group, does: "smooth more", hint: "smooth", act: do(func(m *Model) { m.look.Smoother(1) })},
		{keys: []string{"S"}, views: inCurves, group: group, does: "smooth less", act: do(func(m *Model) { m.look.Smoother(-1) })},
		{keys: []string{"esc"}, views: inCurves, group: group, does: "take away cursor, single chart, filter", act: do((*Model).escapeCharts)},
	}
}

func zoomKeys() []binding {
	const group = "Zoom and inspect"
	move := func(f func(c *pane.Charts)) func(m *Model) tea.Cmd { return do(func(m *Model) { f(m.activeCharts()) }) }
	return []binding{
		{keys: []string{"i"}, views: inCurves, group: group, does: "cursor: the values at a step", hint: "inspect", act: move((*pane.Charts).Inspect)},
		{keys: []string{"H"}, names: "H L", views: inCurves, group: group, does: "move the cursor far, or pan along", act: do(func(m *Model) { m.sideways(-1, true) })},
		{keys: []string{"L"}, views: inCurves, act: do(func(m *Model) { m.sideways(1, true) })},
		{keys: []string{"shift+left"}, names: "shift ← →", views: inCurves, group: group, does: "pan along", act: move(func(c *pane.Charts) { c.PanX(-0.25) })},
		{keys: []string{"shift+right"}, views: inCurves, act: move(func(c *pane.Charts) { c.PanX(0.25) })},
		{keys: []string{"+", "="}, names: "+ -", views: inCurves, group: group, does: "zoom along, at the cursor or the end", hint: "zoom", act: move(func(c *pane.Charts) { c.ZoomX(0.5) })},
		{keys: []string{"-", "_"}, views: inCurves, act: move(func(c *pane.Charts) { c.ZoomX(2) })},
		{keys: []string{">"}, names: "> <", views: inCurves, group: group, does: "zoom this chart's values", act: move(func(c *pane.Charts) { c.ZoomY(0.7) })},
		{keys: []string{"<"}, views: inCurves, act: move(func(c *pane.Charts) { c.ZoomY(1 / 0.7) })},
		{keys: []string{"J"}, names: "J K shift ↓ ↑", views: inCurves, group: group, does: "pan this chart's values", act: move(func(c *pane.Charts) { c.PanY(-0.2) })},
		{keys: []string{"shift+down"}, views: inCurves, act: move(func(c *pane.Charts) { c.PanY(-0.2) })},
		{keys: []string{"K", "shift+up"}, views: inCurves, act: move(func(c *pane.Charts) { c.PanY(0.2) })},
		{keys: []string{"0"}, views: inCurves, group: group, does: "show everything again", act: move((*pane.Charts).Reset)},
		{keys: []string{"o"}, views: inCurves, group: group, does: "the log at the cursor's step", act: do((*Model).toLog)},
	}
}

func pictureKeys() []binding {
	const group = "Pictures"
	move := func(f func(p *pane.Pictures)) func(m *Model) tea.Cmd { return do(func(m *Model) { f(&m.pictures) }) }
	return []binding{
		{keys: []string{","}, names: ", .", views: inPictures, group: group, does: "step before, next step", hint: "scrub", act: move(func(p *pane.Pictures) { p.Scrub(-1) })},
		{keys: []string{"."}, views: inPictures, act: move(func(p *pane.Pictures) { p.Scrub(1) })},
		{keys: []string{"home"}, names: "home end", views: inPictures, group: group, does: "first step, latest step", act: move(func(p *pane.Pictures) { p.Scrub(-1 << 30) })},
		{keys: []string{"end"}, views: inPictures, act: move(func(p *pane.Pictures) { p.Scrub(1 << 30) })},
		{keys: []string{"n"}, names: "n N", views: inPictures, group: group, does: "next picture, picture before", hint: "next", act: move(func(p *pane.Pictures) { p.Next(1) })},
		{keys: []string{"N"}, views: inPictures, act: move(func(p *pane.Pictures) { p.Next(-1) })},
		{keys: []string{"left"}, names: "← ↓ ↑ → h j k l", views: inPictures, group: group, does: "choose a cell of a matrix", act: nil},
		{keys: []string{"left", "h"}, views: inPictures, act: move(func(p *pane.Pictures) { p.MoveCell(0, -1) })},
		{keys: []string{"right", "l"}, views: inPictures, act: move(func(p *pane.Pictures) { p.MoveCell(0, 1) })},
		{keys: []string{"down", "j"}, views: inPictures, act: move(func(p *pane.Pictures) { p.MoveCell(1, 0) })},
		{keys: []string{"up", "k"}, views: inPictures, act: move(func(p *pane.Pictures) { p.MoveCell(-1, 0) })},
	}
}

func compareKeys() []binding {
	const group = "Compare"
	return []binding{
		{keys: []string{"n"}, names: "n N", views: inCompare, group: group, does: "next metric, metric before", hint: "metric", act: do(func(m *Model) { m.compare.Charts.Step(1) })},
		{keys: []string{"N"}, views: inCompare, act: do(func(m *Model) { m.compare.Charts.Step(-1) })},
		{keys: []string{"down"}, names: "↑ ↓ j k", views: inCompare, group: group, does: "scroll the tables", act: nil},
		{keys: []string{"down", "j"}, views: inCompare, act: do(func(m *Model) { m.compare.Scroll(1) })},
		{keys: []string{"up", "k"}, views: inCompare, act: do(func(m *Model) { m.compare.Scroll(-1) })},
		{keys: []string{"pgdown"}, views: inCompare, act: do(func(m *Model) { m.compare.Scroll(10) })},
		{keys: []string{"pgup"}, views: inCompare, act: do(func(m *Model) { m.compare.Scroll(-10) })},
	}
}

func logKeys() []binding {
	const group = "Log"
	move := func(f func(p *pane.Log)) func(m *Model) tea.Cmd { return do(func(m *Model) { f(&m.log) }) }
	return []binding{
		{keys: []string{"down"}, names: "↑ ↓ j k", views: inLog, group: group, does: "choose a line", act: nil},
		{keys: []string{"down", "j"}, views: inLog, act: move(func(p *pane.Log) { p.Move(1) })},
		{keys: []string{"up", "k"}, views: inLog, act: move(func(p *pane.Log) { p.Move(-1) })},
		{keys: []string{"pgdown"}, names: "pgup pgdn", views: inLog, group: group, does: "page before, next page", act: move(func(p *pane.Log) { p.Page(1) })},
		{keys: []string{"pgup"}, views: inLog, act: move(func(p *pane.Log) { p.Page(-1) })},
		{keys: []string{"home", "g"}, names: "g G", views: inLog, group: group, does: "first line, last line and follow", act: move(func(p *pane.Log) { p.Move(-1 << 30) })},
		{keys: []string{"end", "G"}, views: inLog, act: move(func(p *pane.Log) { p.Move(1 << 30) })},
		{keys: []string{"/"}, views: inLog, group: group, does: "search", hint: "search", act: do(func(m *Model) { m.asking(searchLog) })},
		{keys: []string{"n"}, names: "n N", views: inLog, group: group, does: "next match, match before", act: do(func(m *Model) { m.find(1) })},
		{keys: []string{"N"}, views: inLog, act: do(func(m *Model) { m.find(-1) })},
		{keys: []string{"v"}, views: inLog, group: group, does: "only warnings, only errors, all", hint: "level", act: move((*pane.Log).NextLevel)},
		{keys: []string{"enter"}, views: inLog, group: group, does: "the charts at the line's step", hint: "charts there", act: do((*Model).toStep)},
		{keys: []string{"esc"}, views: inLog, group: group, does: "no search; follow the end", act: do(func(m *Model) { m.log.Search = ""; m.log.Move(1 << 30) })},
	}
}

// helpGroups are the bindings as the help shows them, and the language of the filter.
func helpGroups(keys []binding) []pane.HelpGroup {
	var groups []pane.HelpGroup
	for _, b := range keys {
		if b.does == "" {
			continue
		}
		if n := len(groups); n == 0 || groups[n-1].Title != b.group {
			groups = append(groups, pane.HelpGroup{Title: b.group})
		}
		g := &groups[len(groups)-1]
		g.Keys = append(g.Keys, [2]string{b.shown(), b.does})
	}
	return append(groups, pane.HelpGroup{Title: "Queries", Keys: [][2]string{
		{"emoji *-warm", "a part of the name, or a pattern"},
		{"state:crash", "a field that has this in it"},
		{"loss<2 age>=2h", "a metric or field by number"},
		{"optim.lr=1e-3", "a configuration key or its end"},
		{"has:val/top1", "the run has such a field"},
		{"not or ( )", "to combine them"},
	}})
}
