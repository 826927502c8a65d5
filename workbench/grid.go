package workbench

import (
	"clipbench/data"
	"clipbench/workbench/plot"
)

// Pictures are the pictures of a source with their captions, to be drawn as a grid. For many, take some of the source.
func Pictures(source data.Source) (plot.ImageGrid, error) {
	grid := plot.ImageGrid{}
	var keys []string
	for i := range source.Len() {
		s, err := source.Sample(i)
		if err != nil {
			return plot.ImageGrid{}, err
		}
		keys, grid.Labels = append(keys, s.Key), append(grid.Labels, s.Captions[0])
	}
	var err error
	grid.Images, err = picturesOf(source, keys)
	return grid, err
}
