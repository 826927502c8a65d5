package picture

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"clipbench/tui/canvas"
	"clipbench/tui/theme"
	"clipbench/workbench/runlog"
)

// Matrix is a labelled matrix, as similarity.json has it: rows are images, columns captions.
type Matrix struct {
	Rows    []string          `json:"rows"`
	Columns []string          `json:"columns"`
	Values  [][]runlog.Number `json:"values"`
}

// maxMatrix is the largest side that is read.
const maxMatrix = 4096

// ParseMatrix reads {"rows", "columns", "values"} and checks that they fit together.
func ParseMatrix(b []byte) (*Matrix, error) {
	var m Matrix
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, errors.New("not a matrix: it is no JSON object with rows, columns and values")
	}
	if len(m.Values) != len(m.Rows) || len(m.Rows) == 0 || len(m.Columns) == 0 || len(m.Rows) > maxMatrix || len(m.Columns) > maxMatrix {
		return nil, fmt.Errorf("not a matrix: %d rows of values for %d row and %d column labels", len(m.Values), len(m.Rows), len(m.Columns))
	}
	for i, row := range m.Values {
		if len(row) != len(m.Columns) {
			return nil, fmt.Errorf("not a matrix: row %d has %d values for %d columns", i, len(row), len(m.Columns))
		}
	}
	return &m, nil
}

// Range is that of all finite values.
func (m *Matrix) Range() runlog.Range {
	r := runlog.Nothing()
	for _, row := range m.Values {
		for _, v := range row {
			r = r.With(float64(v))
		}
	}
	return r
}

// Matches is how many rows have their greatest value on the diagonal, of how many that have a diagonal:
// recall@1 where column i belongs to row i.
func (m *Matrix) Matches() (right, of int) {
	of = min(len(m.Rows), len(m.Columns))
	for i := range of {
		best := math.Inf(-1)
		at := -1
		for j, v := range m.Values[i] {
			if float64(v) > best {
				best, at = float64(v), j
			}
		}
		if at == i {
			right++
		}
	}
	return right, of
}

// Grid is how a matrix is laid out in an area: the place of its cells and how many of them there is room for.
type Grid struct {
	Label      int // columns of the screen for a row's label
	Cell, Tall int // columns and lines of the screen for a value
	Top, Left  int // the first row and column of the matrix that are shown
	Rows       int // how many of them are shown
	Columns    int
	Numbers    bool // whether values are written out
}

// headline is the line of the columns' numbers.
const headline = 1

// Lay finds the largest cells that show all columns, or as many as there is room for around the cursor.
func (m *Matrix) Lay(w, h, row, column int) Grid {
	var g Grid
	widest := 0
	for i, label := range m.Rows {
		widest = max(widest, canvas.Width(m.rowLabel(i, label)))
	}
	g.Label = min(widest, max(6, w/3))
	room := max(0, w-g.Label-1)
	g.Cell = min(max(2, room/len(m.Columns)), 8)
	g.Tall = min(max(1, (h-headline)/len(m.Rows)), max(1, g.Cell/2)) // at most square
	g.Numbers = g.Cell >= 4
	g.Rows, g.Columns = min(len(m.Rows), max(0, h-headline)/g.Tall), min(len(m.Columns), room/g.Cell)
	g.Top = scroll(row, g.Rows, len(m.Rows))
	g.Left = scroll(column, g.Columns, len(m.Columns))
	return g
}

// Height is how many of h lines Draw uses in w cells.
func (m *Matrix) Height(w, h int) int {
	g := m.Lay(w, h, 0, 0)
	return min(h, headline+g.Rows*g.Tall)
}

// scroll keeps the cursor in the middle of what is shown, as far as the ends let it.
func scroll(at, shown, of int) int { return max(0, min(at-shown/2, of-shown)) }

func (m *Matrix) rowLabel(i int, label string) string { return fmt.Sprintf("%d %s", i+1, label) }

