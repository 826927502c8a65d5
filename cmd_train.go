package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"clipbench/workbench"
	"clipbench/workbench/config"
	"clipbench/workbench/device"
	"clipbench/workbench/runlog"

	"github.com/spf13/cobra"
)

// trainFlags are the flags of train.
type trainFlags struct {
	run, resume string
	watch       bool
}

func (c *command) train() *cobra.Command {
	f := trainFlags{resume: "auto"}
	cmd := c.verb("train RECIPE [key=value…]", "train a model, or go on with a run", cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
		o, err := c.trainOptions(f, args)
		if err != nil {
			return err
		}
		if f.watch {
			return c.trainWatched(ctx, f.run, o)
		}
		device.Tune()
		run, err := workbench.Open(f.run, o)
		if err != nil {
			return err
		}
		defer run.Close()
		summary, err := run.Train(ctx)
		if err != nil {
			return err
		}
		return c.print(summary, func(w io.Writer) { describe(w, run, summary) })
	})
	cmd.Flags().StringVar(&f.run, "run", "", "the run's name (default: the configuration's)")
	choose(cmd.Flags(), &f.resume, "resume", "whether a run of that name goes on or is refused: ", "auto", "never")
	cmd.Flags().BoolVar(&f.watch, "watch", false, "train in a process of its own and open the dashboard on it; quitting the dashboard leaves the training")
	return cmd
}

// trainOptions are what a recipe, its overrides and the flags say of a run.
func (c *command) trainOptions(f trainFlags, args []string) (workbench.Options, error) {
	o := c.options()
	if f.resume == "never" {
		o.Resume = workbench.ResumeNever
	}
	cfg, err := config.Load(args[0], args[1:]...)
	if err != nil {
		return o, err
	}
	o.Config = cfg
	if _, err := workbench.Dir(f.run, o); err != nil && f.run != "" {
		return o, c.wrongUse("--run %s: %w", f.run, err)
	}
	return o, nil
}

// describe says in a few lines what a training run came to and what can be done next.
func describe(w io.Writer, run *workbench.Run, s workbench.Summary) {
	if s.State == runlog.Finished {
		fmt.Fprintf(w, "finished:  step %d, %d pairs; trained for %s, %s of it now, compiling and validating included\n", s.Step, s.Samples, seconds(s.RunSeconds), seconds(s.Seconds))
	}
	if s.PairsPerSecond > 0 {
		fmt.Fprintf(w, "speed:     %.0f pairs/s now, %.1f%% of the time waiting for data; without compiling and validating\n", s.PairsPerSecond, 100*s.Wait)
	}
	if s.Checkpoint != "" {
		fmt.Fprintf(w, "saved:     %s\n", s.Checkpoint)
	}
	switch {
	case s.State == runlog.Stopped && timeIsOver(run.Config, s):
		fmt.Fprintf(w, "go on:     with more than trainer.max_time=%s\n", run.Config.Trainer.MaxTime)
	case s.State == runlog.Stopped:
		fmt.Fprintf(w, "go on:     clipbench %s\n", commandLine(os.Args[1:]))
	case s.Checkpoint != "":
		fmt.Fprintf(w, "evaluate:  clipbench eval %s --data %s --task zeroshot\n", commandLine([]string{run.Dir}), commandLine([]string{evaluationData(run.Config)}))
	}
}

// seconds are written as 1h2m3s.
func seconds(s float64) string {
	return (time.Duration(s) * time.Second).String()
}

// timeIsOver tells that a run was trained for as long as it may be.
func timeIsOver(cfg *config.Config, s workbench.Summary) bool {
	limit, err := cfg.Trainer.MaxDuration()
	return err == nil && limit > 0 && s.RunSeconds >= limit.Seconds()
}

// evaluationData names pairs to evaluate a run on: emoji in a style that it never saw, or what it is validated on.
func evaluationData(cfg *config.Config) string {
	d := &cfg.Model.Data
	paths := slices.Concat(d.Validation.DatasetPath, d.Train.DatasetPath)
	if set, _, ok := strings.Cut(paths[len(paths)-1], ":"); ok && strings.HasPrefix(set, "emoji") {
		return set + ":unseen-style"
	}
	return paths[0]
}

// commandLine is arguments as a shell takes them.
func commandLine(args []string) string {
	quoted := make([]string, len(args))
	for i, arg := range args {
		quoted[i] = arg
		if arg == "" || strings.ContainsAny(arg, " \t\n\"'`$&|;<>()[]{}*?!#~\\") {
			quoted[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}
