package workbench

import (
	"encoding/json"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"clipbench/data"
	"clipbench/workbench/evaluate"
	"clipbench/workbench/plot"
	"clipbench/workbench/runlog"
)

// galleryPairs is how many pairs a run's similarity matrix shows: few enough for their values to stand in the cells.
const galleryPairs = 16

// gallery is what the pictures of a run's validation always show: pairs of distinct captions from all of the first source.
type gallery struct {
	rows     []int // of the source's verdict
	pictures []image.Image
	labels   []string
}

// labelledMatrix is media/<step>/similarity.json: pictures are rows, captions columns, values their cosines.
type labelledMatrix struct {
	Rows    []string          `json:"rows"`
	Columns []string          `json:"columns"`
	Values  [][]runlog.Number `json:"values"`
}

// choose takes pairs at even distances, none with a caption that is there already.
func (g *gallery) choose(source data.Source, p *Pairs) (err error) {
	seen := map[string]bool{}
	var keys []string
	for i := range min(galleryPairs, len(p.Keys)) {
		row := i * len(p.Keys) / min(galleryPairs, len(p.Keys))
		if seen[p.Captions[row]] {
			continue
		}
		seen[p.Captions[row]] = true
		g.rows, g.labels, keys = append(g.rows, row), append(g.labels, p.Captions[row]), append(keys, p.Keys[row])
	}
	g.pictures, err = picturesOf(source, keys)
	return err
}

// draw writes the gallery's similarity matrix, as a picture and as numbers, into the media of this step.
func (t *training) draw(source data.Source, v *verdict) error {
	g := &t.gallery
	if g.rows == nil {
		if err := g.choose(source, &v.pairs); err != nil {
			return err
		}
	}
	images, texts := make(evaluate.Embeddings, len(g.rows)), make(evaluate.Embeddings, len(g.rows))
	for i, row := range g.rows {
		images[i], texts[i] = v.pairs.Images[row], v.texts[row]
	}
	scores := evaluate.Scores(images, texts)
	if err := t.media("similarity.json", func(path string) error { return g.writeNumbers(path, scores) }); err != nil {
		return err
	}
	matrix := plot.Similarity{
		Values: float64s(scores), RowImages: g.pictures, RowLabels: g.labels, ColumnLabels: g.labels,
		Title:  fmt.Sprintf("%s, step %d", t.Name, t.place.step),
		Output: plot.Output{Density: 1}, // a quarter of the usual time: training waits
	}
	return t.media("similarity.png", matrix.Save)
}

// media writes a file of this step's media whole or not at all: beside its place first, then by rename.
func (t *training) media(name string, write func(path string) error) error {
	path, err := t.log.Media(t.place.step, name)
	if err != nil {
		return err
	}
	temporary := filepath.Join(filepath.Dir(path), ".writing-"+name)
	if err := write(temporary); err != nil {
		_ = os.Remove(temporary)
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.Rename(temporary, path)
}

func (g *gallery) writeNumbers(path string, scores [][]float32) error {
	m := labelledMatrix{Rows: g.labels, Columns: g.labels}
	for _, row := range scores {
		numbers := make([]runlog.Number, len(row))
		for j, v := range row {
			numbers[j] = runlog.Number(v)
		}
		m.Values = append(m.Values, numbers)
	}
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func float64s(rows [][]float32) [][]float64 {
	wide := make([][]float64, len(rows))
	for i, row := range rows {
		wide[i] = make([]float64, len(row))
		for j, v := range row {
			wide[i][j] = float64(v)
		}
	}
	return wide
}
