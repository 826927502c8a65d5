// Command clipbench trains, evaluates and serves CLIP experiments from the command line. Every verb takes --json where a
// program might read it, and then prints exactly one JSON document on standard output; progress goes to standard error.
// Exit status: 0 done, 1 failed, 2 wrong use.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"clipbench/workbench"
	"clipbench/workbench/checkpoint"

	"github.com/spf13/cobra"
)

func main() { os.Exit(execute(os.Args[1:])) }

// execute runs the command line and returns the exit status.
func execute(args []string) int {
	ctx, stop := workbench.Interruptible()
	defer stop()
	c := &command{out: &output{to: os.Stdout}}
	root := c.root()
	root.SetArgs(args)
	root.SetOut(c.out)
	err := root.ExecuteContext(ctx)
	if c.bar != nil {
		c.bar.Close()
	}
	if failure := c.out.failure; failure != nil && (err == nil || errors.Is(err, failure)) {
		c.started, err = true, fmt.Errorf("standard output does not take the result: %w", failure)
	}
	return c.report(err)
}

// report tells an error on standard error, and gives the exit status.
func (c *command) report(err error) int {
	switch {
	case err == nil:
		return 0
	case !c.started:
		fmt.Fprintf(os.Stderr, "clipbench: %s; see clipbench --help\n", strings.Join(strings.Fields(err.Error()), " "))
		return 2
	}
	fmt.Fprintf(os.Stderr, "clipbench: %s\n", strings.TrimSpace(err.Error())) // several at once stay one a line
	return workbench.ExitStatus(err)
}

// output is standard output, with the first failure to write to it: a result that nobody got is no success.
type output struct {
	to      io.Writer
	failure error
}

// Write writes until a write fails, and nothing after that.
func (o *output) Write(p []byte) (n int, err error) {
	if o.failure == nil {
		n, o.failure = o.to.Write(p)
	}
	return n, o.failure
}

// command is one run of the command line.
type command struct {
	json    bool
	out     *output
	bar     *workbench.Bar // nil: nothing is counted
	backend string
	runsDir string
	files   checkpoint.Options
	started bool // past the checks of its arguments: what fails now is no wrong use
}

func (c *command) root() *cobra.Command {
	root := &cobra.Command{
		Use: "clipbench", Short: "CLIP experiments in Go", SilenceErrors: true, SilenceUsage: true,
		Version: version(), CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetVersionTemplate("clipbench {{.Version}}\n")
	root.PersistentFlags().BoolVar(&c.json, "json", false, "print one JSON document")
	root.PersistentFlags().Var((*backendName)(&c.backend), "backend", "xla:cuda, xla:cpu or go (default: the first that works, or GOMLX_BACKEND)")
	root.PersistentFlags().StringVar(&c.runsDir, "runs", "", "the folder of all runs (default: exp_manager.exp_dir, or runs)")
	root.AddCommand(c.train(), c.eval(), c.embed(), c.classify(), c.search(), c.convert(), c.tokenize(), c.profile(), c.bench(), c.data(), c.runs(), c.watch(), c.doctor())
	return root
}

// verb is a subcommand whose work begins after its arguments were found good.
func (c *command) verb(use, short string, args cobra.PositionalArgs, work func(ctx context.Context, args []string) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: args, RunE: func(cmd *cobra.Command, args []string) error {
		c.started = true
		return work(cmd.Context(), args)
	}}
}

// group is a verb that only has verbs below it: alone it shows them, and a word that is none of them is wrong use.
func (c *command) group(use, short string, verbs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 || c.json {
			return fmt.Errorf("%s %s: its verbs are %s", use, strings.Join(args, " "), strings.Join(names(verbs), ", "))
		}
		return cmd.Help()
	}}
	cmd.AddCommand(verbs...)
	return cmd
}

func names(verbs []*cobra.Command) []string {
	list := make([]string, len(verbs))
	for i, v := range verbs {
		list[i] = v.Name()
	}
	return list
}

// print writes the result: as JSON if it was asked for, else by the given function.
func (c *command) print(result any, text func(io.Writer)) error {
	if !c.json {
		text(c.out)
		return nil
	}
	encoder := json.NewEncoder(c.out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(result)
}

func (c *command) options() workbench.Options {
	return workbench.Options{Root: c.runsDir, Backend: c.backend, Files: c.files}
}

// wrongUse takes back that work began.
func (c *command) wrongUse(format string, args ...any) error {
	c.started = false
	return fmt.Errorf(format, args...)
}
