package plot

import "math"

// box is a rectangle in points. The origin is the page's top left, and y grows downwards.
type box struct{ x, y, w, h float64 }

func (b box) right() float64  { return b.x + b.w }
func (b box) bottom() float64 { return b.y + b.h }
func (b box) midX() float64   { return b.x + b.w/2 }
func (b box) midY() float64   { return b.y + b.h/2 }

// inset returns the box with d less on every side.
func (b box) inset(d float64) box { return box{b.x + d, b.y + d, b.w - 2*d, b.h - 2*d} }

// fitted returns the largest box of the given shape in the middle of b.
func (b box) fitted(w, h float64) box {
	scale := min(b.w/w, b.h/h)
	w, h = w*scale, h*scale
	return box{snap(b.x + (b.w-w)/2), snap(b.y + (b.h-h)/2), snap(w), snap(h)}
}

// snap rounds a length to half a point, a whole pixel of a PNG of the usual density.
func snap(v float64) float64 { return math.Round(2*v) / 2 }

// ceil rounds a length up to a whole point.
func ceil(v float64) float64 { return math.Ceil(v - 1e-9) }
