package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"clipbench/workbench"
	"clipbench/workbench/clip"
	"clipbench/workbench/device"

	"github.com/spf13/cobra"
)

// profiled is what profile prints.
type profiled struct {
	Model string `json:"model"`
	clip.Profile
	Memory workbench.Memory `json:"memory"`
}

func (c *command) profile() *cobra.Command {
	var compile bool
	cmd := c.verb("profile PRESET|RECIPE [key=value…]", "count a model's parameters and operations, and what training takes on each device", cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
		cfg, err := presetOrFile(args[0], args[1:]...)
		if err != nil {
			return err
		}
		p := profiled{Model: args[0], Profile: clip.NewProfile(cfg)}
		if p.Memory, err = workbench.NewMemory(cfg); err != nil {
			return err
		}
		if compile {
			device.Tune()
			d, err := device.Open(ctx, device.Options{Backend: c.backend})
			if err != nil {
				return err
			}
			defer d.Close()
			if err := p.Memory.Compile(d, cfg); err != nil {
				return err
			}
		}
		return c.print(p, p.print)
	})
	cmd.Flags().BoolVar(&compile, "compile", false, "compile the training step too, and compare with what XLA reserves")
	return cmd
}

func (p *profiled) print(out io.Writer) {
	fmt.Fprintf(out, "%-8s %14s %12s\n", p.Model, "parameters", "GFLOPs")
	fmt.Fprintf(out, "%-8s %14d %12.2f\n", "image", p.Params.Image, p.GFLOPs.Image)
	fmt.Fprintf(out, "%-8s %14d %12.2f\n", "text", p.Params.Text, p.GFLOPs.Text)
	fmt.Fprintf(out, "%-8s %14d %12.2f\n\n", "total", p.Params.Total, p.GFLOPs.Total)
	p.printTensors(out)
	p.printTotals(out)
}

// printTensors prints where each tensor lies and what one device keeps of it.
func (p *profiled) printTensors(out io.Writer) {
	fmt.Fprintf(out, "on each of %s\n", p.Memory.Plan)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "tensor\t×\tdims\tlies\toptimizer lies\tweights\tgradients\toptimizer\tEMA")
	for _, t := range p.Memory.Tensors {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", t.Name, t.Count, strings.Trim(fmt.Sprint(t.Dims), "[]"), t.Lies, t.Kept,
			workbench.Bytes(t.Weights), workbench.Bytes(t.Gradients), workbench.Bytes(t.Optimizer), workbench.Bytes(t.Average))
	}
	w.Flush()
}

// printTotals prints what the step takes in all, and what would lower it.
func (p *profiled) printTotals(out io.Writer) {
	f := p.Memory.Predicted
	fmt.Fprintf(out, "\nstate %s (weights %s, optimizer %s, EMA %s), once before the step and once after\n", workbench.Bytes(f.Results),
		workbench.Bytes(f.Weights), workbench.Bytes(f.Optimizer), workbench.Bytes(f.Average))
	fmt.Fprintf(out, "batch %s, activations %s, temporary memory %s; gradients, %s, and activations that fit lie where the state after the step will\n", workbench.Bytes(f.Batch),
		workbench.Bytes(f.Activations), workbench.Bytes(f.Temporary), workbench.Bytes(f.Gradients))
	fmt.Fprintf(out, "predicted %s", workbench.Bytes(f.Total))
	if c := p.Memory.Compiled; c != nil {
		fmt.Fprintf(out, ", compiled %s (temporary %s)", workbench.Bytes(int(c.Peak())), workbench.Bytes(int(c.Temporary)))
	}
	fmt.Fprintln(out)
	for _, s := range p.Memory.Lower {
		fmt.Fprintf(out, "%10s less with %s\n", workbench.Bytes(s.Bytes), s.Keys)
	}
}
