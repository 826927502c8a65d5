package plot

import (
	"fmt"
	"image"
	"math"
	"strings"
)

// ImageGrid draws pictures in rows, each with a line or two of text under it. A row may begin with what it answers to: a
// text, a framed picture, or both.
type ImageGrid struct {
	Images    []image.Image
	Labels    []string      // [images], or none
	RowLabels []string      // [rows], or none
	RowImages []image.Image // [rows], or none
	Title     string
	Note      string // under the title
	// Columns is the number of pictures in a row; 0 makes the grid about half as wide again as high.
	Columns int
	// Side is a picture's width and height in points; 0 means 72.
	Side float64
	Output
}

// Save writes the picture to path, whose ending, .png or .svg, is its format.
func (g ImageGrid) Save(path string) error { return save(g, path) }

// Image returns the picture's pixels; one that cannot be drawn becomes a picture of the reason.
func (g ImageGrid) Image() image.Image { return raster(g) }

// Show puts the picture in the notebook or the terminal, or in a file whose path it prints.
func (g ImageGrid) Show() error { return show(g, "images") }

func (g ImageGrid) drawing() (drawing, error) {
	if err := g.check(); err != nil {
		return drawing{}, err
	}
	l := g.layout()
	return drawing{l.width, l.height, func(p *pen) {
		for _, t := range append(l.texts, l.labels...) {
			t.draw(p)
		}
		for i, tile := range l.tiles {
			drawTile(p, tile, g.Images[i])
		}
		for i, tile := range l.heads {
			drawTile(p, tile.inset(headFrame), g.RowImages[i])
			p.frame(tile, 1, ink)
		}
	}}, nil
}

// check refuses what has no shape.
func (g ImageGrid) check() error {
	if len(g.Images) == 0 {
		return fmt.Errorf("image grid: no images: need at least one")
	}
	rows := (len(g.Images) + g.columns() - 1) / g.columns()
	for _, have := range []struct {
		name    string
		n, want int
	}{
		{"labels", len(g.Labels), len(g.Images)}, {"row labels", len(g.RowLabels), rows}, {"row images", len(g.RowImages), rows},
	} {
		if have.n != 0 && have.n != have.want {
			return fmt.Errorf("image grid: %d %s for %d images in %d rows: need %d or none", have.n, have.name, len(g.Images), rows, have.want)
		}
	}
	return nil
}

// drawTile paints a picture; one that is missing leaves a grey square.
func drawTile(p *pen, tile box, img image.Image) {
	if p.picture(tile, img).w == 0 {
		p.fill(tile, track)
	}
}

// gridLayout is where everything of an ImageGrid goes.
type gridLayout struct {
	width, height float64
	texts, labels []label
	tiles         []box
	heads         []box // of the rows' own pictures
}

const (
	tileGap   = gap * 1.5
	headFrame = 3.0  // from the edge of a framed picture to the picture
	headText  = 96.0 // where a row's text is broken into lines
)

func (g ImageGrid) columns() int {
	columns := g.Columns
	if columns <= 0 {
		columns = int(math.Ceil(math.Sqrt(1.5 * float64(len(g.Images)))))
	}
	return min(columns, len(g.Images))
}

func (g ImageGrid) side() float64 {
	if g.Side > 0 {
		return g.Side
	}
	return 72
}

// layout places the rows, each as high as its labels need.
func (g ImageGrid) layout() gridLayout {
	columns, side := g.columns(), g.side()
	l := gridLayout{texts: heading(g.Title, g.Note)}
	top := headingHeight(g.Title, g.Note)
	for row := 0; row*columns < len(g.Images); row++ {
		left := g.placeHead(&l, row, top)
		lines := 0
		for i := row * columns; i < min((row+1)*columns, len(g.Images)); i++ {
			tile := box{left + float64(i-row*columns)*(side+tileGap), top, side, side}
			l.tiles = append(l.tiles, tile)
			if len(g.Labels) > 0 {
				lines = max(lines, l.under(tile, g.Labels[i]))
			}
		}
		top += side + tileGap + float64(lines)*lineHeight(tickSize)
	}
	all := bounds(append(append([]label{}, l.texts...), l.labels...))
	l.width = ceil(max(l.tiles[columns-1].right(), all.right()) + margin)
	l.height = ceil(max(l.tiles[len(l.tiles)-1].bottom(), all.bottom()) + margin)
	return l
}

// placeHead sets a row's text and its own picture, and returns where its pictures begin.
func (g ImageGrid) placeHead(l *gridLayout, row int, top float64) float64 {
	left, side := margin, g.side()
	if len(g.RowLabels) > 0 {
		width := min(headText, ceil(widest(g.RowLabels, labelSize, false)))
		lines := wrap(g.RowLabels[row], labelSize, width, 4)
		y := top + side/2 - float64(len(lines)-1)*lineHeight(labelSize)/2
		for k, text := range lines {
			at := y + float64(k)*lineHeight(labelSize)
			l.labels = append(l.labels, beside(text, left+width, at, style{size: labelSize, color: ink, align: 1}))
		}
		left += width + tileGap
	}
	if len(g.RowImages) > 0 {
		l.heads = append(l.heads, box{left, top, side, side})
		left += side + gutter
	}
	return left
}

// under sets a label under a tile and returns its lines.
func (l *gridLayout) under(tile box, text string) int {
	lines := wrap(text, tickSize, tile.w+gap, 2)
	for k, line := range lines {
		y := tile.bottom() + gap/2 + tickSize + float64(k)*lineHeight(tickSize)
		l.labels = append(l.labels, label{line, tile.midX(), y, style{size: tickSize, color: ink, align: 0.5}})
	}
	return len(lines)
}

// wrap breaks a text at spaces into at most the given number of lines no wider than width; what does not
// fit is shortened.
func wrap(text string, size, width float64, lines int) []string {
	var wrapped []string
	words := strings.Fields(text)
	for len(words) > 0 && len(wrapped) < lines-1 {
		n := 1
		for n < len(words) && measure(strings.Join(words[:n+1], " "), size, false) <= width {
			n++
		}
		wrapped = append(wrapped, shorten(strings.Join(words[:n], " "), size, false, width))
		words = words[n:]
	}
	if len(words) > 0 {
		wrapped = append(wrapped, shorten(strings.Join(words, " "), size, false, width))
	}
	return wrapped
}
