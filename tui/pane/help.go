package pane

import (
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

const helpWidth = 46

// Draw draws the groups one below the other, going on in the next column where one is full.
func (p *Help) Draw(a Area) string {
	columns := max(1, min(a.W/helpWidth, 4))
	total := 0
	for _, g := range p.Groups {
		total += len(g.Keys) + 2
	}
	height := max(1, (total+columns-1)/columns)
	height = max(height, p.tallest())
	tall := canvas.New(a.W, max(a.H, height+p.tallest()))
	x, y, used := 2, 0, 0
	for _, g := range p.Groups {
		if y > 0 && y+len(g.Keys)+1 > height && columns > 1 && x+2*helpWidth <= a.W+2 {
			x, y = x+helpWidth, 0
		}
		tall.Text(x, y, helpWidth-2, g.Title, p.Theme.Accent)
		for i, k := range g.Keys {
			tall.TextRight(x, y+1+i, 15, k[0], p.Theme.Strong)
			tall.Text(x+17, y+1+i, min(helpWidth, a.W-x)-19, k[1], p.Theme.Text)
		}
		y += len(g.Keys) + 2
		used = max(used, y-1)
	}
	p.lines, p.height = used, a.H
	p.Scroll(0)
	c := canvas.New(a.W, a.H)
	c.Draw(0, -p.Top, tall)
	return c.String()
}

func (p *Help) tallest() int {
	n := 0
	for _, g := range p.Groups {
		n = max(n, len(g.Keys)+2)
	}
	return n
}
