package plot

import (
	"fmt"
	"image"
	"math"
	"strings"
)

// ImageGrid draws pictures in rows, each with a line or two of text under it.
type ImageGrid struct {
	Images []image.Image
	Labels []string // [images], or none
	Title  string
	Note   string // under the title
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
	if len(g.Images) == 0 {
		return drawing{}, fmt.Errorf("image grid: no images: need at least one")
	}
	if n := len(g.Labels); n != 0 && n != len(g.Images) {
		return drawing{}, fmt.Errorf("image grid: %d labels for %d images: need %d or none", n, len(g.Images), len(g.Images))
	}
	l := g.layout()
	return drawing{l.width, l.height, func(p *pen) {
		for _, t := range append(l.texts, l.labels...) {
			t.draw(p)
		}
		for i, tile := range l.tiles {
			if p.picture(tile, g.Images[i]).w == 0 {
				p.fill(tile, track) // a picture that is missing
			}
		}
	}}, nil
}

// gridLayout is where everything of an ImageGrid goes.
type gridLayout struct {
	width, height float64
	texts, labels []label
	tiles         []box
}

// layout places the pictures and their labels.
func (g ImageGrid) layout() gridLayout {
	side, columns := g.Side, g.Columns
	if side <= 0 {
		side = 72
	}
	if columns <= 0 {
		columns = int(math.Ceil(math.Sqrt(1.5 * float64(len(g.Images)))))
	}
	columns = min(columns, len(g.Images))
	l := gridLayout{texts: heading(g.Title, g.Note)}
	top := headingHeight(g.Title, g.Note)
	for row := 0; row < len(g.Images); row += columns {
		lines := 0
		for i := row; i < min(row+columns, len(g.Images)); i++ {
			tile := box{margin + float64(i-row)*(side+gap*1.5), top, side, side}
			l.tiles = append(l.tiles, tile)
			if len(g.Labels) == 0 {
				continue
			}
			wrapped := wrap(g.Labels[i], tickSize, side+gap, 2)
			lines = max(lines, len(wrapped))
			for k, text := range wrapped {
				y := tile.bottom() + gap/2 + tickSize + float64(k)*lineHeight(tickSize)
				l.labels = append(l.labels, label{text, tile.midX(), y, style{size: tickSize, color: ink, align: 0.5}})
			}
		}
		top += side + gap*1.5 + float64(lines)*lineHeight(tickSize)
	}
	all := bounds(append(append([]label{}, l.texts...), l.labels...))
	l.width = ceil(max(l.tiles[columns-1].right(), all.right()) + margin)
	l.height = ceil(max(l.tiles[len(l.tiles)-1].bottom(), all.bottom()) + margin)
	return l
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
