package plot

import "math"

// matrix is what Similarity and Confusion share: a grid of coloured cells with labels on both axes,
// pictures before the rows if there are any, and a colour bar.
type matrix struct {
	rows, columns           int
	rowLabels, columnLabels []string
	rowName, columnName     string // names of the axes
	pictures                bool
	title, note             string
	legend                  string // what a colour means
	scale                   scaleTicks
	key                     []keyEntry // what the marks mean, below the grid
}

// matrixLayout is where everything of a matrix goes.
type matrixLayout struct {
	width, height float64
	cell          float64
	cells         box
	pictures      []box // one for every pictureStep-th row
	pictureStep   int
	labels        []label // of the axes
	texts         []label // title, note and axis names
	bar           box
	barLabels     []label
	key           []placedKey
}

// at returns the box of a cell.
func (l matrixLayout) at(row, column int) box {
	return box{l.cells.x + float64(column)*l.cell, l.cells.y + float64(row)*l.cell, l.cell, l.cell}
}

const (
	largestCell  = 42.0
	pictureSize  = 14.0 // the smallest picture on an axis that can be told from another
	largestGrid  = 4000 // rows or columns; beyond, a cell is less than a pixel
	barWidth     = 9.0
	barHeight    = 190.0
	valuesUpTo   = 16 // rows and columns with numbers in their cells
	smallestMark = 6.0
)

// cellSize returns the side of a cell: as large as a page allows, larger pages for more pictures,
// and never less than a pixel.
func cellSize(n int) float64 {
	side := max(504/float64(n), min(16, 800/float64(n)))
	for _, least := range []float64{2, 1, 0.5} {
		if float64(n)*least <= 1000 || least == 0.5 {
			side = max(side, least)
			break
		}
	}
	return min(largestCell, math.Floor(2*side)/2)
}

// layout places the matrix. It is pure: the same matrix always lies the same way.
func (m matrix) layout() matrixLayout {
	l := matrixLayout{cell: cellSize(max(m.rows, m.columns))}
	l.cells = box{w: float64(m.columns) * l.cell, h: float64(m.rows) * l.cell}
	top := m.placeTexts(&l)
	m.placeColumns(&l, top)
	m.placeRows(&l)
	m.placeBar(&l)
	m.placeKey(&l)
	all := bounds(append(append(append([]label{}, l.labels...), l.texts...), l.barLabels...))
	l.width = ceil(max(all.right(), l.cells.right(), l.bar.right(), keyWidth(l.key)) + margin)
	l.height = ceil(max(all.bottom(), l.cells.bottom(), l.bar.bottom(), keyBottom(l.key)) + margin)
	return l
}

// placeTexts sets the title and the note and returns the height that they take.
func (m matrix) placeTexts(l *matrixLayout) float64 {
	l.texts = heading(m.title, m.note)
	return headingHeight(m.title, m.note)
}

// placeColumns sets the column labels below top and the grid's y under them.
func (m matrix) placeColumns(l *matrixLayout, top float64) {
	left := m.left(l.cell)
	probe := bounds(columnLabels(m.columnLabels, left, 0, l.cell))
	if m.columnName != "" {
		top += lineHeight(labelSize) + gap/2
	}
	l.cells.x = left
	l.cells.y = ceil(top - probe.y)
	if len(m.columnLabels) > 0 {
		l.cells.y += gap
	}
	l.labels = columnLabels(m.columnLabels, left, l.cells.y-gap+1, l.cell)
	if m.columnName != "" {
		l.texts = append(l.texts, label{m.columnName, l.cells.midX(), top - gap, style{size: labelSize, bold: true, color: faint, align: 0.5}})
	}
}

// left returns the grid's x: room for the row labels and pictures.
func (m matrix) left(cell float64) float64 {
	x := margin
	if m.rowName != "" {
		x += lineHeight(labelSize) + gap/2
	}
	size, every := m.rowSpacing(cell)
	if width := bounds(rowLabels(m.rowLabels, 0, 0, cell, size, every)).w; width > 0 {
		x += width + gap
	}
	if m.pictures {
		x += max(cell, pictureSize) + gap/2
	}
	return ceil(x)
}

// rowSpacing thins the rows' labels and pictures together, so that each picture keeps its label.
func (m matrix) rowSpacing(cell float64) (size float64, every int) {
	room := 0.0
	if m.pictures {
		room = pictureSize
	}
	return spacing(cell, room)
}

// placeRows sets the row labels and pictures to the left of the grid.
func (m matrix) placeRows(l *matrixLayout) {
	size, every := m.rowSpacing(l.cell)
	x := l.cells.x - gap/2
	if m.pictures {
		side := min(max(l.cell-2, pictureSize), float64(every)*l.cell)
		x -= side
		l.pictureStep = every
		for row := 0; row < m.rows; row += every {
			middle := l.at(row, 0).midY()
			l.pictures = append(l.pictures, box{x, snap(middle - side/2), side, side})
		}
		x -= gap
	}
	l.labels = append(l.labels, rowLabels(m.rowLabels, x, l.cells.y, l.cell, size, every)...)
	if m.rowName != "" {
		l.texts = append(l.texts, label{
			m.rowName, margin + labelSize, l.cells.midY(),
			style{size: labelSize, bold: true, color: faint, align: 0.5, angle: math.Pi / 2},
		})
	}
}

// placeBar sets the colour bar to the right of the grid.
func (m matrix) placeBar(l *matrixLayout) {
	l.bar = box{l.cells.right() + gutter, l.cells.y, barWidth, max(min(l.cells.h, barHeight), 40)}
	x := l.bar.right() + gap
	for _, t := range m.scale.ticks {
		y := l.bar.bottom() - l.bar.h*m.scale.fraction(t.Value)
		l.barLabels = append(l.barLabels, beside(t.Label, x, y, style{size: tickSize, color: faint}))
	}
	if m.legend != "" {
		right := bounds(l.barLabels).right()
		l.barLabels = append(l.barLabels, label{
			m.legend, right + gap/2 + noteSize, l.bar.y,
			style{size: noteSize, color: ink, align: 1, angle: math.Pi / 2},
		})
	}
}

// placeKey sets the key under the grid.
func (m matrix) placeKey(l *matrixLayout) {
	l.key = placeKey(m.key, l.cells.x, l.cells.bottom()+gap+lineHeight(noteSize), max(l.cells.w, 300))
}
