package tui

import (
	"context"
	"image"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"clipbench/tui/live"
	"clipbench/tui/pane"
	"clipbench/tui/picture"
	"clipbench/tui/theme"
)

// Model is the whole dashboard. Its panes are told what to show before they draw.
type Model struct {
	options Options
	theme   theme.Theme
	store   *live.Store
	ctx     context.Context

	width, height int
	view          view
	showHelp      bool
	prompt        prompt
	message       string // shown in the footer for a while
	messageBad    bool
	messageUntil  time.Time

	runs     pane.Runs
	charts   pane.Charts // of the charts view
	system   pane.Charts // of the system view
	preview  pane.Charts // below the table of runs
	compare  pane.Compare
	pictures pane.Pictures
	log      pane.Log
	detail   pane.Detail
	help     pane.Help
	look     *pane.Look

	keys     []binding
	mouse    bool
	drag     int // the column where a drag began; -1 for none
	terminal terminal
	acts     int   // see stamp
	told     stamp // when the panes were told what to show
	framed   stamp // when the frame was drawn
	frame    string
	jumping  bool // to the line of the log at step jumpTo, once it has been read
	jumpTo   int
}

// terminal is what was found out about it.
type terminal struct {
	protocol picture.Protocol
	cell     image.Point // a character in pixels; zero if unknown
	tmux     bool
	sent     string // what picture it was given
	shown    string // and where one lies that the text does not know of
}

// newModel is a dashboard over the runs below root.
func newModel(ctx context.Context, root string, o Options) *Model {
	m := &Model{options: o, ctx: ctx, store: live.NewStore(ctx, root, o.clock), look: pane.NewLook(), mouse: o.Mouse, drag: -1}
	m.theme = theme.New(o.mode())
	m.runs = pane.Runs{Theme: &m.theme, Store: m.store, SortBy: ageColumn()}
	charts := pane.Charts{Theme: &m.theme, Tint: m.runs.Tint, Look: m.look, Wanted: notSystem}
	m.charts, m.system, m.preview = charts, charts, charts
	m.system.Wanted = isSystem
	m.preview.Quiet, m.preview.Look = true, pane.NewLook()
	shared := charts
	m.compare = pane.Compare{Theme: &m.theme, Tint: m.runs.Tint, Charts: &shared}
	m.compare.Charts.Wanted = func(string) bool { return true }
	m.pictures = pane.Pictures{Theme: &m.theme, Column: 0}
	m.log = pane.Log{Theme: &m.theme}
	m.detail = pane.Detail{Theme: &m.theme}
	m.keys = keyMap()
	m.help = pane.Help{Theme: &m.theme, Groups: helpGroups(m.keys)}
	if o.Run != "" {
		m.runs.Select(filepath.Join(root, o.Run))
		m.view = chartsView
	}
	if o.View != "" {
		m.view, _ = parseView(o.View) // checked by settled
	}
	m.terminal.protocol, _ = picture.ParseProtocol(o.Images) // auto is blocks until the terminal says more
	return m
}

// ageColumn is the column that the table is sorted by at first: the newest run on top.
func ageColumn() int {
	for i, title := range pane.Columns() {
		if title == "AGE" {
			return i
		}
	}
	return 0
}

func isSystem(metric string) bool  { return strings.HasPrefix(metric, "sys/") }
func notSystem(metric string) bool { return !isSystem(metric) }

// tickMsg asks for another look at the disk.
type tickMsg time.Time

// tickPeriod is how often the clock asks; a new step is on the screen within the period of reading and this.
const tickPeriod = 60 * time.Millisecond

func tick() tea.Cmd {
	return tea.Tick(tickPeriod, func(t time.Time) tea.Msg { return tickMsg(t) })
}

// Init begins the clock and asks the terminal what it can do.
func (m *Model) Init() tea.Cmd { return tea.Batch(tick(), m.jobs(), m.ask()) }

// shown are the runs on the screen, and those whose history is therefore read.
func (m *Model) shown() []*live.Run { return m.runs.Shown() }

// jobs are the reads that are due, as commands.
func (m *Model) jobs() tea.Cmd {
	jobs := m.store.Jobs(m.shown())
	if r := m.runs.Selected(); r != nil {
		if m.view == logView {
			jobs = append(jobs, m.store.LogJob(r))
		}
		if m.view == picturesView {
			jobs = append(jobs, m.pictureJobs(r)...)
		}
	}
	var commands []tea.Cmd
	for _, job := range jobs {
		if job != nil {
			commands = append(commands, func() tea.Msg { return job() })
		}
	}
	return tea.Batch(commands...)
}

// pictureJobs list the run's media and read what is to be shown.
func (m *Model) pictureJobs(r *live.Run) []live.Job {
	m.pictures.Run = r
	jobs := []live.Job{m.store.MediaJob(r)}
	if name, step, ok := m.pictures.Current(); ok {
		if shot := r.Shot(step, name); shot != nil && shot.Err != nil && jobs[0] != nil {
			r.Retry() // it may have been half written
		}
		jobs = append(jobs, m.store.ShotJob(r, step, name))
	}
	return jobs
}

// say puts a message into the footer for a while.
func (m *Model) say(text string, bad bool) {
	m.message, m.messageBad = text, bad
	m.messageUntil = m.options.clock().Add(6 * time.Second)
}

// activeCharts are those that keys act on.
func (m *Model) activeCharts() *pane.Charts {
	switch m.view {
	case systemView:
		return &m.system
	case compareView:
		return m.compare.Charts
	}
	return &m.charts
}

// tell gives every pane what it needs to draw.
func (m *Model) tell() {
	now := m.options.clock()
	shown := m.shown()
	var selected *live.Run
	if len(shown) > 0 {
		selected = shown[len(shown)-1]
	}
	m.runs.Now, m.detail.Now = now, now
	m.detail.Run, m.log.Run, m.pictures.Run = selected, selected, selected
	m.pictures.Protocol = m.terminal.protocol
	m.charts.Runs, m.system.Runs, m.compare.Charts.Runs = shown, shown, shown
	m.compare.Runs = slices.Clone(shown)
	slices.Reverse(m.compare.Runs) // the selected one first, as everywhere
	m.preview.Runs = shown
	m.preview.Look.Cursor = math.NaN()
	m.preview.Wanted = m.previewed(selected)
}

// previewed are the few metrics below the table of runs: what the list has, and the most telling of the rest.
func (m *Model) previewed(r *live.Run) func(string) bool {
	if r == nil {
		return notSystem
	}
	keep := map[string]bool{}
	if r.Overview.Loss != nil {
		keep[r.Overview.Loss.Metric] = true
	}
	if r.Overview.Best != nil {
		keep[r.Overview.Best.Metric] = true
	}
	detail := m.areas().detail
	room := max(4, detail.W/50*(detail.H/12))
	names, group := m.charts.Names(), ""
	for _, name := range names { // and the first of every group
		if g := pane.GroupOf(name); g != group && len(keep) < room {
			keep[name], group = true, g
		}
	}
	for _, name := range names[:min(len(names), room)] { // and what else a large screen has room for
		if len(keep) < room && room > 4 {
			keep[name] = true
		}
	}
	return func(metric string) bool { return keep[metric] }
}
