package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"clipbench/data/emoji"
	"clipbench/workbench"
	"clipbench/workbench/config"
	"clipbench/workbench/device"

	"github.com/spf13/cobra"
)

// presetOrFile loads a YAML file, or a preset by name.
func presetOrFile(name string, overrides ...string) (*config.Config, error) {
	if strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") {
		return config.Load(name, overrides...)
	}
	return config.Preset(name, overrides...)
}

func (c *command) bench() *cobra.Command {
	var preset, precision string
	var batch, steps int
	cmd := c.verb("bench [key=value…]", "time the training step of a preset on a synthetic batch", cobra.ArbitraryArgs, func(ctx context.Context, args []string) error {
		if steps < 1 {
			return c.wrongUse("--steps %d: there is at least 1 to time", steps)
		}
		device.Tune()
		args = append([]string{fmt.Sprintf("model.micro_batch_size=%d", batch), "model.global_batch_size=null", "trainer.precision=" + precision}, args...)
		cfg, err := config.Preset(preset, args...)
		if err != nil {
			return err
		}
		d, err := device.Open(ctx, device.Options{Backend: c.backend})
		if err != nil {
			return err
		}
		defer d.Close()
		r, err := workbench.Benchmark(ctx, d, cfg, steps)
		return c.result(err, r, func(w io.Writer) {
			fmt.Fprintf(w, "%s on %s, precision %s, batch %d: %.3f s a step, %.1f pairs/s, %.1f GFLOP/s (compiled in %.1f s)\n",
				r.Preset, r.Backend, r.Precision, r.Batch, r.StepSeconds, r.PairsPerSecond, r.GFLOPs, r.CompileSeconds)
		})
	})
	cmd.Flags().StringVar(&preset, "preset", "tiny", "a model by open_clip's name, or tiny")
	cmd.Flags().StringVar(&precision, "precision", "32", "32, bf16 or 16")
	cmd.Flags().IntVar(&batch, "batch", 128, "pairs in a step")
	cmd.Flags().IntVar(&steps, "steps", 8, "steps to time, after two to warm up")
	return cmd
}

func (c *command) data() *cobra.Command {
	return c.group("data", "build the default data", c.verb("emoji", "build the emoji set: nine art styles, CLDR captions", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		m, err := emoji.Build(ctx, emoji.Options{Progress: os.Stderr})
		return c.result(err, m, func(w io.Writer) {
			dir, _ := emoji.Dir() // Build has found it
			fmt.Fprintf(w, "%d pairs in %s\n", m.Pairs, dir)
		})
	}))
}

func (c *command) doctor() *cobra.Command {
	return c.verb("doctor", "say what runs the work, why, and what would make it faster", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		device.Tune()
		dir, err := emoji.Dir()
		if err != nil {
			return err
		}
		report := device.Doctor(ctx, device.Options{Backend: c.backend}, device.Folder{Name: "emoji", Path: filepath.Join(dir, "manifest.json"), Get: "clipbench data emoji"})
		return c.print(report, func(w io.Writer) { fmt.Fprint(w, report) })
	})
}
