package chart

import "clipbench/tui/canvas"

// raster is a field of dots, subX by subY to the cell: braille's 2 by 4, or 1 by 1 where braille is not to be had.
type raster struct {
	w, h       int // in cells
	subX, subY int
	masks      []uint8 // bit subX*row+column
	styles     []canvas.Style
	layers     []int // the layer that wrote the cell last; a higher one takes the cell over
	glyphs     []rune
	layer      int
	style      canvas.Style
	glyph      rune
	dash       int // dots on and dots off; 0 for a whole line
}

// brailleBit is the bit of U+2800 for a dot at [row][column].
var brailleBit = [4][2]uint8{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

func newRaster(w, h int, braille bool) *raster {
	w, h = max(0, w), max(0, h)
	r := &raster{
		w: w, h: h, subX: 1, subY: 1, masks: make([]uint8, w*h), styles: make([]canvas.Style, w*h),
		layers: make([]int, w*h), glyphs: make([]rune, w*h),
	}
	if braille {
		r.subX, r.subY = 2, 4
	}
	return r
}

// columns and rows are the size in dots.
func (r *raster) columns() int { return r.w * r.subX }
func (r *raster) rows() int    { return r.h * r.subY }

// pen sets what is drawn with from now on.
func (r *raster) pen(layer int, style canvas.Style, glyph rune, dash int) {
	r.layer, r.style, r.glyph, r.dash = layer, style, glyph, dash
}

// dot sets one dot; outside the field nothing happens.
func (r *raster) dot(x, y int) {
	if x < 0 || y < 0 || x >= r.columns() || y >= r.rows() {
		return
	}
	if r.dash > 0 && x/r.dash%2 == 1 {
		return
	}
	i := y/r.subY*r.w + x/r.subX
	if r.layers[i] != r.layer {
		r.layers[i], r.masks[i] = r.layer, 0
	}
	r.masks[i] |= r.bit(x, y)
	r.styles[i], r.glyphs[i] = r.style, r.glyph
}

func (r *raster) bit(x, y int) uint8 {
	if r.subX == 1 {
		return 1
	}
	return brailleBit[y%4][x%2]
}

// lit reports whether a dot is set.
func (r *raster) lit(x, y int) bool {
	return r.masks[y/r.subY*r.w+x/r.subX]&r.bit(x, y) != 0
}

// span sets the dots of one column from one row to another, in any order.
func (r *raster) span(x, from, to int) {
	if from > to {
		from, to = to, from
	}
	for y := max(0, from); y <= min(to, r.rows()-1); y++ {
		r.dot(x, y)
	}
}

// segment joins two dots, with nothing wider than the field to walk through.
func (r *raster) segment(x0, y0, x1, y1 int) {
	if x1 <= x0 {
		r.span(x0, y0, y1)
		return
	}
	slope := float64(y1-y0) / float64(x1-x0)
	at := func(x float64) int { return int(float64(y0) + slope*(x-float64(x0)) + 0.5) }
	for x := max(x0, 0); x <= min(x1, r.columns()-1); x++ {
		left := max(float64(x)-0.5, float64(x0))
		right := min(float64(x)+0.5, float64(x1))
		r.span(x, at(left), at(right))
	}
}

// draw puts the dots on a canvas; cells without dots keep what is there.
func (r *raster) draw(c *canvas.Canvas, x, y int) {
	for i, mask := range r.masks {
		if mask == 0 {
			continue
		}
		glyph := r.glyphs[i]
		if r.subX == 2 {
			glyph = 0x2800 + rune(mask)
		}
		c.Set(x+i%r.w, y+i/r.w, glyph, r.styles[i])
	}
}
