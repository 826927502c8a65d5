package plot

import (
	"math"
)

// label is a line of text that a layout has placed: where its anchor is and how it is set.
type label struct {
	text string
	x, y float64
	style
}

// draw sets the label.
func (l label) draw(p *pen) { p.text(l.text, l.x, l.y, l.style) }

// corners returns the corners of the label's rectangle on the page, turned as the text is.
func (l label) corners() [4]point {
	width := measure(l.text, l.size, l.bold)
	left, right := -l.align*width, (1-l.align)*width
	up, down := -capHeight*l.size, descent*l.size
	sin, cos := math.Sincos(l.angle)
	place := func(along, below float64) point {
		return point{l.x + along*cos + below*sin, l.y - along*sin + below*cos}
	}
	return [4]point{place(left, up), place(right, up), place(right, down), place(left, down)}
}

// beside returns a label whose middle line passes through (x, y), whatever its angle.
func beside(text string, x, y float64, s style) label {
	sin, cos := math.Sincos(s.angle)
	half := capHeight * s.size / 2
	return label{text, x + half*sin, y + half*cos, s}
}

// spacing decides how the labels of n places at equal distances are thinned and shrunk, so that lines of
// text, each needing its height and at least the given room, do not touch.
// It returns the text's size and the step between the places that get a label.
func spacing(pitch, room float64) (size float64, every int) {
	every = max(1, int(math.Ceil(max(lineHeight(minimumSize), room)/pitch-1e-9)))
	return min(labelSize, float64(every)*pitch/leading), every
}

// labelWidth is where a caption on an axis is shortened.
const labelWidth = 150.0

// rowLabels places labels right-aligned at x, each in the middle of its row.
func rowLabels(texts []string, x, top, pitch, size float64, every int) []label {
	var labels []label
	for i := 0; i < len(texts); i += every {
		text := shorten(texts[i], size, false, labelWidth)
		labels = append(labels, beside(text, x, top+(float64(i)+0.5)*pitch, style{size: size, color: ink, align: 1}))
	}
	return labels
}

// columnLabels places labels above y, each at the middle of its column: level if all have room, else
// slanted, else upright and thinned.
func columnLabels(texts []string, left, y, pitch float64) []label {
	size, every, angle, align := labelSize, 1, 0.0, 0.5
	switch {
	case widest(texts, size, false) <= pitch-gap:
	case pitch*math.Sin(math.Pi/4) >= lineHeight(size):
		angle, align = math.Pi/4, 0
	default:
		size, every = spacing(pitch, 0)
		angle, align = math.Pi/2, 0
	}
	var labels []label
	for i := 0; i < len(texts); i += every {
		text := shorten(texts[i], size, false, labelWidth)
		l := beside(text, left+(float64(i)+0.5)*pitch, y, style{size: size, color: ink, align: align, angle: angle})
		if angle == 0 {
			l.y = y
		}
		labels = append(labels, l)
	}
	return labels
}

// bounds returns the smallest box around labels; nothing gives the zero box.
func bounds(labels []label) box {
	if len(labels) == 0 {
		return box{}
	}
	low := point{math.Inf(1), math.Inf(1)}
	high := point{math.Inf(-1), math.Inf(-1)}
	for _, l := range labels {
		for _, c := range l.corners() {
			low = point{min(low.x, c.x), min(low.y, c.y)}
			high = point{max(high.x, c.x), max(high.y, c.y)}
		}
	}
	return box{low.x, low.y, high.x - low.x, high.y - low.y}
}
