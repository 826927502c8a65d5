package export

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"clipbench/workbench/runlog"
)

// table is a run with what its metrics file says.
type table struct {
	run     *runlog.Run
	history *runlog.History
}

// load reads the runs' metrics whole.
func load(ctx context.Context, runs []*runlog.Run) (tables []table, notices []string, err error) {
	if len(runs) == 0 {
		return nil, nil, errors.New("no runs to export; name one or more")
	}
	dirs := map[string]string{}
	for _, r := range runs {
		if other, taken := dirs[r.Name]; taken {
			return nil, nil, fmt.Errorf("%s and %s are two runs of one name; export them into two folders", other, r.Dir)
		}
		dirs[r.Name] = r.Dir
		h, err := runlog.ReadAll(ctx, filepath.Join(r.Dir, "metrics.jsonl"))
		if err != nil {
			return nil, nil, err
		}
		for _, notice := range h.Faults.Notices() {
			notices = append(notices, r.Name+": "+notice)
		}
		if h.Len() == 0 {
			notices = append(notices, r.Name+": there are no metrics yet")
		}
		tables = append(tables, table{r, h})
	}
	return tables, notices, nil
}

// place are the columns before the metrics.
var place = []string{"run", "step", "samples", "epoch", "time"}

// metric is a metric's name and what a table calls it.
type metric struct{ name, column string }

// metricsOf are the metrics of all tables, in order. Where a metric has the name of another column ("run"), it gets
// "metric/" before its own.
func metricsOf(tables []table) []metric {
	var names []string
	for _, t := range tables {
		for _, c := range t.history.Columns() {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	metrics := make([]metric, len(names))
	for i, name := range names {
		column := name
		for slices.Contains(place, column) || column != name && slices.Contains(names, column) {
			column = "metric/" + column
		}
		metrics[i] = metric{name, column}
	}
	return metrics
}

// cursor walks a history's columns row by row.
type cursor struct {
	columns []*runlog.Column // nil where the run has no such metric
	next    []int
}

func newCursor(h *runlog.History, metrics []metric) *cursor {
	c := &cursor{columns: make([]*runlog.Column, len(metrics)), next: make([]int, len(metrics))}
	for i, m := range metrics {
		c.columns[i] = h.Column(m.name)
	}
	return c
}

// value is metric i at row, which must not go back; false if the row has none.
func (c *cursor) value(i, row int) (float64, bool) {
	column := c.columns[i]
	if column == nil || c.next[i] >= column.Len() || column.Row(c.next[i]) != row {
		return 0, false
	}
	c.next[i]++
	return column.Value(c.next[i] - 1), true
}
