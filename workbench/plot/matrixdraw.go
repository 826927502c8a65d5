package plot

import (
	"image"

	scale "golang.org/x/image/draw"
)

// drawFrame paints all of a matrix but its cells.
func (l matrixLayout) drawFrame(p *pen) {
	for _, labels := range [][]label{l.texts, l.labels, l.barLabels} {
		for _, t := range labels {
			t.draw(p)
		}
	}
	bar := image.NewNRGBA(image.Rect(0, 0, 1, 256))
	for i := range 256 {
		bar.SetNRGBA(0, i, shade(1-(float64(i)+0.5)/256))
	}
	p.image(l.bar, bar, scale.ApproxBiLinear)
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

// mistaken marks a cell that was taken for the match. The light line around the mark sets it off from
// cells of its own lightness; without it, who sees no red from green would miss it.
func mistaken(p *pen, b box) {
	switch {
	case b.w >= 12:
		p.frame(b, 0.5, ink)
		p.frame(b.inset(0.5), 1.5, vermillion)
		p.frame(b.inset(2), 0.5, paper)
		side := b.w / 4
		corner := point{b.right() - 2, b.y + 2}
		p.polygon(paper, point{corner.x - side - 0.5, corner.y}, corner, point{corner.x, corner.y + side + 0.5})
		p.polygon(vermillion, point{corner.x - side + 0.5, corner.y}, corner, point{corner.x, corner.y + side - 0.5})
	case b.w >= smallestMark:
		p.frame(b, 1, vermillion)
		p.frame(b.inset(1), 0.5, paper)
	default:
		p.frame(b.inset(-1.5), 0.5, vermillion)
		p.frame(b.inset(-1), 0.5, paper)
	}
}

// markKey returns a key's entry for a mark, shown on a cell of a middling colour.
func markKey(text string, mark func(*pen, box)) keyEntry {
	return keyEntry{text, func(p *pen, b box) {
		p.fill(b, shade(0.7))
		mark(p, b)
	}}
}

// cellText returns write if there are few enough values and each one's text fits a cell, else nil.
func cellText(values [][]float64, cell float64, write func(v float64) string) func(v float64) string {
	if len(values) > valuesUpTo || len(values[0]) > valuesUpTo {
		return nil
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

// shadeAll returns an image with a pixel for each value.
func shadeAll(values [][]float64, s scaleTicks) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, len(values[0]), len(values)))
	for i, row := range values {
		for j, v := range row {
			img.SetNRGBA(j, i, shade(s.fraction(v)))
		}
	}
	return img
}
