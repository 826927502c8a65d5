package pane

import (
	"cmp"
	"math"
	"strings"
	"time"

	"clipbench/tui/canvas"
	"clipbench/tui/chart"
	"clipbench/tui/live"
	"clipbench/tui/theme"
	"clipbench/workbench/runlog"
)

// column is one of the table of runs: the lower its rank, the longer it stays when the screen becomes narrow.
type column struct {
	title string
	width int
	rank  int
	left  bool // aligned to the left
	cell  func(t *theme.Theme, r *live.Run, now time.Time) (string, canvas.Style)
	order func(a, b *live.Run) int // smallest first
}

// Columns are the titles of the table, in order; a sort is by one of them.
func Columns() []string {
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.title
	}
	return titles
}

var columns = []column{
	{"RUN", 12, 0, true, nil, func(a, b *live.Run) int { return strings.Compare(a.Name, b.Name) }},
	{"STATE", 15, 4, true, stateCell, func(a, b *live.Run) int { return strings.Compare(string(a.State), string(b.State)) }},
	{"STEP", 15, 1, false, stepCell, byNumber(func(r *live.Run) float64 { return float64(r.Overview.Step) })},
	{"ETA", 7, 3, false, etaCell, byNumber(func(r *live.Run) float64 { return orLast(r.Overview.ETASeconds) })},
	{"LOSS", 8, 2, false, lossCell, byReading(func(r *live.Run) *runlog.Reading { return r.Overview.Loss })},
	{"BEST", 15, 5, false, bestCell, byReading(func(r *live.Run) *runlog.Reading { return r.Overview.Best })},
	{"METRIC", 12, 10, true, metricCell, func(a, b *live.Run) int { return strings.Compare(bestMetric(a), bestMetric(b)) }},
	{"PAIRS/S", 8, 6, false, rateCell, byNumber(func(r *live.Run) float64 { return r.Overview.PairsPerS })},
	{"WAIT", 6, 9, false, waitCell, byReading(func(r *live.Run) *runlog.Reading { return r.Overview.Wait })},
	{"AGE", 7, 8, false, ageCell, func(a, b *live.Run) int { return b.Overview.Created.Compare(a.Overview.Created) }},
	{"TREND", 11, 7, true, nil, byReading(func(r *live.Run) *runlog.Reading { return r.Overview.Loss })},
}

// Cell is what stands in a column of the table.
type Cell struct {
	Text  string
	Style canvas.Style
	Left  bool // aligned to the left
}

// Cells are what the table says of a run, under each of Columns; a trend is a picture, and empty here.
func Cells(t *theme.Theme, r *live.Run, now time.Time) []Cell {
	cells := make([]Cell, len(columns))
	for i, c := range columns {
		cells[i].Left = c.left
		switch {
		case c.cell != nil:
			cells[i].Text, cells[i].Style = c.cell(t, r, now)
		case c.title == "RUN":
			cells[i].Text, cells[i].Style = r.Name, t.Text
		}
	}
	return cells
}

// orLast puts what is not there at the end.
func orLast(v float64) float64 {
	if v == 0 {
		return math.Inf(1)
	}
	return v
}

func byNumber(f func(*live.Run) float64) func(a, b *live.Run) int {
	return func(a, b *live.Run) int { return cmp.Compare(f(a), f(b)) }
}

func byReading(f func(*live.Run) *runlog.Reading) func(a, b *live.Run) int {
	number := func(r *live.Run) float64 {
		if v := f(r); v != nil && !math.IsNaN(float64(v.Value)) {
			return float64(v.Value)
		}
		return math.Inf(1)
	}
	return byNumber(number)
}

func stateCell(t *theme.Theme, r *live.Run, _ time.Time) (string, canvas.Style) {
	if r.Gone {
		return "gone", t.Warn
	}
	if flags := r.Overview.Flags; len(flags) > 0 {
		return string(r.State) + " " + FlagText(flags), t.Bad
	}
	return string(r.State), t.State(r.State)
}

// FlagText is a run's flags as a person reads them.
func FlagText(flags []string) string {
	return strings.NewReplacer("nan", "NaN", "inf", "Inf").Replace(strings.Join(flags, ", "))
}

func stepCell(t *theme.Theme, r *live.Run, _ time.Time) (string, canvas.Style) {
	o := &r.Overview
	if o.Total > 0 && o.Total != o.Step {
		return chart.Count(o.Step) + "/" + chart.Count(o.Total), t.Text
	}
	return chart.Count(o.Step), t.Text
}