// Draw draws the matrix with its labels; columns are numbered, and the number of a row leads its label.
// The value at row, column is marked.
func (m *Matrix) Draw(t *theme.Theme, w, h, row, column int) *canvas.Canvas {
	c := canvas.New(w, h)
	g := m.Lay(w, h, row, column)
	all := m.Range()
	for j := range g.Columns {
		number := columnNumber(g.Left+j+1, g.Cell)
		c.Text(g.x(j)+(g.Cell-len(number)+1)/2, 0, g.Cell, number, accentIf(t, g.Left+j == column, t.Faint))
	}
	for i := range g.Rows {
		c.Text(0, g.y(i)+(g.Tall-1)/2, g.Label, m.rowLabel(g.Top+i, m.Rows[g.Top+i]), accentIf(t, g.Top+i == row, t.Text))
		for j := range g.Columns {
			g.drawValue(c, t, g.x(j), g.y(i), float64(m.Values[g.Top+i][g.Left+j]), all)
		}
	}
	if i, j := row-g.Top, column-g.Left; i >= 0 && i < g.Rows && j >= 0 && j < g.Columns {
		for y := range g.Tall {
			c.Tint(g.x(j), g.y(i)+y, g.Cell, canvas.Style{Attr: canvas.Bold | canvas.Underline | canvas.Reverse})
		}
	}
	return c
}

// x and y are where a cell of the screen's grid begins.
func (g *Grid) x(j int) int { return g.Label + 1 + j*g.Cell }
func (g *Grid) y(i int) int { return headline + i*g.Tall }

// accentIf is the accent's style for what the cursor is on.
func accentIf(t *theme.Theme, yes bool, style canvas.Style) canvas.Style {
	if yes {
		return t.Accent
	}
	return style
}

// columnNumber keeps the last digits where a number is wider than its column.
func columnNumber(n, w int) string {
	s := fmt.Sprint(n)
	return s[max(0, len(s)-w+min(1, w-1)):]
}

// drawValue is a coloured cell, or a shaded one, with its number if there is room.
func (g *Grid) drawValue(c *canvas.Canvas, t *theme.Theme, x, y int, v float64, all runlog.Range) {
	part := (v - all.Min) / (all.Max - all.Min)
	if all.Max == all.Min {
		part = 0.5
	}
	ground, ink := t.Heat(part)
	style := canvas.Style{Fg: ink, Bg: ground}
	fill := ' '
	if ground == 0 && !g.Numbers {
		fill = t.Block(part)
	}
	c.Fill(x, y, g.Cell, g.Tall, fill, style)
	if g.Numbers {
		text := Similarity(v)
		c.Text(x+(g.Cell-len(text)+1)/2, y+(g.Tall-1)/2, len(text), text, style)
	}
}

// Similarity is a value of a similarity matrix in few cells: .87, -.05, 12.3.
func Similarity(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return "NaN"
	case a < 0.995:
		s := fmt.Sprintf("%.2f", a)[1:]
		if v < 0 && s != ".00" {
			return "-" + s
		}
		return s
	case a < 9.95:
		return fmt.Sprintf("%.1f", v)
	case a < 1e4:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.0e", v)
}

// Legend is the scale of the colours from the least to the greatest value, in w cells.
func Legend(t *theme.Theme, all runlog.Range, w int) *canvas.Canvas {
	c := canvas.New(w, 1)
	lo, hi := Similarity(all.Min), Similarity(all.Max)
	bar := w - len(lo) - len(hi) - 2
	if bar < 4 || all.Empty() {
		return c
	}
	c.Text(0, 0, len(lo), lo, t.Faint)
	for i := range bar {
		part := float64(i) / float64(bar-1)
		ground, _ := t.Heat(part)
		if ground == 0 {
			c.Set(len(lo)+1+i, 0, t.Block(part), t.Text)
			continue
		}
		c.Set(len(lo)+1+i, 0, ' ', canvas.Style{Bg: ground})
	}
	c.Text(len(lo)+bar+2, 0, len(hi), hi, t.Faint)
	return c
}
