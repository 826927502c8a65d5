package pane

import (
	"fmt"
	"image"
	"slices"
	"strings"

	"clipbench/tui/canvas"
	"clipbench/tui/chart"
	"clipbench/tui/live"
	"clipbench/tui/picture"
	"clipbench/tui/theme"
)

// Pictures shows what a run drew of itself: similarity matrices and images, scrubbed by step.
type Pictures struct {
	Theme    *theme.Theme
	Run      *live.Run
	Protocol picture.Protocol
	Name     string // which of the run's media; the first if it has none of that name
	Step     int    // which step, if not the latest
	Pinned   bool   // to Step
	Row      int    // the cell of a matrix that is looked at
	Column   int

	drawn cache[string]
}

// names are the run's media.
func (p *Pictures) names() []string {
	if p.Run == nil || p.Run.Media == nil {
		return nil
	}
	return p.Run.Media.Names
}

// Current is the name and step to show; false if there is nothing.
func (p *Pictures) Current() (name string, step int, ok bool) {
	names := p.names()
	if len(names) == 0 {
		return "", 0, false
	}
	name = names[max(0, slices.Index(names, p.Name))]
	steps := p.Run.Media.Steps[name]
	at := len(steps) - 1
	if p.Pinned {
		at, _ = slices.BinarySearch(steps, p.Step+1)
		at = max(0, at-1)
	}
	return name, steps[at], true
}

// Shot is what is to be shown, or nil if it has not been read.
func (p *Pictures) Shot() *live.Shot {
	if name, step, ok := p.Current(); ok {
		return p.Run.Shot(step, name)
	}
	return nil
}

// Next goes on to another of the run's media.
func (p *Pictures) Next(by int) {
	names := p.names()
	if n := len(names); n > 0 {
		at := max(0, slices.Index(names, p.Name))
		p.Name = names[((at+by)%n+n)%n]
	}
}

// Scrub moves through the steps; at the latest it follows what comes.
func (p *Pictures) Scrub(by int) {
	name, step, ok := p.Current()
	if !ok {
		return
	}
	steps := p.Run.Media.Steps[name]
	at := slices.Index(steps, step) + by
	at = min(max(0, at), len(steps)-1)
	p.Step, p.Pinned = steps[at], at < len(steps)-1
}

// MoveCell moves the cell that is looked at in a matrix.
func (p *Pictures) MoveCell(rows, columns int) {
	if shot := p.Shot(); shot != nil && shot.Matrix != nil {
		p.Row = min(max(0, p.Row+rows), len(shot.Matrix.Rows)-1)
		p.Column = min(max(0, p.Column+columns), len(shot.Matrix.Columns)-1)
	}
}

// body is the part of an area that the picture itself has.
func (p *Pictures) body(a Area) Area { return Area{a.X, a.Y + 2, a.W, a.H - 2} }

// Draw draws the name, the place among the steps and the picture. An image that the terminal shows by itself leaves its
// place free, or holds it (Kitty).
func (p *Pictures) Draw(a Area) string {
	name, step, ok := p.Current()
	shot := p.Shot()
	version := 0
	if ok {
		version = p.Run.Media.Version
	}
	key := fmt.Sprintf("%p %p %d %s %d %v %v %d %d %v %d", p.Run, shot, version, name, step, a, p.Pinned, p.Row, p.Column, p.Theme.Mode, p.Protocol)
	return p.drawn.get(key, func() string {
		c := canvas.New(a.W, a.H)
		if !ok {
			p.drawNone(c)
			return c.String()
		}
		p.drawHead(c, name, step)
		if !p.body(a).Empty() {
			c.Draw(0, 2, p.drawBody(shot, a.W, a.H-2))
		}
		return c.String()
	})
}

func (p *Pictures) drawNone(c *canvas.Canvas) {
	lines := []string{"no run is selected"}
	if p.Run != nil {
		lines = []string{p.Run.Name + " has drawn nothing yet", "similarity matrices and image grids appear here as the run evaluates itself"}
		if p.Run.Media != nil && p.Run.Media.Err != nil {
			lines = []string{p.Run.Media.Err.Error()}
		}
	}
	for i, line := range lines {
		c.Text(2, 1+i, c.W-3, line, p.Theme.Faint)
	}
}