func etaCell(t *theme.Theme, r *live.Run, _ time.Time) (string, canvas.Style) {
	if r.Overview.ETASeconds <= 0 {
		return "", t.Text
	}
	return chart.Duration(r.Overview.ETASeconds), t.Text
}

func lossCell(t *theme.Theme, r *live.Run, _ time.Time) (string, canvas.Style) {
	if r.Overview.Loss == nil {
		return "", t.Text
	}
	v := float64(r.Overview.Loss.Value)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return chart.Value(v), t.Bad
	}
	return chart.Value(v), t.Text
}

func bestCell(t *theme.Theme, r *live.Run, _ time.Time) (string, canvas.Style) {
	if b := r.Overview.Best; b != nil {
		return chart.Value(float64(b.Value)) + "@" + chart.Count(b.Step), t.Text
	}
	return "", t.Text
}

// longestMetric is the width up to which a metric's name is shown in the table.
const longestMetric = 24

func metricCell(t *theme.Theme, r *live.Run, _ time.Time) (string, canvas.Style) {
	name := bestMetric(r)
	return canvas.Fit(name, min(canvas.Width(name), longestMetric)), t.Faint
}

// bestMetric names the metric that a run's best is of: runs that log other metrics are judged by others.
func bestMetric(r *live.Run) string {
	if r.Overview.Best == nil {
		return ""
	}
	return r.Overview.Best.Metric
}

func rateCell(t *theme.Theme, r *live.Run, _ time.Time) (string, canvas.Style) {
	if r.Overview.PairsPerS <= 0 {
		return "", t.Text
	}
	return chart.Short(r.Overview.PairsPerS), t.Text
}

func waitCell(t *theme.Theme, r *live.Run, _ time.Time) (string, canvas.Style) {
	if r.Overview.Wait == nil {
		return "", t.Text
	}
	v := float64(r.Overview.Wait.Value)
	style := t.Text
	if v > 0.05 && v <= 1 { // more of a step than the loader may take
		style = t.Warn
	}
	return Percent(v), style
}

// Percent is a share as a person reads it.
func Percent(share float64) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return chart.Value(share)
	}
	return chart.Short(math.Round(share*1000)/10) + "%"
}

func ageCell(t *theme.Theme, r *live.Run, now time.Time) (string, canvas.Style) {
	if r.Overview.Created.IsZero() {
		return "", t.Text
	}
	return Age(now.Sub(r.Overview.Created)), t.Faint
}

// Age is a duration in its largest unit alone: 12s, 5m, 3h, 2d.
func Age(d time.Duration) string {
	whole, _, _ := strings.Cut(chart.Duration(max(0, math.Floor(d.Seconds()))), " ")
	for i, r := range whole {
		if r < '0' || r > '9' {
			return whole[:i+1]
		}
	}
	return whole
}

// fitColumns chooses the columns for a width. What is left goes to the names, as far as they need it, then to the trend.
func fitColumns(w, longest int) (shown []column, widths []int) {
	keep := make([]bool, len(columns))
	name := max(columns[0].width, min(longest, 20))
	used := 2 + name - columns[0].width // with the marks before the name
	for rank := range columns {
		for i, c := range columns {
			if c.rank == rank && (rank == 0 || used+c.width+1 <= w) {
				keep[i] = true
				used += c.width + 1
			}
		}
	}
	left := max(0, w-used)
	for i, c := range columns {
		if !keep[i] {
			continue
		}
		width := c.width
		switch c.title {
		case "RUN":
			more := min(left, max(0, min(longest, 48)-name))
			width, left = name+more, left-more
		case "TREND":
			width += min(left, 40)
		}
		shown, widths = append(shown, c), append(widths, width)
	}
	return shown, widths
}

// spark draws values into w cells.
func spark(c *canvas.Canvas, t *theme.Theme, x, y, w int, values []float64, style canvas.Style) {
	all := runlog.Nothing()
	for _, v := range values {
		all = all.With(v)
	}
	n := min(w, len(values))
	for i := range n {
		part := runlog.Nothing()
		for _, v := range values[len(values)*i/n : len(values)*(i+1)/n] {
			part = part.With(v)
		}
		if part.Empty() {
			c.Set(x+i, y, t.Glyphs.Bad, t.Bad)
			continue
		}
		level := 0
		if all.Max > all.Min {
			middle := (part.Min/2 + part.Max/2 - all.Min) / (all.Max - all.Min)
			level = int(middle*float64(len(t.Glyphs.Spark)-1) + 0.5)
		}
		level = min(max(level, 0), len(t.Glyphs.Spark)-1)
		c.Set(x+i, y, t.Glyphs.Spark[level], style)
	}
}
