package plot

import (
	"fmt"
	"image"
	"strconv"
	"strings"

	scale "golang.org/x/image/draw"
)

// Confusion draws how often each class (row) was taken for each other (column). A cell's colour is its
// share of the row; up to 16 classes, the counts or the percentages stand in the cells.
type Confusion struct {
	Counts    [][]float64   // [classes, classes]: rows are true, columns predicted
	Labels    []string      // [classes], or none
	RowImages []image.Image // [classes], an example of each, or none
	Percent   bool          // write percentages of the row, not counts
	Title     string
	Note      string // under the title; empty says the accuracy
	Output
}

// Save writes the picture to path, whose ending, .png or .svg, is its format.
func (c Confusion) Save(path string) error { return save(c, path) }

// Image returns the picture's pixels; one that cannot be drawn becomes a picture of the reason.
func (c Confusion) Image() image.Image { return raster(c) }

// Show puts the picture in the notebook or the terminal, or in a file whose path it prints.
func (c Confusion) Show() error { return show(c, "confusion") }

func (c Confusion) drawing() (drawing, error) {
	if err := c.check(); err != nil {
		return drawing{}, err
	}
	l := c.matrix().layout()
	return drawing{l.width, l.height, func(p *pen) { c.draw(p, l) }}, nil
}

// check refuses what has no shape and what was not counted.
func (c Confusion) check() error {
	n := len(c.Counts)
	switch {
	case n == 0:
		return fmt.Errorf("confusion: no counts: need at least one class")
	case n > largestGrid:
		return fmt.Errorf("confusion: %d classes: at most %d can be drawn; choose a part of them", n, largestGrid)
	case len(c.Labels) != 0 && len(c.Labels) != n, len(c.RowImages) != 0 && len(c.RowImages) != n:
		return fmt.Errorf("confusion: %d labels and %d images for %d classes: need %d or none", len(c.Labels), len(c.RowImages), n, n)
	}
	for i, row := range c.Counts {
		if len(row) != n {
			return fmt.Errorf("confusion: row %d has %d counts for %d classes", i, len(row), n)
		}
		for j, v := range row {
			if v < 0 || !finite(v) {
				return fmt.Errorf("confusion: row %d, column %d: %v is not a count", i, j, v)
			}
		}
	}
	return nil
}

// matrix describes the picture to the layout.
func (c Confusion) matrix() matrix {
	n := len(c.Counts)
	m := matrix{
		rows: n, columns: n, rowLabels: c.Labels, columnLabels: c.Labels, pictures: len(c.RowImages) > 0,
		rowName: "true", columnName: "predicted",
		title: c.Title, note: c.Note, legend: "share of the row", scale: newScale(0, 1, false, 5),
	}
	right, all := 0.0, 0.0
	for i, row := range c.Counts {
		right += row[i]
		all += sum(row)
	}
	if m.note == "" && all > 0 {
		m.note = fmt.Sprintf("accuracy %s: %s of %s", percent(right/all), number(right), number(all))
	}
	return m
}

// shares returns each count as a share of its row; an empty row has none.
func (c Confusion) shares() [][]float64 {
	shares := make([][]float64, len(c.Counts))
	for i, row := range c.Counts {
		shares[i] = make([]float64, len(row))
		all := sum(row)
		for j, v := range row {
			shares[i][j] = v / all // NaN, drawn grey, where nothing was counted
		}
	}
	return shares
}

func (c Confusion) draw(p *pen, l matrixLayout) {
	l.drawFrame(p)
	for i, b := range l.pictures {
		p.picture(b, c.RowImages[i*l.pictureStep])
	}
	shares := c.shares()
	if l.cell < smallestMark || len(shares) > 40 {
		p.image(l.cells, shadeAll(shares, newScale(0, 1, false, 1)), scale.NearestNeighbor)
		return
	}
	write := cellText(c.Counts, l.cell, func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) })
	if c.Percent {
		write = cellText(shares, l.cell, func(v float64) string { return strconv.FormatFloat(100*v, 'f', 0, 64) })
	}
	for i, row := range shares {
		for j, share := range row {
			b, color := l.at(i, j), shade(share)
			p.fill(b.inset(cellGap(l.cell)), color)
			if write == nil || c.Counts[i][j] == 0 {
				continue
			}
			v := c.Counts[i][j]
			if c.Percent {
				v = share
			}
			p.centred(write(v), b.midX(), b.midY(), style{size: labelSize, color: textOn(color), align: 0.5})
		}
	}
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}

// number writes a number that is not negative with commas between thousands.
func number(v float64) string {
	whole, fraction, broken := strings.Cut(strconv.FormatFloat(v, 'f', -1, 64), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if broken {
		return whole + "." + fraction
	}
	return whole
}