// drawHead has the media's names and a line of the steps with the present one marked.
func (p *Pictures) drawHead(c *canvas.Canvas, name string, step int) {
	steps := p.Run.Media.Steps[name]
	at := slices.Index(steps, step)
	place := fmt.Sprintf("step %s (%d of %d)", chart.Count(step), at+1, len(steps))
	x, end := 2, c.W-1-len(place)-2
	for _, each := range p.names() {
		style := p.Theme.Faint
		if each == name {
			style = p.Theme.Accent
		}
		x += c.Text(x, 0, end-x, strings.TrimSuffix(each, ".json"), style) + 2
	}
	c.TextRight(0, 0, c.W-1, place, p.Theme.Text)
	w := c.W - 3
	for i := range w {
		c.Set(2+i, 1, p.Theme.Glyphs.HLine, p.Theme.Rule)
	}
	if w < 2 {
		return
	}
	for i := range steps { // at equal distances: runs evaluate at equal distances
		x := 2
		if len(steps) > 1 {
			x += (w - 1) * i / (len(steps) - 1)
		}
		c.Set(x, 1, p.Theme.Glyphs.Tick, p.Theme.Faint)
		if i == at {
			defer c.Set(x, 1, p.Theme.Glyphs.Pin, p.Theme.Accent)
		}
	}
}

// drawBody draws the matrix or the image.
func (p *Pictures) drawBody(shot *live.Shot, w, h int) *canvas.Canvas {
	c := canvas.New(w, h)
	switch {
	case shot == nil:
		c.Text(2, 1, w-3, "reading …", p.Theme.Faint)
	case shot.Err != nil:
		c.Text(2, 1, w-3, shot.Name+": "+shot.Err.Error(), p.Theme.Warn)
	case shot.Matrix != nil:
		p.drawMatrix(c, shot.Matrix)
	default:
		cols, rows := picture.FitCells(shot.Image.Bounds().Size(), w-4, h)
		switch p.Protocol {
		case picture.Blocks:
			c.Draw(2, 0, picture.DrawBlocks(p.Theme, shot.Image, cols, rows))
		case picture.Kitty:
			c.Draw(2, 0, picture.DrawKitty(kittyID, cols, rows))
		}
	}
	return c
}

// kittyID is the one picture a terminal is given at a time.
const kittyID = 77

// drawMatrix draws the matrix, what the cursor is on, and what the diagonal says.
func (p *Pictures) drawMatrix(c *canvas.Canvas, m *picture.Matrix) {
	row, column := min(p.Row, len(m.Rows)-1), min(p.Column, len(m.Columns)-1)
	h := c.H - 3 // the words below it and a line of air
	c.Draw(2, 0, m.Draw(p.Theme, c.W-3, h, row, column))
	y := m.Height(c.W-3, h) + 1
	right, of := m.Matches()
	said := fmt.Sprintf("%d of %d rows are highest on the diagonal", right, of)
	v := picture.Similarity(float64(m.Values[row][column]))
	c.Text(2, y, c.W-3, fmt.Sprintf("%s  %s  ×  %s", v, m.Rows[row], m.Columns[column]), p.Theme.Accent)
	legend := min(32, c.W/3)
	c.Draw(2, y+1, picture.Legend(p.Theme, m.Range(), legend))
	c.Text(legend+4, y+1, c.W-legend-5, said, p.Theme.Faint)
}

// Send is the sequence that makes the terminal draw the image shown, if it is one and the terminal draws images itself;
// cell is the size of a character in pixels. The area is the pane's on the screen.
func (p *Pictures) Send(a Area, cell image.Point, tmux bool) (string, error) {
	shot := p.Shot()
	body := p.body(a)
	if shot == nil || shot.Image == nil || body.Empty() {
		return "", nil
	}
	cols, rows := picture.FitCells(shot.Image.Bounds().Size(), body.W-4, body.H)
	switch p.Protocol {
	case picture.Kitty:
		return picture.SendKitty(shot.Image, kittyID, cols, rows, tmux)
	case picture.Sixel:
		return picture.SendSixel(shot.Image, body.X+2, body.Y, cols, rows, cell)
	}
	return "", nil
}

// SendKey changes when Send has to be sent again; "" while there is nothing to send.
func (p *Pictures) SendKey(a Area) string {
	if shot := p.Shot(); shot != nil && shot.Image != nil && p.Protocol != picture.Blocks {
		return fmt.Sprintf("%p %v %d", shot, a, p.Protocol)
	}
	return ""
}
