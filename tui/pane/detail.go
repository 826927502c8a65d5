package pane

import (
	"fmt"
	"strings"
	"time"

	"clipbench/tui/canvas"
	"clipbench/tui/chart"
	"clipbench/tui/live"
	"clipbench/tui/theme"
)

// Detail tells everything of one run that is no curve.
type Detail struct {
	Theme *theme.Theme
	Run   *live.Run
	Now   time.Time
}

// fact is a line of the detail.
type fact struct {
	name, text string
	style      canvas.Style
}

// Draw draws the facts, the most needed first.
func (p *Detail) Draw(a Area) string {
	c := canvas.New(a.W, a.H)
	if p.Run == nil {
		return c.String()
	}
	y := 0
	for _, f := range p.facts() {
		c.Text(2, y, 9, f.name, p.Theme.Faint)
		for _, line := range wrap(f.text, a.W-13, 3) {
			if y >= a.H {
				return c.String()
			}
			c.Text(12, y, a.W-13, line, f.style)
			y++
		}
	}
	return c.String()
}

func (p *Detail) facts() []fact {
	r, t := p.Run, p.Theme
	o := &r.Overview
	out := []fact{{"state", p.stateText(), t.State(r.State)}}
	add := func(name, text string) {
		if strings.TrimSpace(text) != "" {
			out = append(out, fact{name, text, t.Text})
		}
	}
	for _, notice := range r.Notices() {
		out = append(out, fact{"notice", notice, t.Warn})
	}
	add("said", o.Message)
	if o.Loss != nil {
		add("loss", fmt.Sprintf("%s (%s)", chart.Value(float64(o.Loss.Value)), o.Loss.Metric))
	}
	if o.Best != nil {
		add("best", fmt.Sprintf("%s at step %s (%s)", chart.Value(float64(o.Best.Value)), chart.Count(o.Best.Step), o.Best.Metric))
	}
	if o.StepsPerS > 0 {
		add("speed", fmt.Sprintf("%s steps/s, %s pairs/s", chart.Short(o.StepsPerS), chart.Short(o.PairsPerS)))
	}
	if o.Wait != nil {
		add("waiting", Percent(float64(o.Wait.Value))+" of the time, on data")
	}
	if !o.Created.IsZero() {
		add("begun", o.Created.Local().Format("2 Jan 2006 15:04")+", "+Age(p.Now.Sub(o.Created))+" ago")
	}
	for _, again := range r.Info.Resumed {
		add("resumed", fmt.Sprintf("at step %s, %s", chart.Count(again.Step), again.Time.Local().Format("2 Jan 15:04")))
	}
	add("host", fmt.Sprintf("%s, process %d", r.Info.Host, r.Info.PID))
	add("backend", r.Info.Backend)
	add("commit", r.Info.Commit)
	add("tags", strings.Join(r.Info.Tags, ", "))
	add("command", strings.Join(r.Info.Command, " "))
	add("id", o.ID)
	return out
}

// stateText says how the run is and how it is known.
func (p *Detail) stateText() string {
	r := p.Run
	text := string(r.State)
	if len(r.Overview.Flags) > 0 {
		text += ", loss " + FlagText(r.Overview.Flags)
	}
	if r.Gone {
		return text + "; its folder is gone"
	}
	switch {
	case r.Status.Checked.IsZero():
	case r.State.Ended():
		text += " " + Age(p.Now.Sub(r.Status.Checked)) + " ago"
	default:
		text += ", checked in " + Age(p.Now.Sub(r.Status.Checked)) + " ago"
	}
	return text
}

// wrap breaks text at blanks into lines of w cells, at most n of them.
func wrap(text string, w, n int) []string {
	if w < 4 {
		return []string{canvas.Fit(text, w)}
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case canvas.Width(line)+1+canvas.Width(word) <= w:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	lines = append(lines, line)
	if len(lines) > n {
		lines = append(lines[:n-1], strings.Join(lines[n-1:], " "))
	}
	return lines
}
