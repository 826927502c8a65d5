package workbench

import (
	"context"
	"path/filepath"

	"clipbench/data"
	"clipbench/workbench/checkpoint"
	"clipbench/workbench/evaluate"
)

// Checkpoints are the paths of the run's checkpoints, the oldest first, for OpenModel.
func (r *Run) Checkpoints() ([]string, error) {
	return checkpoint.List(filepath.Join(r.Dir, "checkpoints"))
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
