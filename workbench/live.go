package workbench

import (
	"fmt"
	"html"
	"os"
	"slices"
	"time"

	"clipbench/workbench/plot"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// Live is the Progress of a notebook: a bar and the curves so far, drawn anew in their place while training goes on.
type Live struct {
	bar  func(markup, text string) // replaces the bar; text is for readers that show no HTML
	draw func(plot.Curves)         // replaces the curves
	say  func(text string)
	now  func() time.Time

	curves   map[string]*plot.Series // by metric
	stride   int                     // steps from one kept loss to the next
	moment   Moment
	undrawn  bool // there is something new for the curves
	nextBar  time.Time
	nextDraw time.Time
}

// How often a notebook is drawn anew: as fast as a person sees it move, and the curves no oftener than they are worth.
const (
	liveBarEvery  = 250 * time.Millisecond
	liveDrawEvery = time.Second
	liveDrawShare = 30 // at most one part in so many of the time goes into drawing curves
	// liveLosses bounds what is kept of the loss: the picture is narrower than this.
	liveLosses = 4096
)

// NewLive returns a display in the cell that runs this program.
func NewLive() *Live {
	bar, curves := gonbui.UniqueId(), gonbui.UniqueId()
	return newLive(time.Now, func(markup, text string) {
		gonbui.SendData(&protocol.DisplayData{DisplayID: bar, Data: map[protocol.MIMEType]any{
			protocol.MIMETextHTML: markup, protocol.MIMETextPlain: text,
		}})
		gonbui.Sync()
	}, func(c plot.Curves) {
		c.Display = curves
		if err := c.Show(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}, func(text string) { fmt.Println(text) })
}

func newLive(now func() time.Time, bar func(markup, text string), draw func(plot.Curves), say func(string)) *Live {
	return &Live{now: now, bar: bar, draw: draw, say: say, curves: map[string]*plot.Series{}, stride: 1}
}

// Step takes the loss of a step, and draws what is due.
func (l *Live) Step(m Moment) {
	l.moment = m
	if m.Step%l.stride == 0 {
		l.add("loss", m.Step, m.Loss)
	}
	now := l.now()
	if !now.Before(l.nextBar) {
		l.drawBar()
		l.nextBar = l.now().Add(liveBarEvery)
	}
	if !now.Before(l.nextDraw) {
		l.drawCurves()
		took := l.now().Sub(now)
		l.nextDraw = now.Add(max(liveDrawEvery, liveDrawShare*took))
	}
}

// liveMetrics are the metrics that are drawn beside the loss of every step, in the order of their panels.
var liveMetrics = []struct{ name, series, panel string }{
	{"loss", "training", "loss (nats)"},
	{"val_loss", "validation", "loss (nats)"},
	{"val_top1", "validation", "zero-shot top-1"},
}

// Metrics takes the validation's results; the loss it has of every step.
func (l *Live) Metrics(step int, values map[string]float64) {
	for _, m := range liveMetrics[1:] {
		if v, ok := values[m.name]; ok {
			l.add(m.name, step, v)
		}
	}
}

// Say writes a line under what is drawn.
func (l *Live) Say(text string) { l.say(text) }

// Close draws the last state.
func (l *Live) Close() {
	if l.moment.Step == 0 {
		return
	}
	if m := l.moment; m.Step%l.stride != 0 {
		l.add("loss", m.Step, m.Loss)
	}
	l.drawBar()
	if l.undrawn {
		l.drawCurves()
	}
}

// add keeps a value; of too many losses, every other one.
func (l *Live) add(metric string, step int, value float64) {
	s := l.curves[metric]
	if s == nil {
		s = &plot.Series{}
		l.curves[metric] = s
	}
	s.X, s.Y = append(s.X, float64(step)), append(s.Y, value)
	l.undrawn = true
	if metric != "loss" || len(s.X) < liveLosses {
		return
	}
	l.stride *= 2
	s.X, s.Y = everyOther(s.X), everyOther(s.Y)
}

func everyOther(values []float64) []float64 {
	kept := values[:0]
	for i := 1; i < len(values); i += 2 {
		kept = append(kept, values[i])
	}
	return kept
}

func (l *Live) drawBar() {
	share := 100 * float64(l.moment.Step) / float64(max(1, l.moment.Total))
	text := l.moment.String()
	l.bar(fmt.Sprintf(`<div style="font-family:monospace;white-space:pre;max-width:640px">`+
		`<div style="height:6px;border-radius:3px;background:#8884"><div style="height:6px;border-radius:3px;background:#0072b2;width:%.1f%%"></div></div>%s</div>`,
		share, html.EscapeString(text)), text)
}

func (l *Live) drawCurves() {
	l.undrawn = false
	c := plot.Curves{Title: l.moment.Run}
	for _, m := range liveMetrics {
		s := l.curves[m.name]
		if s == nil {
			continue
		}
		i := slices.IndexFunc(c.Panels, func(p plot.Panel) bool { return p.Title == m.panel })
		if i < 0 {
			i = len(c.Panels)
			c.Panels = append(c.Panels, plot.Panel{Title: m.panel})
		}
		c.Panels[i].Series = append(c.Panels[i].Series, plot.Series{Name: m.series, X: slices.Clone(s.X), Y: slices.Clone(s.Y)})
	}
	l.draw(c)
}
