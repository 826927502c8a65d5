package plot

import (
	"fmt"
	"image"
	"math"
	"strconv"

	scale "golang.org/x/image/draw"
)

// Similarity draws how alike each picture (row) and each caption (column) are, as a matrix of colours.
// The matched pair of each row is framed, and where another caption is the most alike, that one is marked.
// Up to 16 by 16, the values stand in the cells.
type Similarity struct {
	Values       [][]float64   // [rows, columns], any unit; NaN cells are grey
	RowImages    []image.Image // [rows], or none; a nil image stays blank
	RowLabels    []string      // [rows], or none
	ColumnLabels []string      // [columns], or none
	// Match holds the column that belongs to each row, or -1; nil means the diagonal.
	Match []int
	Title string
	Note  string // under the title; empty says how many rows find their caption
	// Legend says what a value is; empty means "cosine similarity".
	Legend string
	// Min and Max are the values of the first and the last colour; if equal, those of Values.
	Min, Max float64
	Output
}

// Save writes the picture to path, whose ending, .png or .svg, is its format.
func (s Similarity) Save(path string) error { return save(s, path) }

// Image returns the picture's pixels; one that cannot be drawn becomes a picture of the reason.
func (s Similarity) Image() image.Image { return raster(s) }

// Show puts the picture in the notebook or the terminal, or in a file whose path it prints.
func (s Similarity) Show() error { return show(s, "similarity") }

func (s Similarity) drawing() (drawing, error) {
	if err := s.check(); err != nil {
		return drawing{}, err
	}
	match := s.match()
	m := s.matrix(match)
	l := m.layout()
	return drawing{l.width, l.height, func(p *pen) {
		l.drawFrame(p)
		s.drawCells(p, m, l)
		for i, b := range l.pictures {
			p.picture(b, s.RowImages[i*l.pictureStep])
		}
		s.drawMarks(p, l, match)
	}}, nil
}

// check refuses what has no shape.
func (s Similarity) check() error {
	if len(s.Values) == 0 || len(s.Values[0]) == 0 {
		return fmt.Errorf("similarity: no values: need at least one row and one column")
	}
	rows, columns := len(s.Values), len(s.Values[0])
	for i, row := range s.Values {
		if len(row) != columns {
			return fmt.Errorf("similarity: row %d has %d values and row 0 has %d", i, len(row), columns)
		}
	}
	if n := max(rows, columns); n > largestGrid {
		return fmt.Errorf("similarity: %d×%d values: at most %d rows or columns can be drawn; choose a part of them", rows, columns, largestGrid)
	}
	for _, have := range []struct {
		name    string
		n, want int
	}{
		{"RowImages", len(s.RowImages), rows},
		{"RowLabels", len(s.RowLabels), rows},
		{"ColumnLabels", len(s.ColumnLabels), columns},
		{"Match", len(s.Match), rows},
	} {
		if have.n != 0 && have.n != have.want {
			return fmt.Errorf("similarity: %d %s for %d×%d values: need %d or none", have.n, have.name, rows, columns, have.want)
		}
	}
	return nil
}

// match returns the column that belongs to each row, -1 for none.
func (s Similarity) match() []int {
	match := make([]int, len(s.Values))
	for i := range match {
		match[i] = i
		if s.Match != nil {
			match[i] = s.Match[i]
		}
		if match[i] < 0 || match[i] >= len(s.Values[0]) {
			match[i] = -1
		}
	}
	return match
}

// matrix describes the picture to the layout.
func (s Similarity) matrix(match []int) matrix {
	low, high := s.Min, s.Max
	if low == high {
		low, high = extent(s.Values)
	}
	m := matrix{
		rows: len(s.Values), columns: len(s.Values[0]),
		rowLabels: s.RowLabels, columnLabels: s.ColumnLabels,
		pictures: len(s.RowImages) > 0,
		title:    s.Title, note: s.Note, legend: s.Legend,
		scale: newScale(low, high, false, 6),
	}
	if m.legend == "" {
		m.legend = "cosine similarity"
	}
	right, pairs := s.score(match)
	if pairs == 0 {
		return m
	}
	if m.note == "" {
		m.note = fmt.Sprintf("the match comes first in %d of %d rows", right, pairs)
	}
	if cellSize(max(m.rows, m.columns)) >= smallestMark {
		m.key = append(m.key, markKey("matched pair", matched))
	}
	if right < pairs {
		m.key = append(m.key, markKey("most alike in its row, but not the match", mistaken))
	}
	return m
}

// score counts the rows that have a match and those whose most alike column it is.
func (s Similarity) score(match []int) (right, pairs int) {
	for i, j := range match {
		if j < 0 {
			continue
		}
		pairs++
		if mistake(s.Values[i], j) < 0 {
			right++
		}
	}
	return right, pairs
}

// drawCells paints the values: boxes with numbers while they are few, else one image.
func (s Similarity) drawCells(p *pen, m matrix, l matrixLayout) {
	if m.rows*m.columns > 40*40 || l.cell < smallestMark {
		p.image(l.cells, shadeAll(s.Values, m.scale), scale.NearestNeighbor)
		return
	}
	text := cellText(s.Values, l.cell, decimals(s.Values))
	for i, row := range s.Values {
		for j, v := range row {
			c := shade(m.scale.fraction(v))
			b := l.at(i, j)
			p.fill(b.inset(cellGap(l.cell)), c)
			if text != nil {
				p.centred(text(v), b.midX(), b.midY(), style{size: labelSize, color: textOn(c), align: 0.5})
			}
		}
	}
}

// decimals returns how to write values: two decimals, fewer where they are large.
func decimals(values [][]float64) func(v float64) string {
	low, high := extent(values)
	digits := 2
	switch largest := max(math.Abs(low), math.Abs(high)); {
	case largest >= 100:
		digits = 0
	case largest >= 10:
		digits = 1
	}
	return func(v float64) string {
		if !finite(v) {
			return "–"
		}
		return minus(strconv.FormatFloat(v, 'f', digits, 64))
	}
}

// drawMarks frames the matched pair of each row and, where it differs, the row's most alike column.
func (s Similarity) drawMarks(p *pen, l matrixLayout, match []int) {
	for i, j := range match {
		if j < 0 {
			continue
		}
		matched(p, l.at(i, j))
		if taken := mistake(s.Values[i], j); taken >= 0 {
			mistaken(p, l.at(i, taken))
		}
	}
}

// extent returns the least and the greatest finite value.
func extent(values [][]float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, row := range values {
		for _, v := range row {
			if finite(v) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	return low, high
}

// mistake returns the place of the greatest value where that is greater than the match's own, else -1:
// columns of one caption are equally alike to a row, and any of them is right.
func mistake(values []float64, match int) int {
	best := match
	for i, v := range values {
		if v > values[best] || math.IsNaN(values[best]) && !math.IsNaN(v) {
			best = i
		}
	}
	if best == match {
		return -1
	}
	return best
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
