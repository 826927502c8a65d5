package workbench

import (
	"context"
	"fmt"
	"path/filepath"

	"clipbench/data"
	"clipbench/workbench/checkpoint"
	"clipbench/workbench/evaluate"
	"clipbench/workbench/plot"
	"clipbench/workbench/runlog"
)

// Checkpoints are the paths of the run's checkpoints, the oldest first, for OpenModel.
func (r *Run) Checkpoints() ([]string, error) {
	return checkpoint.List(filepath.Join(r.Dir, "checkpoints"))
}

// Metric is one metric of the run over its steps, such as "loss", to be drawn beside another run's. Of a long run it has
// some hundreds of points.
func (r *Run) Metric(name string) (plot.Series, error) {
	history, err := runlog.Glance(filepath.Join(r.Dir, "metrics.jsonl"), 400)
	if err != nil {
		return plot.Series{}, fmt.Errorf("%s: %w", r.Dir, err)
	}
	column := history.Column(name)
	if column == nil {
		return plot.Series{}, fmt.Errorf("%s: the run has no metric %q", r.Dir, name)
	}
	series := seriesOf(history, column)
	series.Name = r.Name
	return series, nil
}

// Separation is how alike a model finds what belongs together, and what does not: what contrastive training pulls apart.
type Separation struct {
	Matched float64 // mean cosine of a picture with its caption
	Others  float64 // mean cosine of a picture with every other caption
	First   float64 // share of pictures whose own caption is the most alike
}

// Separation measures the pairs of a source.
func (m *Model) Separation(ctx context.Context, source data.Source) (Separation, error) {
	p, err := m.Predict(ctx, source, ClassesOf(source))
	if err != nil {
		return Separation{}, err
	}
	var s Separation
	for i, row := range p.Cosines {
		for j, cosine := range row {
			if j == p.Truth[i] {
				s.Matched += float64(cosine)
			} else {
				s.Others += float64(cosine)
			}
		}
	}
	pictures, labels := len(p.Cosines), len(p.Classes.Labels)
	s.Matched /= float64(pictures)
	s.Others /= float64(max(1, pictures*(labels-1)))
	hits, err := evaluate.HitsOf(p.Cosines, p.Truth)
	s.First = hits.Top1
	return s, err
}

// Course is how a run's checkpoints judge the same pairs, one after the other.
type Course struct {
	Steps  []int
	Points []Separation // [steps]
}

// Course measures the pairs of a source at every checkpoint of the run.
func (r *Run) Course(ctx context.Context, source data.Source) (course Course, err error) {
	paths, err := r.Checkpoints()
	if err != nil {
		return course, err
	}
	if len(paths) == 0 {
		return course, fmt.Errorf("%s: the run has no checkpoint yet; train it first", r.Dir)
	}
	m, err := OpenModel(paths[0], r.options)
	if err != nil {
		return course, err
	}
	defer m.Close()
	for _, path := range paths {
		saved, err := ReadModel(path, r.options)
		if err != nil {
			return course, err
		}
		if err := m.take(saved); err != nil {
			return course, fmt.Errorf("%s: %w", path, err)
		}
		point, err := m.Separation(ctx, source)
		if err != nil {
			return course, err
		}
		course.Steps, course.Points = append(course.Steps, saved.Step), append(course.Points, point)
	}
	return course, nil
}

// Curves are the course over its steps, to be drawn.
func (c Course) Curves() plot.Curves {
	series := func(name string, value func(Separation) float64) plot.Series {
		s := plot.Series{Name: name}
		for i, point := range c.Points {
			s.X, s.Y = append(s.X, float64(c.Steps[i])), append(s.Y, value(point))
		}
		return s
	}
	return plot.Curves{Title: "What belongs together, and what does not", Panels: []plot.Panel{
		{Title: "mean cosine", Series: []plot.Series{
			series("own caption", func(s Separation) float64 { return s.Matched }),
			series("other captions", func(s Separation) float64 { return s.Others }),
		}},
		{Title: "own caption comes first", Series: []plot.Series{series("", func(s Separation) float64 { return s.First })}},
	}}
}
