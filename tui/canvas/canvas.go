// Package canvas is a grid of styled cells that becomes one string of exactly its size: no line is ever wider or
// taller, whatever is written on it.
package canvas

import (
	"strconv"
	"strings"
)

// Color is the terminal's own colour (zero), one of its 256, or red, green and blue.
type Color uint32

const (
	indexed Color = 1 << 24
	direct  Color = 2 << 24
)

// Index is colour n of the terminal's palette.
func Index(n uint8) Color { return indexed | Color(n) }

// RGB is a colour of its own.
func RGB(r, g, b uint8) Color { return direct | Color(r)<<16 | Color(g)<<8 | Color(b) }

// Attr is a set of attributes.
type Attr uint8

// The attributes a terminal can be trusted with.
const (
	Bold Attr = 1 << iota
	Faint
	Underline
	Reverse
)

// Style is how a cell looks. The zero Style is plain text.
type Style struct {
	Fg, Bg Color
	Attr   Attr
}

// With adds attributes.
func (s Style) With(a Attr) Style {
	s.Attr |= a
	return s
}

// On puts a background under a style.
func (s Style) On(bg Color) Style {
	s.Bg = bg
	return s
}

// cell is one place. A rune of 0 is an untouched blank, covered is the right half of a wide rune, and a negative one
// stands for -r-1 among the canvas's own strings.
type cell struct {
	r     rune
	style Style
}

const covered = -1 << 30

// Canvas is W by H cells.
type Canvas struct {
	W, H    int
	cells   []cell
	strings []string
}

// New is a blank canvas; a negative size is none.
func New(w, h int) *Canvas {
	w, h = max(0, w), max(0, h)
	return &Canvas{W: w, H: h, cells: make([]cell, w*h)}
}

// Set writes one rune of width 1. Outside the canvas nothing happens.
func (c *Canvas) Set(x, y int, r rune, style Style) {
	if x < 0 || y < 0 || x >= c.W || y >= c.H {
		return
	}
	c.uncover(x, y)
	c.cells[y*c.W+x] = cell{r, style}
}

// uncover blanks the other half of a wide rune that is about to be cut.
func (c *Canvas) uncover(x, y int) {
	i := y*c.W + x
	if c.cells[i].r == covered && x > 0 {
		c.cells[i-1].r = ' '
	}
	if x+1 < c.W && c.cells[i+1].r == covered {
		c.cells[i+1].r = ' '
	}
}

// Put writes a string that the terminal shows in one cell, such as a placeholder of a picture.
func (c *Canvas) Put(x, y int, s string, style Style) {
	c.strings = append(c.strings, s)
	c.Set(x, y, rune(-len(c.strings)), style)
}

// Rune is what stands in a cell, ' ' where nothing does.
func (c *Canvas) Rune(x, y int) rune {
	if x < 0 || y < 0 || x >= c.W || y >= c.H || c.cells[y*c.W+x].r <= 0 {
		return ' '
	}
	return c.cells[y*c.W+x].r
}

// Style is how a cell looks.
func (c *Canvas) Style(x, y int) Style {
	if x < 0 || y < 0 || x >= c.W || y >= c.H {
		return Style{}
	}
	return c.cells[y*c.W+x].style
}

// Fill gives every cell of a rectangle the same rune.
func (c *Canvas) Fill(x, y, w, h int, r rune, style Style) {
	for j := y; j < y+h; j++ {
		for i := x; i < x+w; i++ {
			c.Set(i, j, r, style)
		}
	}
}

// Tint changes the style of what stands in a row between two columns, keeping colours where style has none.
func (c *Canvas) Tint(x, y, w int, style Style) {
	for i := max(0, x); i < min(c.W, x+w); i++ {
		if y < 0 || y >= c.H {
			return
		}
		s := &c.cells[y*c.W+i].style
		if style.Fg != 0 {
			s.Fg = style.Fg
		}
		if style.Bg != 0 {
			s.Bg = style.Bg
		}
		s.Attr |= style.Attr
	}
}

// Text writes s from x on, at most w cells of it, ending with … where it is cut, and returns the cells used.
func (c *Canvas) Text(x, y, w int, s string, style Style) int {
	used := 0
	for _, r := range Fit(s, w) {
		n := RuneWidth(r)
		c.Set(x+used, y, r, style)
		if n == 2 {
			c.cover(x+used+1, y, style)
		}
		used += n
	}
	return used
}

// cover marks the right half of a wide rune; at the canvas's edge the rune itself gives way.
func (c *Canvas) cover(x, y int, style Style) {
	if x >= c.W {
		c.Set(x-1, y, ' ', style)
		return
	}
	if x > 0 && y >= 0 && y < c.H {
		if x+1 < c.W && c.cells[y*c.W+x+1].r == covered {
			c.cells[y*c.W+x+1].r = ' '
		}
		c.cells[y*c.W+x] = cell{covered, style}
	}
}

// TextRight writes s so that it ends before x+w.
func (c *Canvas) TextRight(x, y, w int, s string, style Style) {
	s = Fit(s, w)
	c.Text(x+w-Width(s), y, w, s, style)
}

// Draw copies another canvas's cells onto this one at x, y.
func (c *Canvas) Draw(x, y int, from *Canvas) {
	for j := range from.H {
		for i := range from.W {
			at := from.cells[j*from.W+i]
			switch {
			case at.r == covered:
				c.cover(x+i, y+j, at.style)
			case at.r < 0:
				c.Put(x+i, y+j, from.strings[-at.r-1], at.style)
			default:
				c.Set(x+i, y+j, at.r, at.style)
			}
		}
	}
}

// String is H lines of W cells, with the styles as escape sequences that end with each line.
func (c *Canvas) String() string {
	var b strings.Builder
	b.Grow(len(c.cells) * 4)
	for y := range c.H {
		if y > 0 {
			b.WriteByte('\n')
		}
		c.line(&b, c.cells[y*c.W:(y+1)*c.W])
	}
	return b.String()
}

func (c *Canvas) line(b *strings.Builder, cells []cell) {
	var now Style
	for _, cell := range cells {
		if cell.r == covered {
			continue
		}
		if cell.style != now {
			writeStyle(b, cell.style)
			now = cell.style
		}
		switch {
		case cell.r == 0:
			b.WriteByte(' ')
		case cell.r < 0:
			b.WriteString(c.strings[-cell.r-1])
		default:
			b.WriteRune(cell.r)
		}
	}
	if now != (Style{}) {
		b.WriteString("\x1b[m")
	}
}

// writeStyle writes the escape sequence that sets s, whatever was set before.
func writeStyle(b *strings.Builder, s Style) {
	b.WriteString("\x1b[0")
	for i, code := range []string{"1", "2", "4", "7"} {
		if s.Attr&(1<<i) != 0 {
			b.WriteString(";" + code)
		}
	}
	writeColor(b, "38", s.Fg)
	writeColor(b, "48", s.Bg)
	b.WriteByte('m')
}

func writeColor(b *strings.Builder, ground string, c Color) {
	switch {
	case c&direct != 0:
		for _, part := range []string{ground, "2", number(c >> 16), number(c >> 8), number(c)} {
			b.WriteByte(';')
			b.WriteString(part)
		}
	case c&indexed != 0:
		b.WriteString(";" + ground + ";5;" + number(c))
	}
}

func number(c Color) string { return strconv.Itoa(int(c & 0xff)) }
