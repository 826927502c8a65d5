package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"clipbench/tui/chart"
	"clipbench/tui/live"
	"clipbench/tui/pane"
	"clipbench/workbench/runlog"

	"github.com/spf13/cobra"
)

// whole is a run as runs show prints it in JSON.
type whole struct {
	listed
	Info    runlog.Info       `json:"info"`
	Config  json.RawMessage   `json:"config"`
	Metrics map[string]metric `json:"metrics"`
}

// metric sums up one metric.
type metric struct {
	Values int `json:"values"`
	runlog.Extreme
}

func (c *command) showRun() *cobra.Command {
	return c.verb("show RUN", "show one run: how it is doing, what it is, its metrics, its configuration", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		dir, err := c.runFolder(args[0])
		if err != nil {
			return err
		}
		if _, err := runlog.Open(dir); err != nil {
			return err
		}
		runs, err := live.Load(ctx, dir, true)
		if err != nil {
			return err
		}
		if len(runs) != 1 || runs[0].History == nil {
			return fmt.Errorf("%s: the run was taken away while it was read", dir)
		}
		r, now := runs[0], time.Now()
		w := whole{listed: newListed(r, now), Info: r.Info, Config: configOf(r), Metrics: map[string]metric{}}
		for _, column := range r.History.Columns() {
			w.Metrics[column.Name] = metric{column.Len(), r.History.Extreme(column)}
		}
		return c.print(w, func(out io.Writer) { w.describe(out, r, now) })
	})
}

// configOf is config.yaml as JSON; null where it cannot be read, and strings by dotted key where JSON cannot say it.
func configOf(r *live.Run) json.RawMessage {
	tree, err := live.ReadConfig(r.Run)
	if err != nil {
		return json.RawMessage("null")
	}
	if text, err := json.Marshal(tree); err == nil {
		return text
	}
	flat, err := json.Marshal(r.Config)
	if err != nil {
		return json.RawMessage("null")
	}
	return flat
}

// describe prints the run for a person.
func (w whole) describe(out io.Writer, r *live.Run, now time.Time) {
	theme := screenTheme()
	var facts table
	fact := func(name, text string) {
		if text = shown(text); text != "" {
			facts = append(facts, []pane.Cell{{Text: name, Style: theme.Faint, Left: true}, {Text: text, Left: true}})
		}
	}
	of := map[string]*runlog.Reading{"LOSS": w.Loss, "BEST": w.Best, "WAIT": w.Wait}
	for i, cell := range pane.Cells(theme, r, now) {
		title := pane.Columns()[i]
		if title == "METRIC" {
			continue // it stands beside the best
		}
		if reading := of[title]; reading != nil {
			cell.Text += " " + reading.Metric
		}
		fact(strings.ToLower(title), cell.Text)
	}
	fact("message", w.Message)
	for _, notice := range w.Notices {
		fact("notice", notice)
	}
	fact("folder", w.Dir)
	fact("id", w.ID)
	if !w.Created.IsZero() {
		fact("created", w.Created.Local().Format(time.DateTime))
	}
	for _, resumed := range w.Info.Resumed {
		fact("resumed", fmt.Sprintf("%s at step %s", resumed.Time.Local().Format(time.DateTime), chart.Count(resumed.Step)))
	}
	fact("command", strings.Join(w.Info.Command, " "))
	fact("commit", w.Info.Commit)
	for _, name := range slices.Sorted(maps.Keys(w.Info.Data)) {
		fact("data", fmt.Sprintf("%s, %s pairs", name, chart.Count(w.Info.Data[name])))
	}
	fact("backend", w.Info.Backend)
	if w.Info.PID != 0 {
		fact("writer", w.Info.String())
	}
	fact("tags", strings.Join(w.Info.Tags, " "))
	fmt.Fprint(out, facts)
	printMetrics(out, r.History)
	if text, err := r.Run.Config(); err == nil {
		fmt.Fprintln(out, "\nconfig.yaml")
		for line := range strings.Lines(string(text)) {
			indent := len(line) - len(strings.TrimLeft(line, " "))
			fmt.Fprintln(out, "  "+line[:indent]+shown(line))
		}
	}
}

// printMetrics prints a line for each metric, in the order of their first appearance.
func printMetrics(out io.Writer, h *runlog.History) {
	if len(h.Columns()) == 0 {
		fmt.Fprintln(out, "\nno metrics yet")
		return
	}
	fmt.Fprintln(out)
	var lines table
	lines.row("METRIC", "VALUES", "LAST", "@STEP", "LEAST", "@STEP", "GREATEST", "@STEP", "NAN/INF")
	for _, column := range h.Columns() {
		e := h.Extreme(column)
		bad := ""
		if e.Bad > 0 {
			bad = strconv.Itoa(e.Bad)
		}
		lines.row(column.Name, chart.Count(column.Len()), chart.Value(float64(e.Last)), chart.Count(e.LastStep),
			chart.Value(float64(e.Min)), chart.Count(e.MinStep), chart.Value(float64(e.Max)), chart.Count(e.MaxStep), bad)
	}
	fmt.Fprint(out, lines)
}
