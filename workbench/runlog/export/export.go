// Package export writes the metrics of runs as other programs read them: CSV, Parquet and TensorBoard event files.
package export

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	TensorBoard Format = "tensorboard"
)

// Formats are all there are.
var Formats = []Format{CSV, Parquet, TensorBoard}

// ParseFormat reads a format's name.
func ParseFormat(name string) (Format, error) {
	if f := Format(strings.ToLower(name)); slices.Contains(Formats, f) {
		return f, nil
	}
	return "", fmt.Errorf("%q is no export format; use csv, parquet or tensorboard", name)
}

// Result is what an export came to.
type Result struct {
	Files   []string `json:"files"`
	Notices []string `json:"notices,omitempty"` // what a person should know of the runs' files
}

// Write exports runs into dir, which is made if need be. Nothing is written into a run's folder, and what an earlier
// export of the same kind left in dir is replaced.
func Write(ctx context.Context, format Format, dir string, runs []*runlog.Run) (Result, error) {
	if _, err := ParseFormat(string(format)); err != nil {
		return Result{}, err
	}
	tables, notices, err := load(ctx, runs)
	if err != nil {
		return Result{}, err
	}
	result := Result{Notices: notices}
	switch format {
	case CSV:
		result.Files, err = one(ctx, filepath.Join(dir, "runs.csv"), func(w io.Writer) error { return writeCSV(w, tables) })
	case Parquet:
		result.Files, err = one(ctx, filepath.Join(dir, "runs.parquet"), func(w io.Writer) error { return writeParquet(w, tables) })
	default:
		result.Files, err = writeEvents(ctx, dir, tables)
	}
	return result, err
}

// one writes a single file, whole or not at all.
func one(ctx context.Context, path string, write func(io.Writer) error) ([]string, error) {
	if _, err := runlog.Open(filepath.Dir(path)); err == nil {
		return nil, fmt.Errorf("%s is a run's own folder; export into another", filepath.Dir(path))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("%s: not written: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".export.*")
	if err != nil {
		return nil, fmt.Errorf("%s: not written: %w", path, err)
	}
	err = errors.Join(write(untilDone{ctx, f}), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: not written: %w", path, err), os.Remove(f.Name()))
	}
	return []string{path}, nil
}

// untilDone refuses to write once its context has ended.
type untilDone struct {
	ctx context.Context
	w   io.Writer
}

func (u untilDone) Write(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.w.Write(b)
}
