package pane

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"clipbench/tui/canvas"
	"clipbench/tui/chart"
	"clipbench/tui/live"
	"clipbench/tui/theme"
	"clipbench/workbench/runlog"
)

// Charts is a grid of line charts, one for every metric of the runs shown.
type Charts struct {
	Theme  *theme.Theme
	Runs   []*live.Run // the last lies on top
	Tint   func(*live.Run) int
	Look   *Look
	Wanted func(metric string) bool
	Filter string
	Focus  string // the metric that has the focus
	Single bool   // only the focused chart, as large as can be
	Quiet  bool   // no focus mark: a preview

	logY   map[string]bool
	yViews map[string]runlog.Range
	smooth map[string]*smoothed // by run and metric
	drawn  map[string]drawn     // by metric
	areas  []Area               // of the last drawing, by index of shown
	shown  []string
}

// smoothed is a smoothed series and what it was made from.
type smoothed struct {
	chart.Smoothed
	source *runlog.Column
	cuts   int
}

// Names are the metrics to be drawn.
func (p *Charts) Names() []string {
	filter := strings.ToLower(p.Filter)
	return metricsOf(p.Runs, func(name string) bool {
		return p.Wanted(name) && strings.Contains(strings.ToLower(name), filter)
	})
}

// focus is the index of the focused metric.
func (p *Charts) focus(names []string) int {
	if i := slices.Index(names, p.Focus); i >= 0 {
		return i
	}
	return 0
}

// Focused is the metric that has the focus, "" if there is none.
func (p *Charts) Focused() string {
	names := p.Names()
	if len(names) == 0 {
		return ""
	}
	return names[p.focus(names)]
}

// Step moves the focus by some charts.
func (p *Charts) Step(by int) {
	names := p.Names()
	if len(names) > 0 {
		p.Focus = names[min(max(0, p.focus(names)+by), len(names)-1)]
	}
}

// Page moves the focus by pages.
func (p *Charts) Page(by int) { p.Step(by * max(1, len(p.shown))) }

// NextGroup moves the focus to the first chart of the next group.
func (p *Charts) NextGroup() {
	names := p.Names()
	at := p.focus(names)
	for i := 1; i < len(names); i++ {
		if k := (at + i) % len(names); GroupOf(names[k]) != GroupOf(names[at]) && (k == 0 || GroupOf(names[k-1]) != GroupOf(names[k])) {
			p.Focus = names[k]
			return
		}
	}
}

// Row moves the focus a row up or down, to the chart that lies there.
func (p *Charts) Row(by int) {
	at := slices.Index(p.shown, p.Focused())
	if at < 0 {
		return
	}
	from := p.areas[at]
	best, distance := -1, math.MaxInt
	for i, a := range p.areas {
		below := (a.Y - from.Y) * by
		if below <= 0 {
			continue
		}
		if d := below*1000 + abs(a.X+a.W/2-from.X-from.W/2); d < distance {
			best, distance = i, d
		}
	}
	if best >= 0 {
		p.Focus = p.shown[best]
		return
	}
	p.Step(by * len(p.shown))
}

func abs(n int) int { return max(n, -n) }

// ToggleLogY changes the focused chart's vertical axis.
func (p *Charts) ToggleLogY() {
	if p.logY == nil {
		p.logY = map[string]bool{}
	}
	name := p.Focused()
	p.logY[name] = !p.logY[name]
	delete(p.yViews, name)
}

// Draw draws the page that has the focus.
func (p *Charts) Draw(a Area) string {
	c := canvas.New(a.W, a.H)
	p.areas, p.shown = nil, nil
	names := p.Names()
	if len(names) == 0 {
		for i, line := range p.none() {
			c.Text(2, 1+i, a.W-3, line, p.Theme.Faint)
		}
		return c.String()
	}
	at := p.focus(names)
	var sections []section
	if p.Single {
		p.areas, p.shown = []Area{{0, 0, a.W, a.H}}, names[at:at+1]
	} else {
		p.areas, p.shown, sections = p.lay(names, at, a)
	}
	for _, s := range sections {
		rule(c, p.Theme, 0, s.y, a.W-1, s.name, p.Theme.Faint)
	}
	for i, area := range p.areas {
		p.drawChart(c, p.shown[i], area)
	}
	return c.String()
}

// lay finds the page of the focused chart.
func (p *Charts) lay(names []string, at int, a Area) ([]Area, []string, []section) {
	groups := make([]string, len(names))
	for i, name := range names {
		groups[i] = GroupOf(name)
	}
	_, _, page := grid(groups, a.W, a.H, 0)
	if page == 0 {
		return nil, nil, nil
	}
	first := at / page * page
	areas, sections, _ := grid(groups, a.W, a.H, first)
	return areas, names[first : first+len(areas)], sections
}

// Position tells the page of how many, "" if there is one.
func (p *Charts) Position() string {
	names := p.Names()
	if p.Single && len(names) > 1 {
		return fmt.Sprintf("chart %d of %d", p.focus(names)+1, len(names))
	}
	if len(p.shown) == 0 || len(p.shown) >= len(names) {
		return ""
	}
	first := slices.Index(names, p.shown[0])
	return fmt.Sprintf("charts %d–%d of %d", first+1, first+len(p.shown), len(names))
}

// none says why there is nothing to draw.
func (p *Charts) none() []string {
	if len(p.Runs) == 0 {
		return []string{"no run is selected"}
	}
	r := p.Runs[len(p.Runs)-1]
	switch {
	case r.Trouble != nil:
		return []string{r.Trouble.Error()}
	case !r.Complete:
		return []string{"reading " + r.Name + " …"}
	case p.Filter != "":
		return []string{fmt.Sprintf("no metric of %s has %q in its name", r.Name, p.Filter)}
	case p.Wanted != nil && !p.Wanted("loss"):
		return []string{r.Name + " has recorded nothing of its machine yet", "a run writes it as metrics named sys/cpu, sys/mem, sys/gpu …"}
	}
	return []string{r.Name + " has written no metrics yet"}
}
