package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"clipbench/tui/live"
	"clipbench/tui/pane"
	"clipbench/tui/query"
	"clipbench/workbench/runlog"
	"clipbench/workbench/runlog/export"

	"github.com/spf13/cobra"
)

func (c *command) runs() *cobra.Command {
	return c.group("runs", "list, show and export runs: what the dashboard shows, for a pipe and for programs", c.listRuns(), c.showRun(), c.exportRuns())
}

// listed is a run as runs list prints it in JSON.
type listed struct {
	runlog.Overview
	AgeSeconds float64  `json:"age_s,omitempty"`
	Notices    []string `json:"notices,omitempty"` // what a person should know of the run's files
}

func newListed(r *live.Run, now time.Time) listed {
	l := listed{Overview: r.Overview, Notices: r.Notices()}
	if !r.Overview.Created.IsZero() {
		l.AgeSeconds = now.Sub(r.Overview.Created).Seconds()
	}
	return l
}

// listFields are the fields that a query may name of any run.
const listFields = "name id state step total eta rate age loss best wait host backend commit tag flag"

const listHelp = `list the runs that a query takes, all without one

A query is made of words of a name and of fields, such as: emoji state:running "loss<2 or has:val/top1" age<2h
Fields: ` + listFields + `, any metric (its last value),
any key of the configuration, by its end too (optim.lr). Operators: = != < <= > >= and : for a part or a pattern with *.
Put a query with < or > in quotes: the shell takes them for its own.`

func (c *command) listRuns() *cobra.Command {
	var by string
	cmd := c.verb("list [QUERY…]", "list runs: state, step, ETA, loss, best, throughput, waiting on data, age", cobra.ArbitraryArgs, func(ctx context.Context, args []string) error {
		wanted, err := query.Parse(strings.Join(args, " "))
		if err != nil {
			return c.wrongUse("runs list: %w", err)
		}
		runs, err := live.Load(ctx, c.runsFolder(), false)
		if c.runsDir == "" && errors.Is(err, fs.ErrNotExist) {
			err = nil // before the first run there is no folder
		}
		if err != nil {
			return err
		}
		fields := map[string]bool{}
		found := slices.DeleteFunc(slices.Clone(runs), func(r *live.Run) bool { return !wanted(asked{r, fields}) })
		tellUnknown(fields, runs)
		if err := sortRuns(found, by); err != nil {
			return c.wrongUse("%w", err)
		}
		now := time.Now()
		list := make([]listed, len(found))
		for i, r := range found {
			list[i] = newListed(r, now)
		}
		return c.print(list, func(w io.Writer) { printList(w, found, len(runs), now) })
	})
	cmd.Long = listHelp
	cmd.Flags().StringVar(&by, "sort", "name", "a field of the query; -FIELD has the largest first")
	return cmd
}

// asked is a run that notes which fields it is asked for, and which of them any run has.
type asked struct {
	*live.Run
	fields map[string]bool
}

// Field is the run's.
func (a asked) Field(name string) (string, bool) {
	value, ok := a.Run.Field(name)
	a.fields[name] = a.fields[name] || ok
	return value, ok
}

// tellUnknown says which fields of a query no run has. That is no error: a metric may yet come.
func tellUnknown(fields map[string]bool, runs []*live.Run) {
	known, unknown := strings.Fields(listFields), []string(nil)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !fields[name] && !slices.Contains(known, strings.ToLower(name)) {
			unknown = append(unknown, shown(name))
		}
	}
	if len(unknown) == 0 {
		return
	}
	metrics := map[string]bool{}
	for _, r := range runs {
		for name := range r.Last {
			metrics[shown(name)] = true
		}
	}
	fmt.Fprintf(os.Stderr, "no run has %s; there are %s, the metrics %s, and the configuration's keys, as in optim.lr\n",
		few(unknown), strings.Join(known, ", "), few(slices.Sorted(maps.Keys(metrics))))
}

// few are names as a line holds them: ten of them, and how many more.
func few(names []string) string {
	if more := len(names) - 10; more > 0 {
		names = append(names[:10:10], fmt.Sprintf("%d more", more))
	}
	return cmp.Or(strings.Join(names, ", "), "none")
}

