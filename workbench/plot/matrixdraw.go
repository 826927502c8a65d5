package plot

import (
	"math"
	"strconv"
)

// drawFrame paints all of a matrix but its cells.
func (l matrixLayout) drawFrame(p *pen) {
	for _, labels := range [][]label{l.texts, l.labels, l.barLabels} {
		for _, t := range labels {
			t.draw(p)
		}
	}
	steps := int(2 * l.bar.h)
	for i := range steps {
		p.fill(box{l.bar.x, l.bar.y + float64(i)/2, l.bar.w, 0.5}, shade(1-(float64(i)+0.5)/float64(steps)))
	}
	drawKey(p, l.key)
}

// cellGap is the paper left on each side of a cell: none where cells are small.
func cellGap(cell float64) float64 {
	if cell < 12 {
		return 0
	}
	return 0.5
}

// matched marks the cell of a pair that belongs together.
func matched(p *pen, b box) {
	switch {
	case b.w >= 12:
		p.frame(b.inset(0.5), 1.5, paper)
		p.frame(b.inset(0), 0.5, ink)
	case b.w >= smallestMark:
		p.frame(b, 0.5, paper)
	}
}

// mistaken marks a cell that was taken for the match.
func mistaken(p *pen, b box) {
	switch {
	case b.w >= 12:
		p.frame(b.inset(0.5), 1.5, vermillion)
		corner := b.w / 4
		p.polygon(vermillion, point{b.right() - corner, b.y + 0.5}, point{b.right() - 0.5, b.y + 0.5}, point{b.right() - 0.5, b.y + corner})
	case b.w >= smallestMark:
		p.frame(b, 1, vermillion)
	default:
		p.frame(b.inset(-1.5), 0.5, vermillion)
	}
}

func matchedKey(p *pen, b box) {
	p.fill(b, shade(0.8))
	p.frame(b, 0.5, ink)
	p.frame(b.inset(0.5), 1.5, paper)
	p.frame(b.inset(2), 0.5, shade(0.8))
}

func mistakenKey(p *pen, b box) {
	p.fill(b, shade(0.8))
	p.frame(b, 1.5, vermillion)
	p.polygon(vermillion, point{b.right() - 4, b.y}, point{b.right(), b.y}, point{b.right(), b.y + 4})
}

// cellText returns how to write a value into a cell, or nil if there are too many or no room.
func cellText(values [][]float64, cell float64) func(v float64) string {
	if len(values) > valuesUpTo || len(values[0]) > valuesUpTo {
		return nil
	}
	_, high := extent(values)
	low, _ := extent(values)
	largest := max(math.Abs(low), math.Abs(high))
	digits := 2
	if largest >= 10 {
		digits = 1
	}
	if largest >= 100 {
		digits = 0
	}
	write := func(v float64) string {
		if !finite(v) {
			return "–"
		}
		return minus(strconv.FormatFloat(v, 'f', digits, 64))
	}
	for _, row := range values {
		for _, v := range row {
			if measure(write(v), labelSize, false) > cell-3 {
				return nil
			}
		}
	}
	return write
}
