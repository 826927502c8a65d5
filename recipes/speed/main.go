// Command speed times the training step against open_clip's on this machine: the two in turn, several rounds, the same
// batch and the same environment for both, and prints the ratio of the medians.
//
//	go run ./recipes/speed [-rounds 5]
//
// `just bench` installs open_clip and torch first, once, into the user's cache directory.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"

	"clipbench/setup/peers"
	"clipbench/workbench"
)

// contest is one line of the comparison.
type contest struct {
	preset, precision string
	batch, steps      int
	target            float64 // the ratio that the project asks of itself
}

var contests = []contest{
	{"tiny", "32", 128, 8, 1.15},
	{"tiny", "bf16", 128, 8, 1.25},
	{"ViT-B-32", "32", 16, 3, 1.15},
}

func main() {
	rounds := flag.Int("rounds", 3, "alternating rounds")
	flag.Parse()
	ctx, stop := workbench.Interruptible()
	defer stop()
	if err := compare(ctx, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func compare(ctx context.Context, rounds int) error {
	python, err := peers.Python(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("%-10s %-9s %6s  %22s  %22s  %s\n", "preset", "precision", "batch", "clipbench, pairs/s", "open_clip, pairs/s", "ratio (asked)")
	for _, c := range contests {
		ours, theirs, ratios := []float64{}, []float64{}, []float64{}
		for range rounds {
			a, err := speed(ctx, c.clipbench()...)
			if err != nil {
				return err
			}
			b, err := speed(ctx, c.openCLIP(python)...)
			if err != nil {
				return err
			}
			ours, theirs, ratios = append(ours, a), append(theirs, b), append(ratios, a/b)
		}
		fmt.Printf("%-10s %-9s %6d  %22s  %22s  %.2f (%.2f)\n", c.preset, c.precision, c.batch, spread(ours), spread(theirs), median(ratios), c.target)
	}
	return nil
}

func (c contest) clipbench() []string {
	return []string{
		"bin/clipbench", "bench", "--json", "--preset", c.preset, "--precision", c.precision,
		"--batch", strconv.Itoa(c.batch), "--steps", strconv.Itoa(c.steps),
	}
}

func (c contest) openCLIP(python string) []string {
	return []string{
		python, "recipes/speed/openclip_step.py", c.preset, "--precision", c.precision,
		"--batch", strconv.Itoa(c.batch), "--steps", strconv.Itoa(c.steps),
	}
}

// speed runs a command that prints one JSON document with pairs_per_s.
func speed(ctx context.Context, command ...string) (float64, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", command[0], err)
	}
	var result struct {
		PairsPerSecond float64 `json:"pairs_per_s"`
	}
	if err := json.Unmarshal(out, &result); err != nil {
		return 0, fmt.Errorf("%s printed no JSON: %w", command[0], err)
	}
	return result.PairsPerSecond, nil
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

func spread(values []float64) string {
	return fmt.Sprintf("%.1f (%.1f–%.1f)", median(values), slices.Min(values), slices.Max(values))
}
