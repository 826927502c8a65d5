package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"clipbench/workbench"
	"clipbench/workbench/config"
	"clipbench/workbench/device"
	"clipbench/workbench/runlog"

	"github.com/spf13/cobra"
)

func (c *command) train() *cobra.Command {
	var name, resume string
	cmd := c.verb("train RECIPE [key=value…]", "train a model, or go on with a run", cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
		if resume != "auto" && resume != "never" {
			return c.wrongUse("--resume %s: it is auto or never", resume)
		}
		device.Tune()
		run, err := c.openRun(name, resume, args)
		if err != nil {
			return err
		}
		defer run.Close()
		summary, err := run.Train(ctx)
		if err != nil {
			return err
		}
		return c.print(summary, func() { describe(os.Stdout, run, summary) })
	})
	cmd.Flags().StringVar(&name, "run", "", "the run's name (default: the configuration's)")
	cmd.Flags().StringVar(&resume, "resume", "auto", "auto goes on with a run of that name; never refuses")
	return cmd
}

// openRun opens the run that a recipe and its overrides describe.
func (c *command) openRun(name, resume string, args []string) (*workbench.Run, error) {
	cfg, err := config.Load(args[0], args[1:]...)
	if err != nil {
		return nil, err
	}
	o := c.options()
	o.Config = cfg
	if resume == "never" {
		o.Resume = workbench.ResumeNever
	}
	return workbench.Open(name, o)
}

// describe says in a few lines what a training run came to and what can be done next.
func describe(w io.Writer, run *workbench.Run, s workbench.Summary) {
	switch s.State {
	case runlog.Stopped:
		fmt.Fprintf(w, "saved:     %s\n", s.Checkpoint)
		fmt.Fprintf(w, "go on:     %s\n", strings.Join(append([]string{"clipbench"}, os.Args[1:]...), " "))
	default:
		fmt.Fprintf(w, "finished:  step %d, %d pairs in %.0f s (%.0f pairs/s, %.1f%% waiting for data)\n", s.Step, s.Samples, s.Seconds, s.PairsPerSecond, 100*s.Wait)
		fmt.Fprintf(w, "saved:     %s\n", filepath.Join(run.Dir, "checkpoints"))
		fmt.Fprintf(w, "evaluate:  clipbench eval %s --data emoji:unseen-style --task zeroshot\n", run.Name)
	}
}
