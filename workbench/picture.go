package workbench

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"path/filepath"
	"slices"

	// The formats of a sample's picture.
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"

	"clipbench/data"
	"clipbench/workbench/evaluate"
	"clipbench/workbench/plot"
	"clipbench/workbench/runlog"

	_ "golang.org/x/image/webp"
)

// Similarity is the cosine of every picture of a source with every one of its captions, to be drawn.
func (m *Model) Similarity(ctx context.Context, source data.Source) (plot.Similarity, error) {
	pairs, err := m.EmbedImages(ctx, source)
	if err != nil {
		return plot.Similarity{}, err
	}
	texts, err := m.EmbedTexts(ctx, pairs.Captions)
	if err != nil {
		return plot.Similarity{}, err
	}
	pictures, err := picturesOf(source, pairs.Keys)
	if err != nil {
		return plot.Similarity{}, err
	}
	return plot.Similarity{
		Values: float64s(evaluate.Scores(pairs.Images, texts)), RowImages: pictures, RowLabels: pairs.Captions, ColumnLabels: pairs.Captions,
		Title: "Similarity of pictures and captions",
	}, nil
}

// NearestCaptions finds for each picture of a source the k most probable among the captions of candidates, to be drawn.
func (m *Model) NearestCaptions(ctx context.Context, source, candidates data.Source, k int) (plot.Nearest, error) {
	pairs, err := m.EmbedImages(ctx, source)
	if err != nil {
		return plot.Nearest{}, err
	}
	labels, err := captions(candidates)
	if err != nil {
		return plot.Nearest{}, err
	}
	texts, err := m.EmbedTexts(ctx, labels)
	if err != nil {
		return plot.Nearest{}, err
	}
	scale, err := m.LogitScale()
	if err != nil {
		return plot.Nearest{}, err
	}
	pictures, err := picturesOf(source, pairs.Keys)
	if err != nil {
		return plot.Nearest{}, err
	}
	n := plot.Nearest{Title: fmt.Sprintf("The %d nearest of %d captions", k, len(labels))}
	for i, row := range evaluate.Probabilities(pairs.Images, texts, scale) {
		n.Items = append(n.Items, plot.NearestItem{
			Image: pictures[i], Truth: pairs.Captions[i], Captions: mostProbable(labels, row, slices.Index(labels, pairs.Captions[i]), k),
		})
	}
	return n, nil
}

// captions are the distinct first captions of a source, sorted.
func captions(source data.Source) ([]string, error) {
	var all []string
	for i := range source.Len() {
		s, err := source.Sample(i)
		if err != nil {
			return nil, err
		}
		all = append(all, s.Captions[0])
	}
	return slices.Compact(slices.Sorted(slices.Values(all))), nil
}

// picturesOf decodes the pictures of a source for showing, those of the keys alone.
func picturesOf(source data.Source, keys []string) ([]image.Image, error) {
	var pictures []image.Image
	for i := 0; i < source.Len() && len(pictures) < len(keys); i++ {
		s, err := source.Sample(i)
		if err != nil || s.Key != keys[len(pictures)] {
			continue // a broken sample has no key among keys
		}
		picture, _, err := image.Decode(bytes.NewReader(s.Image))
		if err != nil {
			return nil, fmt.Errorf("%s: sample %q: %w", source.Name(), s.Key, err)
		}
		pictures = append(pictures, picture)
	}
	return pictures, nil
}

// curvePanels are the pictures of a run's course: a title and the metrics that it shows.
var curvePanels = []struct {
	title string
	shows func(name string) bool
	log   bool
}{
	{"loss (nats)", func(n string) bool { return n == "loss" || n == "val_loss" }, false},
	{"zero-shot top-1 on validation", func(n string) bool { return len(n) > 9 && n[:4] == "val/" && n[len(n)-5:] == "_top1" }, false},
	{"learning rate", func(n string) bool { return n == "lr" }, false},
	{"logit scale", func(n string) bool { return n == "logit_scale" }, false},
	{"gradient norm", func(n string) bool { return n == "grad_norm" }, true},
	{"pairs per second", func(n string) bool { return n == "pairs_per_s" }, false},
}

// Curves are the run's metrics over its steps, to be drawn.
func (r *Run) Curves() (plot.Curves, error) {
	history, err := runlog.Glance(filepath.Join(r.Dir, "metrics.jsonl"), 400)
	if err != nil {
		return plot.Curves{}, fmt.Errorf("%s: %w", r.Dir, err)
	}
	curves := plot.Curves{Title: r.Name, Note: fmt.Sprintf("%d steps", r.Steps()), Columns: 3}
	for _, p := range curvePanels {
		panel := plot.Panel{Title: p.title, LogY: p.log}
		for _, column := range history.Columns() {
			if p.shows(column.Name) {
				panel.Series = append(panel.Series, seriesOf(history, column))
			}
		}
		if len(panel.Series) > 0 {
			curves.Panels = append(curves.Panels, panel)
		}
	}
	return curves, nil
}

func seriesOf(h *runlog.History, c *runlog.Column) plot.Series {
	s := plot.Series{Name: c.Name}
	for i := range c.Len() {
		s.X = append(s.X, float64(h.Step(c.Row(i))))
		s.Y = append(s.Y, c.Value(i))
	}
	return s
}
