// Package export writes the metrics of runs as other programs read them: CSV, Parquet and TensorBoard event files.
package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"clipbench/workbench/runlog"
)

// Format is a kind of file.
type Format string

// The formats. CSV and Parquet are one file for all runs, a row for every line of metrics, a column for every metric;
// TensorBoard is a folder with one of event files for every run.
const (
	CSV         Format = "csv"
	Parquet     Format = "parquet"
	TensorBoard Format = "tfevents"
)

// Formats are all there are.
var Formats = []Format{CSV, Parquet, TensorBoard}

// ParseFormat reads a format's name.
func ParseFormat(name string) (Format, error) {
	if f := Format(strings.ToLower(name)); slices.Contains(Formats, f) {
		return f, nil
	}
	return "", fmt.Errorf("%q is no export format; use csv, parquet or tfevents", name)
}

// table is a run with what its metrics file says.
type table struct {
	run     *runlog.Run
	history *runlog.History
}

// Write exports runs into dir, which is made if need be, and returns the files written. Nothing is written into a run's
// folder, and a file that was there before is replaced.
func Write(ctx context.Context, format Format, dir string, runs []*runlog.Run) ([]string, error) {
	if len(runs) == 0 {
		return nil, errors.New("no runs to export")
	}
	tables := make([]table, len(runs))
	for i, r := range runs {
		h, err := runlog.ReadAll(ctx, filepath.Join(r.Dir, "metrics.jsonl"))
		if err != nil {
			return nil, err
		}
		tables[i] = table{r, h}
	}
	switch format {
	case CSV:
		return one(filepath.Join(dir, "runs.csv"), func(w io.Writer) error { return writeCSV(w, tables) })
	case Parquet:
		return one(filepath.Join(dir, "runs.parquet"), func(w io.Writer) error { return writeParquet(w, tables) })
	case TensorBoard:
		return writeEvents(dir, tables)
	}
	_, err := ParseFormat(string(format))
	return nil, err
}

// one writes a single file, whole or not at all.
func one(path string, write func(io.Writer) error) ([]string, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".export.*")
	if err != nil {
		return nil, err
	}
	err = errors.Join(write(f), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: not written: %w", path, err), os.Remove(f.Name()))
	}
	return []string{path}, nil
}

// metricNames are those of all tables, in order.
func metricNames(tables []table) []string {
	var names []string
	for _, t := range tables {
		for _, c := range t.history.Columns() {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// columnName is a metric's name in a table, where "run" is taken.
func columnName(metric string) string {
	if metric == "run" {
		return "metric/run"
	}
	return metric
}

// cursor walks a history's columns row by row.
type cursor struct {
	columns []*runlog.Column // nil where the run has no such metric
	next    []int
}

func newCursor(h *runlog.History, names []string) *cursor {
	c := &cursor{columns: make([]*runlog.Column, len(names)), next: make([]int, len(names))}
	for i, name := range names {
		c.columns[i] = h.Column(name)
	}
	return c
}

// value is metric i at row, which must not go back; false if the row has none.
func (c *cursor) value(i, row int) (float64, bool) {
	column := c.columns[i]
	if column == nil || c.next[i] >= column.Len() || column.Row(c.next[i]) != row {
		return math.NaN(), false
	}
	c.next[i]++
	return column.Value(c.next[i] - 1), true
}
