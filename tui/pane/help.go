package pane

import (
	"fmt"

	"clipbench/tui/canvas"
	"clipbench/tui/theme"
)

// HelpGroup is a heading and its keys.
type HelpGroup struct {
	Title string
	Keys  [][2]string // the keys and what they do
}

// Help lists the keys, in as many columns as there is room for.
type Help struct {
	Theme  *theme.Theme
	Groups []HelpGroup
	Top    int // how far it is scrolled
	lines  int
	height int
}

// Scroll moves by some lines.
func (p *Help) Scroll(by int) { p.Top = min(max(0, p.Top+by), max(0, p.lines-p.height)) }

// The columns of the help: what one needs at least, and its part for the keys.
const (
	helpWidth = 58
	keysWidth = 17
)

// Draw draws the groups one below the other, in columns of about the same height.
func (p *Help) Draw(a Area) string {
	columns := p.columns(max(1, min(a.W/helpWidth, 3)))
	p.lines, p.height = 0, a.H
	for _, groups := range columns {
		p.lines = max(p.lines, tall(groups)-1)
	}
	p.Scroll(0)
	whole := canvas.New(a.W, max(a.H, p.lines))
	width := a.W / len(columns)
	for i, groups := range columns {
		y := 0
		for _, g := range groups {
			p.drawGroup(whole, 2+i*width, y, width-3, g)
			y += len(g.Keys) + 2
		}
	}
	c := canvas.New(a.W, a.H)
	c.Draw(0, -p.Top, whole)
	if below := p.lines - p.Top - a.H; below > 0 {
		c.TextRight(0, a.H-1, a.W-1, fmt.Sprintf("↓ %d more", below), p.Theme.Accent)
	}
	return c.String()
}

// columns parts the groups, in order, so that the highest column is as low as can be.
func (p *Help) columns(n int) [][]HelpGroup {
	for limit := 1; ; limit++ {
		if columns := fill(p.Groups, limit); len(columns) <= n {
			return columns
		}
	}
}

// fill puts groups into columns of at most limit lines, or of one group that is longer.
func fill(groups []HelpGroup, limit int) [][]HelpGroup {
	columns := [][]HelpGroup{nil}
	for _, g := range groups {
		last := &columns[len(columns)-1]
		if len(*last) > 0 && tall(*last)+len(g.Keys)+1 > limit {
			columns = append(columns, nil)
			last = &columns[len(columns)-1]
		}
		*last = append(*last, g)
	}
	return columns
}

// tall is how many lines groups take, with the line of air below each.
func tall(groups []HelpGroup) int {
	n := 0
	for _, g := range groups {
		n += len(g.Keys) + 2
	}
	return n
}

func (p *Help) drawGroup(c *canvas.Canvas, x, y, w int, g HelpGroup) {
	c.Text(x, y, w, g.Title, p.Theme.Accent)
	for i, k := range g.Keys {
		c.TextRight(x, y+1+i, keysWidth, k[0], p.Theme.Strong)
		c.Text(x+keysWidth+2, y+1+i, w-keysWidth-2, k[1], p.Theme.Text)
	}
}
