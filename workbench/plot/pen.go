package plot

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	scale "golang.org/x/image/draw"
	"gonum.org/v1/plot/vg"
)

// pen paints on a canvas in the coordinates of box.
type pen struct {
	canvas  vg.Canvas
	height  float64    // of the page
	density float64    // pixels to a point
	pixels  draw.Image // the canvas' own; nil if it is made of shapes and keeps text as text
	widths  []float64  // of the lines of text that were kept as text, in their order
}

// at converts a place on the page to the canvas' own, whose y grows upwards.
func (p *pen) at(x, y float64) vg.Point {
	return vg.Point{X: vg.Points(x), Y: vg.Points(p.height - y)}
}

// fill paints a box. One that covers whole pixels needs no rasterizer.
func (p *pen) fill(b box, c color.Color) {
	if b.w <= 0 || b.h <= 0 {
		return
	}
	if area, whole := p.pixelsOf(b); whole && p.pixels != nil {
		draw.Draw(p.pixels, area, image.NewUniform(c), image.Point{}, draw.Over)
		return
	}
	p.polygon(c, point{b.x, b.y}, point{b.right(), b.y}, point{b.right(), b.bottom()}, point{b.x, b.bottom()})
}

// pixelsOf returns the pixels that a box covers, to the nearest, and whether it covers them wholly.
func (p *pen) pixelsOf(b box) (area image.Rectangle, whole bool) {
	whole = true
	pixel := func(v float64) int {
		nearest := math.Round(v * p.density)
		whole = whole && math.Abs(v*p.density-nearest) < 1e-6
		return int(nearest)
	}
	return image.Rect(pixel(b.x), pixel(b.y), pixel(b.right()), pixel(b.bottom())), whole
}

// point is a place on the page.
type point struct{ x, y float64 }

// polygon fills the shape between the points.
func (p *pen) polygon(c color.Color, points ...point) {
	path := p.path(points)
	path.Close()
	p.canvas.SetColor(c)
	p.canvas.Fill(path)
}

func (p *pen) path(points []point) vg.Path {
	path := make(vg.Path, 0, len(points)+1)
	for i, q := range points {
		if i == 0 {
			path.Move(p.at(q.x, q.y))
		} else {
			path.Line(p.at(q.x, q.y))
		}
	}
	return path
}

// frame paints a border of the given width inside a box. It is made of filled bars, which, unlike a
// stroked line, lie on whole pixels.
func (p *pen) frame(b box, width float64, c color.Color) {
	p.fill(box{b.x, b.y, b.w, width}, c)
	p.fill(box{b.x, b.bottom() - width, b.w, width}, c)
	p.fill(box{b.x, b.y + width, width, b.h - 2*width}, c)
	p.fill(box{b.right() - width, b.y + width, width, b.h - 2*width}, c)
}

// stroke draws a line through the points, dashed if dashes are given.
func (p *pen) stroke(points []point, width float64, c color.Color, dashes ...float64) {
	if len(points) < 2 {
		return
	}
	pattern := make([]vg.Length, len(dashes))
	for i, d := range dashes {
		pattern[i] = vg.Points(d)
	}
	p.canvas.SetColor(c)
	p.canvas.SetLineWidth(vg.Points(width))
	p.canvas.SetLineDash(pattern, 0)
	for _, piece := range p.pieces(points, len(dashes) > 0) {
		p.canvas.Stroke(p.path(piece))
	}
	p.canvas.SetLineDash(nil, 0)
}

// pieces cuts a long line that becomes pixels into short ones, which share a segment so that their joints
// do not show. The rasterizer keeps, for every row of pixels, a list of where a path crosses it, and walks
// that list at each crossing: a noisy line of 4,000 points in one piece takes ten seconds.
func (p *pen) pieces(points []point, dashed bool) [][]point {
	const most = 64
	if p.pixels == nil || dashed {
		return [][]point{points}
	}
	var pieces [][]point
	for start := 0; start < len(points)-1; start += most - 2 {
		pieces = append(pieces, points[start:min(start+most, len(points))])
	}
	return pieces
}

// dot fills a circle.
func (p *pen) dot(x, y, radius float64, c color.Color) {
	var path vg.Path
	path.Move(p.at(x+radius, y))
	path.Arc(p.at(x, y), vg.Points(radius), 0, 2*math.Pi)
	path.Close()
	p.canvas.SetColor(c)
	p.canvas.Fill(path)
}

// text sets a line with its baseline at (x, y).
func (p *pen) text(text string, x, y float64, s style) {
	f := face(s.size, s.bold)
	shown, _ := legible(text, f, p.pixels != nil)
	if shown == "" {
		return
	}
	p.canvas.SetColor(s.color)
	width := measure(text, s.size, s.bold)
	shift := -s.align * width
	if p.pixels == nil {
		p.widths = append(p.widths, width)
	}
	switch {
	case s.angle == 0:
		p.canvas.FillString(f, p.at(x+shift, y), shown)
	case p.pixels == nil:
		p.canvas.Push()
		p.canvas.Translate(p.at(x, y))
		p.canvas.Rotate(s.angle)
		p.canvas.FillString(f, vg.Point{X: vg.Points(shift)}, shown)
		p.canvas.Pop()
	default:
		sin, cos := math.Sincos(s.angle)
		p.canvas.Fill(outline(shown, f, p.at(x+shift*cos, y-shift*sin), s.angle))
	}
}

// centred sets a line so that its capitals stand in the vertical middle of y.
func (p *pen) centred(text string, x, y float64, s style) {
	p.text(text, x, y+capHeight*s.size/2, s)
}

// picture paints an image into a box, whole and undistorted in its middle, and returns the box it fills.
func (p *pen) picture(b box, img image.Image) box {
	if img == nil || img.Bounds().Empty() {
		return box{}
	}
	b = b.fitted(float64(img.Bounds().Dx()), float64(img.Bounds().Dy()))
	p.image(b, img, scale.CatmullRom)
	return b
}

// image paints an image over the whole of a box, scaled to the box's very pixels: the canvas itself would
// take one sample in four of a large picture, and blur the edges of a small one.
func (p *pen) image(b box, img image.Image, scaler scale.Scaler) {
	area, _ := p.pixelsOf(b)
	if area.Empty() {
		return
	}
	if p.pixels != nil {
		scaler.Scale(p.pixels, area, img, img.Bounds(), draw.Over, nil)
		return
	}
	embedded := image.NewNRGBA(image.Rect(0, 0, area.Dx(), area.Dy()))
	scaler.Scale(embedded, embedded.Bounds(), img, img.Bounds(), draw.Src, nil)
	p.canvas.DrawImage(vg.Rectangle{Min: p.at(b.x, b.bottom()), Max: p.at(b.right(), b.y)}, embedded)
}
