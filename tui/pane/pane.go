// Package pane has the parts of the dashboard's screen. A pane is a plain struct: it is told what to show, draws itself
// into an area, and knows nothing of the other panes, of keys or of the disk.
package pane

import (
	"strings"

	"clipbench/tui/canvas"
	"clipbench/tui/theme"
)

// Area is a rectangle of the screen, in cells.
type Area struct{ X, Y, W, H int }

// Empty reports that there is nothing to draw into.
func (a Area) Empty() bool { return a.W <= 0 || a.H <= 0 }

// Holds reports whether a cell of the screen lies in the area.
func (a Area) Holds(x, y int) bool { return x >= a.X && x < a.X+a.W && y >= a.Y && y < a.Y+a.H }

// cache keeps the last drawing for as long as what it was drawn from has the same key.
type cache[K comparable] struct {
	key   K
	drawn string
	valid bool
}

func (c *cache[K]) get(key K, draw func() string) string {
	if !c.valid || c.key != key {
		c.key, c.drawn, c.valid = key, draw(), true
	}
	return c.drawn
}

// Compose puts drawings into their areas on a screen of w by h: exactly h lines of w cells.
func Compose(w, h int, areas []Area, drawings []string) string {
	rows := make([][]piece, h)
	for i, a := range areas {
		if a.Empty() {
			continue
		}
		for k, line := range strings.Split(drawings[i], "\n") {
			if y := a.Y + k; y < h && k < a.H {
				rows[y] = append(rows[y], piece{a.X, a.W, line})
			}
		}
	}
	var b strings.Builder
	for y, pieces := range rows {
		if y > 0 {
			b.WriteByte('\n')
		}
		x := 0
		for _, p := range pieces { // areas come in the order of their X
			b.WriteString(strings.Repeat(" ", max(0, p.x-x)))
			b.WriteString(p.line)
			x = p.x + p.w
		}
		b.WriteString(strings.Repeat(" ", max(0, w-x)))
	}
	return b.String()
}

// piece is a drawing's line at its place.
type piece struct {
	x, w int
	line string
}

// rule draws a faint line with a title in it.
func rule(c *canvas.Canvas, t *theme.Theme, x, y, w int, title string, style canvas.Style) {
	for i := range w {
		c.Set(x+i, y, t.Glyphs.HLine, t.Rule)
	}
	if title != "" && w > 6 {
		n := c.Text(x+3, y, w-5, title, style)
		c.Set(x+2, y, ' ', canvas.Style{})
		c.Set(x+3+n, y, ' ', canvas.Style{})
	}
}

// scrolled is the first of n lines to show in h so that the line at is among them, moving as little as possible.
func scrolled(top, at, n, h int) int {
	top = min(max(top, at-h+1), at)
	return max(0, min(top, n-h))
}
