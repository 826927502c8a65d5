package workbench

import (
	"context"
	"fmt"
	"image"

	"clipbench/data"
	"clipbench/workbench/evaluate"
	"clipbench/workbench/plot"
)

// Search finds for each text the k pictures of a source that are most like it, to be drawn in a row each.
func (m *Model) Search(ctx context.Context, source data.Source, k int, texts ...string) (plot.ImageGrid, error) {
	queries, err := m.EmbedTexts(ctx, texts)
	if err != nil {
		return plot.ImageGrid{}, err
	}
	grid, err := m.nearestPictures(ctx, source, k, queries, nil)
	grid.Title = fmt.Sprintf("The %d of %d pictures most like each text", k, source.Len())
	grid.RowLabels = texts
	return grid, err
}

// Neighbours finds for each picture of queries the k others of a source that are most like it, to be drawn in a row
// each, the picture itself before them.
func (m *Model) Neighbours(ctx context.Context, source, queries data.Source, k int) (plot.ImageGrid, error) {
	pairs, err := m.EmbedImages(ctx, queries)
	if err != nil {
		return plot.ImageGrid{}, err
	}
	pictures, err := picturesOf(queries, pairs.Keys)
	if err != nil {
		return plot.ImageGrid{}, err
	}
	grid, err := m.nearestPictures(ctx, source, k, pairs.Images, pairs.Keys)
	grid.Title = fmt.Sprintf("The %d of %d pictures most like the framed one", k, source.Len())
	grid.RowLabels, grid.RowImages = pairs.Captions, pictures
	return grid, err
}

// nearestPictures draws a row for each query: the k pictures of a source nearest to it, except the one of the query's
// own key, with their cosines.
func (m *Model) nearestPictures(ctx context.Context, source data.Source, k int, queries evaluate.Embeddings, keys []string) (plot.ImageGrid, error) {
	pairs, err := m.EmbedImages(ctx, source)
	if err != nil {
		return plot.ImageGrid{}, err
	}
	pictures, err := picturesOf(source, pairs.Keys)
	if err != nil {
		return plot.ImageGrid{}, err
	}
	k = min(k, len(pictures)-1)
	grid := plot.ImageGrid{Columns: k}
	for i, scores := range evaluate.Scores(queries, pairs.Images) {
		var row []image.Image
		for _, j := range evaluate.Nearest(scores, k+1) {
			if len(row) < k && (keys == nil || pairs.Keys[j] != keys[i]) {
				row = append(row, pictures[j])
				grid.Labels = append(grid.Labels, fmt.Sprintf("%.2f %s", scores[j], pairs.Captions[j]))
			}
		}
		grid.Images = append(grid.Images, row...)
	}
	return grid, nil
}
