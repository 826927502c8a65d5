// Command emoji is the whole experiment: train a small CLIP on emoji in seven art styles, ask it about a style and about
// concepts it never saw, and draw what it learned.
//
//	go run ./recipes/emoji [key=value…]
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"clipbench/data/emoji"
	"clipbench/workbench"
	"clipbench/workbench/config"
	"clipbench/workbench/device"
	"clipbench/workbench/plot"
)

func main() {
	device.Tune()
	ctx, stop := workbench.Interruptible()
	defer stop()
	if err := experiment(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(workbench.ExitStatus(err))
	}
}

func experiment(ctx context.Context, overrides []string) error {
	cfg, err := config.Load("recipes/emoji/emoji.yaml", overrides...)
	if err != nil {
		return err
	}
	run, err := workbench.Open("", workbench.Options{Config: cfg})
	if err != nil {
		return err
	}
	defer run.Close()

	summary, err := run.Train(ctx)
	if err != nil || summary.Step < cfg.Trainer.MaxSteps {
		return err
	}
	if err := ask(ctx, run); err != nil {
		return err
	}
	return draw(ctx, run)
}

// ask measures zero-shot accuracy where the model was never trained: another style, other concepts, and both at once.
func ask(ctx context.Context, run *workbench.Run) error {
	for _, split := range []string{emoji.UnseenStyle, emoji.UnseenConcept, emoji.UnseenBoth} {
		source, err := emoji.Open(split)
		if err != nil {
			return err
		}
		hits, err := run.ZeroShot(ctx, source)
		if err != nil {
			return err
		}
		fmt.Printf("%-15s top-1 %.3f  top-5 %.3f  top-10 %.3f  of %d captions (chance %.4f)\n",
			split, hits.Top1, hits.Top5, hits.Top10, hits.Candidates, 1/float64(hits.Candidates))
	}
	return nil
}

// draw shows the similarity of well-known emoji in the unseen style with their captions, the nearest captions of unseen
// concepts, and the training curves.
func draw(ctx context.Context, run *workbench.Run) error {
	unseen, err := emoji.Open(emoji.UnseenStyle)
	if err != nil {
		return err
	}
	gallery, err := emoji.Showing(unseen, emoji.Gallery(14))
	if err != nil {
		return err
	}
	matrix, err := run.Similarity(ctx, gallery)
	if err != nil {
		return err
	}
	nearest, err := run.NearestCaptions(ctx, gallery, unseen, 5)
	if err != nil {
		return err
	}
	curves, err := run.Curves()
	if err != nil {
		return err
	}
	for _, p := range []struct {
		name    string
		picture picture
	}{{"similarity", matrix}, {"nearest", nearest}, {"curves", curves}} {
		if err := keep(run, p.name, p.picture); err != nil {
			return err
		}
	}
	return nil
}

// picture is what every drawing of package plot can do.
type picture interface {
	Save(path string) error
	Show() error
}

// keep saves a picture in the run's folder, and shows it where the terminal can.
func keep(run *workbench.Run, name string, p picture) error {
	path := filepath.Join(run.Dir, "media", fmt.Sprint(run.Steps()), name+".png")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := p.Save(path); err != nil {
		return err
	}
	fmt.Println(path)
	if plot.Detect(os.Stdout).Target() == plot.File {
		return nil
	}
	return p.Show()
}
