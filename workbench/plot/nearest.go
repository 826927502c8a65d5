package plot

import (
	"fmt"
	"image"
	"math"
	"strconv"
)

// Nearest draws a grid of pictures, each with its most probable captions, their probabilities as bars,
// and the right one marked.
type Nearest struct {
	Items []NearestItem
	Title string
	Note  string // under the title; empty says how many pictures are named right
	// Columns is the number of pictures in a row; 0 means three, or fewer if there are fewer.
	Columns int
	Output
}

// NearestItem is a picture and its captions, the most probable first.
type NearestItem struct {
	Image    image.Image
	Captions []Candidate
	// Truth is the right caption, shown where Captions does not hold it.
	Truth string
}

// Candidate is a caption with its probability in [0, 1].
type Candidate struct {
	Text        string
	Probability float64
	Right       bool // it is a right caption of its picture
}

// Save writes the picture to path, whose ending, .png or .svg, is its format.
func (n Nearest) Save(path string) error { return save(n, path) }

// Image returns the picture's pixels; one that cannot be drawn becomes a picture of the reason.
func (n Nearest) Image() image.Image { return raster(n) }

// Show puts the picture in the notebook or the terminal, or in a file whose path it prints.
func (n Nearest) Show() error { return show(n, "nearest") }

const (
	nearestPicture = 72.0
	nearestText    = 140.0 // a caption's and its bar's width
	nearestPitch   = 17.0  // from caption to caption
	nearestBar     = 3.0
)

func (n Nearest) drawing() (drawing, error) {
	if len(n.Items) == 0 {
		return drawing{}, fmt.Errorf("nearest: no pictures: need at least one item")
	}
	l := n.layout()
	return drawing{l.width, l.height, func(p *pen) {
		for _, t := range l.texts {
			t.draw(p)
		}
		for i, item := range n.Items {
			item.draw(p, l.tiles[i])
		}
	}}, nil
}

// nearestLayout is where everything of a Nearest goes.
type nearestLayout struct {
	width, height float64
	texts         []label
	tiles         []box
}

// layout places the items in rows and columns of equal tiles.
func (n Nearest) layout() nearestLayout {
	columns := n.Columns
	if columns <= 0 {
		columns = 3
	}
	columns = min(columns, len(n.Items))
	w, h := nearestPicture+10+nearestText, 0.0
	for _, item := range n.Items {
		h = max(h, item.height())
	}
	note := n.Note
	if note == "" {
		note = n.score()
	}
	l := nearestLayout{texts: heading(n.Title, note)}
	top := headingHeight(n.Title, note)
	for i := range n.Items {
		l.tiles = append(l.tiles, box{margin + float64(i%columns)*(w+gutter+gap), top + float64(i/columns)*(h+gutter), w, h})
	}
	last := l.tiles[len(l.tiles)-1]
	l.width = ceil(max(margin+float64(columns)*(w+gutter+gap)-gutter-gap, bounds(l.texts).right()) + margin)
	l.height = ceil(last.bottom() + margin)
	return l
}

// score says how many pictures are named right, at once and among their captions.
func (n Nearest) score() string {
	first, among, most := 0, 0, 0
	for _, item := range n.Items {
		most = max(most, len(item.Captions))
		switch right := item.right(); {
		case right == 0:
			first++
			among++
		case right > 0:
			among++
		}
	}
	return fmt.Sprintf("right caption first for %d of %d pictures, among the first %d for %d", first, len(n.Items), most, among)
}

// right returns the place of the first right caption, or -1.
func (item NearestItem) right() int {
	for i, c := range item.Captions {
		if c.Right {
			return i
		}
	}
	return -1
}

// lines is the number of captions to write: the truth comes last where it is not among them.
func (item NearestItem) lines() int {
	if item.right() < 0 && item.Truth != "" {
		return len(item.Captions) + 1
	}
	return len(item.Captions)
}

func (item NearestItem) height() float64 {
	return max(nearestPicture, float64(item.lines())*nearestPitch)
}

// draw paints the item into its tile.
func (item NearestItem) draw(p *pen, tile box) {
	frame := box{tile.x, tile.y, nearestPicture, nearestPicture}
	p.picture(frame.inset(4), item.Image)
	p.frame(frame, hairline, rule)
	x, y := frame.right()+10, tile.y
	for i, c := range item.Captions {
		c.draw(p, x, y, i == 0)
		y += nearestPitch
	}
	if item.lines() > len(item.Captions) {
		check(p, box{x, y + 2.5, 7, 7}, green)
		text := shorten(item.Truth, labelSize, false, nearestText-11)
		p.text(text, x+11, y+labelSize+0.5, style{size: labelSize, color: green})
	}
}

// draw paints a caption, its probability and its bar; first tells that no other is more probable.
func (c Candidate) draw(p *pen, x, y float64, first bool) {
	percentage := percent(c.Probability)
	width := nearestText - measure("100%", tickSize, false) - gap
	fill, left := mix(ink, paper, 0.55), x
	switch {
	case c.Right:
		fill, left = green, x+11
		check(p, box{x, y + 2.5, 7, 7}, green)
	case first:
		fill, left = vermillion, x+11
		cross(p, box{x, y + 2.5, 7, 7}, vermillion)
	}
	text := shorten(c.Text, labelSize, c.Right, width-(left-x))
	p.text(text, left, y+labelSize+0.5, style{size: labelSize, bold: c.Right, color: ink})
	p.text(percentage, x+nearestText, y+labelSize+0.5, style{size: tickSize, color: faint, align: 1})
	bar := box{x, snap(y + labelSize + 3), nearestText, nearestBar}
	p.fill(bar, track)
	bar.w *= min(max(c.Probability, 0), 1)
	p.fill(bar, fill)
}

// percent writes a probability: whole percents, tenths below ten and near a hundred, and never 0% or 100%
// for what is not.
func percent(v float64) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case v > 0 && v < 0.001:
		return "<0.1%"
	case v >= 0.9995 && v < 1:
		return ">99.9%"
	case v != 0 && v != 1 && (v < 0.0995 || v >= 0.995):
		return strconv.FormatFloat(100*v, 'f', 1, 64) + "%"
	}
	return strconv.FormatFloat(100*v, 'f', 0, 64) + "%"
}
