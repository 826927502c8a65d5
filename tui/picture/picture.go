// Package picture shows images and matrices in a terminal: as Kitty graphics, as Sixels, or as half blocks in any.
package picture

import (
	"bytes"
	"fmt"
	"image"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/kitty"
	"github.com/mattn/go-sixel"
	"golang.org/x/image/draw"

	"clipbench/tui/canvas"
	"clipbench/tui/theme"
)

// Protocol is how a terminal takes pictures.
type Protocol int

// The protocols. Blocks work everywhere: two pixels a cell, or a shade a cell without colour.
const (
	Blocks Protocol = iota
	Kitty           // with Unicode placeholders, so that the text around it can be redrawn
	Sixel
)

// ParseProtocol reads a protocol's name.
func ParseProtocol(name string) (Protocol, error) {
	for p, n := range protocolNames {
		if n == name {
			return Protocol(p), nil
		}
	}
	return Blocks, fmt.Errorf("%q is no way to show pictures; use kitty, sixel or blocks", name)
}

var protocolNames = []string{"blocks", "kitty", "sixel"}

// String is the protocol's name.
func (p Protocol) String() string { return protocolNames[p] }

// cellRatio is how much higher than wide a cell is, where the terminal does not say.
const cellRatio = 2

// FitCells is how many cells a picture takes within w by h, keeping its proportions.
func FitCells(size image.Point, w, h int) (cols, rows int) {
	if size.X <= 0 || size.Y <= 0 || w <= 0 || h <= 0 {
		return 0, 0
	}
	cols, rows = w, (w*size.Y+size.X*cellRatio-1)/(size.X*cellRatio)
	if rows > h {
		cols, rows = (h*cellRatio*size.X+size.Y-1)/size.Y, h
	}
	return max(1, min(cols, w)), max(1, min(rows, h))
}

// Scale is img at exactly w by h pixels, each the mean of what it covers.
func Scale(img image.Image, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.BiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil) // its support grows when it shrinks
	return out
}

// DrawBlocks shows img in cols by rows cells.
func DrawBlocks(t *theme.Theme, img image.Image, cols, rows int) *canvas.Canvas {
	c := canvas.New(cols, rows)
	if t.Mode.NoColor {
		small := Scale(img, cols, rows)
		for y := range rows {
			for x := range cols {
				c.Set(x, y, t.Block(luminance(small, x, y)), t.Text)
			}
		}
		return c
	}
	small := Scale(img, cols, 2*rows)
	half := '▀'
	for y := range rows {
		for x := range cols {
			style := canvas.Style{Fg: pixel(small, x, 2*y), Bg: pixel(small, x, 2*y+1)}
			if t.Mode.ASCII {
				c.Set(x, y, ' ', canvas.Style{Bg: style.Fg})
				continue
			}
			c.Set(x, y, half, style)
		}
	}
	return c
}

func pixel(img *image.RGBA, x, y int) canvas.Color {
	p := img.RGBAAt(x, y)
	return canvas.RGB(p.R, p.G, p.B)
}

// luminance is between 0 and 1 (Rec. 601).
func luminance(img *image.RGBA, x, y int) float64 {
	p := img.RGBAAt(x, y)
	return (0.299*float64(p.R) + 0.587*float64(p.G) + 0.114*float64(p.B)) / 255.01
}

// SendKitty is the sequence that gives a terminal the picture id (1 to 255) for cols by rows cells; through tmux it is
// wrapped, which tmux lets pass with "allow-passthrough on".
func SendKitty(img image.Image, id, cols, rows int, tmux bool) (string, error) {
	options := &kitty.Options{
		Action: kitty.TransmitAndPut, Transmission: kitty.Direct, Format: kitty.PNG, ID: id, Quiet: 2,
		Columns: cols, Rows: rows, VirtualPlacement: true, Chunk: true,
	}
	if tmux {
		options.ChunkFormatter = ansi.TmuxPassthrough
	}
	var b bytes.Buffer
	if err := kitty.EncodeGraphics(&b, img, options); err != nil {
		return "", fmt.Errorf("a picture for the terminal: %w", err)
	}
	return b.String(), nil
}

// DrawKitty are the placeholders that a picture sent by SendKitty shows in.
func DrawKitty(id, cols, rows int) *canvas.Canvas {
	c := canvas.New(cols, rows)
	style := canvas.Style{Fg: canvas.Index(uint8(id))}
	for y := range rows {
		for x := range cols {
			c.Put(x, y, string([]rune{kitty.Placeholder, kitty.Diacritic(y), kitty.Diacritic(x)}), style)
		}
	}
	return c
}

// QueryKitty asks a terminal whether it takes Kitty graphics; the answer is a KittyGraphicsEvent for picture 31.
func QueryKitty() string {
	return ansi.KittyGraphics([]byte("AAAA"), "i=31", "s=1", "v=1", "a=q", "t=d", "f=24")
}

// SendSixel is the sequence that draws img at a cell (from 0), into cols by rows cells of the given pixels.
func SendSixel(img image.Image, x, y, cols, rows int, cell image.Point) (string, error) {
	if cell.X <= 0 || cell.Y <= 0 {
		cell = image.Pt(10, 20)
	}
	var b bytes.Buffer
	b.WriteString(ansi.SaveCursor + ansi.CursorPosition(x+1, y+1))
	// Sixels come in bands of six lines: a height that is no multiple would spill over the last row of cells.
	height := rows * cell.Y / 6 * 6
	encoder := sixel.NewEncoder(&b)
	encoder.Dither = true
	if err := encoder.Encode(Scale(img, cols*cell.X, max(6, height))); err != nil {
		return "", fmt.Errorf("a picture for the terminal: %w", err)
	}
	b.WriteString(ansi.RestoreCursor)
	return b.String(), nil
}
