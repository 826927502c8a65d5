package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"clipbench/tui"
	"clipbench/workbench"
	"clipbench/workbench/runlog"

	"github.com/charmbracelet/x/term"
)

// trainWatched trains in a process of its own and shows the dashboard on the run until the user quits it.
func (c *command) trainWatched(ctx context.Context, name string, o workbench.Options) error {
	if c.json {
		return c.wrongUse("--watch and --json: the dashboard takes the terminal; choose one of them")
	}
	if !term.IsTerminal(os.Stdout.Fd()) {
		return c.wrongUse("--watch: the output is no terminal; leave it out, and watch from one with clipbench watch")
	}
	dir, err := workbench.Dir(name, o)
	if err != nil {
		return err
	}
	t, err := startTrainer()
	if err != nil {
		return err
	}
	defer t.close()
	if err := t.awaitRun(ctx, dir); err != nil {
		return err
	}
	root, run := filepath.Split(dir)
	if err := tui.Watch(ctx, root, tui.Options{Run: run, Mouse: true}); err != nil {
		return err
	}
	return t.leave(c.out, root, run)
}

// trainer is a training with no controlling terminal: no key and no hang-up of this terminal reaches it.
type trainer struct {
	*exec.Cmd
	output *os.File // what it says
	ended  chan struct{}
	err    error // how it ended; read after ended is closed
}

// startTrainer starts this command line again, without --watch.
func startTrainer() (*trainer, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("the program's own path is not known: %w", err)
	}
	output, err := os.CreateTemp("", "clipbench-train-*.txt")
	if err != nil {
		return nil, err
	}
	args := slices.DeleteFunc(slices.Clone(os.Args[1:]), func(arg string) bool { return strings.HasPrefix(arg, "--watch") })
	t := &trainer{Cmd: exec.Command(program, args...), output: output, ended: make(chan struct{})}
	t.Stdout, t.Stderr, t.SysProcAttr = output, output, &syscall.SysProcAttr{Setsid: true}
	if err := t.Start(); err != nil {
		return nil, errors.Join(err, output.Close(), os.Remove(output.Name()))
	}
	go func() {
		t.err = t.Wait()
		close(t.ended)
	}()
	return t, nil
}

// awaitRun returns when the trainer has taken the run's folder. One that ends before has said why; ctrl-C ends it.
func (t *trainer) awaitRun(ctx context.Context, dir string) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-t.ended:
			return t.result()
		case <-ctx.Done():
			err := t.Process.Signal(os.Interrupt)
			<-t.ended
			return errors.Join(err, t.result())
		case <-tick.C:
			if run, err := runlog.Open(dir); err == nil && run.Info.PID == t.Process.Pid {
				return nil
			}
		}
	}
}

// result is how the trainer ended: its own message, if it failed.
func (t *trainer) result() error {
	if t.err == nil {
		return nil
	}
	text, err := os.ReadFile(t.output.Name())
	if err != nil {
		return errors.Join(t.err, err)
	}
	said := strings.Split(strings.TrimSpace(string(text)), "\n")
	return errors.New(strings.TrimPrefix(said[len(said)-1], "clipbench: "))
}

// leave says what becomes of the training that the dashboard no longer shows.
func (t *trainer) leave(w io.Writer, root, run string) error {
	select {
	case <-t.ended:
		return t.result()
	default:
	}
	fmt.Fprintf(w, "training:  %s goes on in process %d\n", run, t.Process.Pid)
	fmt.Fprintf(w, "watch:     clipbench watch %s --run %s\n", commandLine([]string{filepath.Clean(root)}), commandLine([]string{run}))
	fmt.Fprintf(w, "stop:      kill -INT %d (it saves first)\n", t.Process.Pid)
	return nil
}

// close forgets what the trainer said; its run's log has it all.
func (t *trainer) close() {
	_ = t.output.Close()
	_ = os.Remove(t.output.Name())
}