// sortRuns sorts by a field; runs without it come last in either direction.
func sortRuns(runs []*live.Run, by string) error {
	field, reverse := strings.CutPrefix(by, "-")
	has := func(r *live.Run) bool { _, ok := r.Field(field); return ok }
	if len(runs) > 0 && !slices.ContainsFunc(runs, has) {
		return fmt.Errorf("--sort %s: no run has such a field; clipbench runs list --help names them", by)
	}
	slices.SortStableFunc(runs, func(a, b *live.Run) int {
		if x, y := has(a), has(b); !x || !y {
			return cmp.Compare(truth(y), truth(x))
		}
		order := compareFields(a, b, field)
		if reverse {
			return -order
		}
		return order
	})
	return nil
}

// compareFields compares numbers by value and text by letters.
func compareFields(a, b *live.Run, field string) int {
	x, _ := a.Field(field)
	y, _ := b.Field(field)
	v, vOK := query.Number(x)
	w, wOK := query.Number(y)
	if vOK && wOK {
		return cmp.Compare(v, w)
	}
	return strings.Compare(x, y)
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// printList prints the dashboard's table and, on standard error, what is wrong with the runs' files.
func printList(out io.Writer, found []*live.Run, all int, now time.Time) {
	switch {
	case all == 0:
		fmt.Fprintln(os.Stderr, "no runs yet; one begins with: clipbench train RECIPE --run NAME")
		return
	case len(found) == 0:
		fmt.Fprintf(os.Stderr, "the query takes none of %d runs\n", all)
		return
	}
	theme := screenTheme()
	titles := pane.Columns()
	var lines table
	for _, r := range found {
		cells := pane.Cells(theme, r, now)
		if lines == nil {
			header := make([]pane.Cell, len(cells))
			for i := range cells {
				header[i] = pane.Cell{Text: titles[i], Style: theme.Faint, Left: cells[i].Left}
			}
			lines = table{header[:len(header)-1]} // the last column is the trend, a picture
		}
		lines = append(lines, cells[:len(cells)-1])
	}
	fmt.Fprint(out, lines)
	for _, r := range found {
		for _, notice := range r.Notices() {
			fmt.Fprintf(os.Stderr, "%s: %s\n", shown(r.Name), shown(notice))
		}
	}
}

// runsFolder is where the runs are.
func (c *command) runsFolder() string { return cmp.Or(c.runsDir, "runs") }

// runFolder is a run's folder: of a name below the folder of runs, or a path. The error says which runs there are.
func (c *command) runFolder(name string) (string, error) {
	if strings.ContainsRune(name, filepath.Separator) {
		return filepath.Clean(name), nil
	}
	dir := filepath.Join(c.runsFolder(), name)
	if _, err := os.Stat(dir); err == nil || !os.IsNotExist(err) {
		return dir, nil
	}
	runs, err := runlog.List(c.runsFolder())
	if err != nil {
		return "", err
	}
	names := make([]string, 0, len(runs))
	for _, r := range runs {
		names = append(names, shown(r.Name))
	}
	return "", fmt.Errorf("%s: there is no such run; %s has: %s", dir, c.runsFolder(), few(names))
}

func (c *command) exportRuns() *cobra.Command {
	var to, out string
	cmd := c.verb("export RUN…", "write runs' metrics as CSV, Parquet or TensorBoard event files", cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
		format, err := export.ParseFormat(to)
		if err != nil {
			return c.wrongUse("--to: %w", err)
		}
		var runs []*runlog.Run
		for _, name := range args {
			dir, err := c.runFolder(name)
			if err != nil {
				return err
			}
			run, err := runlog.Open(dir)
			if err != nil {
				return err
			}
			runs = append(runs, run)
		}
		result, err := export.Write(ctx, format, out, runs)
		return c.result(err, result, func(w io.Writer) {
			for _, notice := range result.Notices {
				fmt.Fprintln(os.Stderr, shown(notice))
			}
			for _, path := range result.Files {
				fmt.Fprintln(w, path)
			}
		})
	})
	cmd.Flags().StringVar(&to, "to", "csv", "csv, parquet or tensorboard")
	cmd.Flags().StringVar(&out, "out", "exports", "the folder to write into")
	return cmd
}
