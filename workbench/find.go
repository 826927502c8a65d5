package workbench

import (
	"context"

	"clipbench/data"
	"clipbench/workbench/evaluate"
)

// Found is a sample of a source that answers a question.
type Found struct {
	Key     string  `json:"key"`
	Caption string  `json:"caption"`
	Score   float32 `json:"score"` // cosine
}

// Find is Search in numbers: for each query, an embedded text or picture, the k samples of a source whose pictures are
// nearest, the nearest first.
func (m *Model) Find(ctx context.Context, source data.Source, queries evaluate.Embeddings, k int) ([][]Found, error) {
	pairs, err := m.EmbedImages(ctx, source)
	if err != nil {
		return nil, err
	}
	all := make([][]Found, len(queries))
	for i, scores := range evaluate.Scores(queries, pairs.Images) {
		for _, j := range evaluate.Nearest(scores, k) {
			all[i] = append(all[i], Found{Key: pairs.Keys[j], Caption: pairs.Captions[j], Score: scores[j]})
		}
	}
	return all, nil
}
