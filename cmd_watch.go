package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"clipbench/tui"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
)

func (c *command) watch() *cobra.Command {
	var o tui.Options
	var once bool
	var size string
	cmd := c.verb("watch [RUNS_DIR]", "monitor runs in the terminal, live or finished", cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
		root := c.runsFolder()
		if len(args) == 1 {
			root = args[0]
		}
		if err := o.Check(); err != nil {
			return c.wrongUse("%w", err)
		}
		if c.json {
			return c.wrongUse("watch shows a screen; runs list --json and runs show --json give a program the same facts")
		}
		if size != "" && !once {
			return c.wrongUse("--size %s: it is for --once alone", size)
		}
		if once {
			return c.watchOnce(ctx, root, size, o)
		}
		if !term.IsTerminal(os.Stdout.Fd()) {
			return c.wrongUse("watch: the output is no terminal; use --once for a single frame, or runs list --json")
		}
		return tui.Watch(ctx, root, o)
	})
	flags := cmd.Flags()
	flags.BoolVar(&once, "once", false, "print one frame and leave")
	flags.StringVar(&size, "size", "", "the frame's size with --once, such as 120x40 (default: the terminal's)")
	flags.StringVar(&o.Run, "run", "", "the run to begin with")
	flags.StringVar(&o.View, "view", "", "the view to begin with: runs, charts, pictures, compare, system or log")
	flags.StringVar(&o.Theme, "theme", "auto", "auto, dark, light or none")
	flags.BoolVar(&o.ASCII, "ascii", false, "no character beyond ASCII")
	flags.StringVar(&o.Images, "images", "auto", "how pictures are shown: auto, kitty, sixel or blocks")
	flags.BoolVar(&o.Mouse, "mouse", true, "whether the mouse works, too")
	flags.StringVar(&o.Export, "export", "exports", "the folder that exports go to")
	return cmd
}

// watchOnce prints one frame: in colour on a terminal or where a theme was asked for, else as plain text.
func (c *command) watchOnce(ctx context.Context, root, size string, o tui.Options) error {
	if o.Theme == "auto" && !term.IsTerminal(os.Stdout.Fd()) {
		o.Theme = "none"
	}
	w, h, err := frameSize(size)
	if err != nil {
		return c.wrongUse("%w", err)
	}
	frame, err := tui.Once(ctx, root, w, h, o)
	if err == nil {
		fmt.Fprintln(c.out, frame)
	}
	return err
}

// largestFrame is more than any terminal has, and what a frame's size may be.
const largestFrame = 1000

// frameSize reads WIDTHxHEIGHT; without it, the terminal's size counts, or 120x40.
func frameSize(size string) (w, h int, err error) {
	if size == "" {
		if w, h, err = term.GetSize(os.Stdout.Fd()); err != nil {
			return 120, 40, nil
		}
		return w, max(1, h-1), nil // the prompt takes the last line
	}
	if n, err := fmt.Sscanf(size+"\n", "%dx%d\n", &w, &h); n != 2 || err != nil || min(w, h) < 1 || max(w, h) > largestFrame {
		return 0, 0, errors.New("--size " + size + ": give a width and a height in cells, such as 120x40")
	}
	return w, h, nil
}
