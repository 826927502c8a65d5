package plot

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"os"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/iterm2"
	"github.com/charmbracelet/x/ansi/kitty"
	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
	"github.com/mattn/go-sixel"
	scale "golang.org/x/image/draw"
)

// show puts a figure before the reader; name begins a temporary file's name.
func show(f figure, name string) error {
	d, err := prepare(f)
	if err != nil {
		return err
	}
	o := f.output()
	w := o.Writer
	if w == nil {
		w = os.Stdout
	}
	e := o.Environment
	if e == nil {
		found := Detect(w)
		e = &found
	}
	target := e.Target()
	switch target {
	case Notebook:
		return showNotebook(d, o)
	case Kitty, ITerm, Sixel:
		return showTerminal(d, o, w, *e, target)
	}
	return showFile(d, o, w, name)
}

// showNotebook sends the picture to the notebook and waits until it has arrived: a cell's program may end
// right after.
func showNotebook(d drawing, o Output) error {
	data, err := d.png(o.density())
	if err != nil {
		return fmt.Errorf("notebook: encoding the picture: %w", err)
	}
	if !gonbui.IsNotebook {
		return errors.New("notebook: this program was not started by a GoNB kernel; leave Output.Environment nil or use Save")
	}
	gonbui.SendData(&protocol.DisplayData{DisplayID: o.Display, Data: map[protocol.MIMEType]any{protocol.MIMEImagePNG: data}})
	gonbui.Sync()
	if err := gonbui.Error(); err != nil {
		return fmt.Errorf("notebook: the picture did not reach the kernel: %w; restart the kernel or use Save", err)
	}
	return nil
}

// showFile saves the picture and prints where.
func showFile(d drawing, o Output, w io.Writer, name string) error {
	path := o.Path
	if path == "" {
		f, err := os.CreateTemp("", "clipbench-"+name+"-*.png")
		if err != nil {
			return fmt.Errorf("showing the picture: %w; give Output.Path", err)
		}
		path = f.Name()
		if err := f.Close(); err != nil {
			return fmt.Errorf("%s: showing the picture: %w", path, err)
		}
	}
	if err := d.save(path, o); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, path)
	return err
}

// Terminals do not tell their cells' size without being asked on their own input, which is not ours to
// read: this is the usual one.
const cellWidth, cellHeight = 9, 18

// showTerminal draws the picture in the terminal, no larger than its window.
func showTerminal(d drawing, o Output, w io.Writer, e Environment, target Target) error {
	columns, rows := windowCells(d, o.density(), e)
	var sequence bytes.Buffer
	var err error
	switch target {
	case Kitty:
		err = kitty.EncodeGraphics(&sequence, d.raster(o.density()), &kitty.Options{
			Action: kitty.TransmitAndPut, Transmission: kitty.Direct, Format: kitty.PNG,
			Columns: columns, Chunk: true, Quiet: 2, // with rows too, it would be stretched to fill them
		})
	case ITerm:
		var data []byte
		data, err = d.png(o.density())
		sequence.WriteString(ansi.ITerm2(iterm2.File{
			Inline: true, Size: int64(len(data)), Width: iterm2.Cells(columns), Height: iterm2.Auto,
			Content: []byte(base64.StdEncoding.EncodeToString(data)),
		}))
	case Sixel:
		err = sixel.NewEncoder(&sequence).Encode(resize(d.raster(o.density()), columns*cellWidth, rows*cellHeight))
	}
	if err != nil {
		return fmt.Errorf("%s: encoding the picture: %w; set CLIPBENCH_GRAPHICS=file for a file", target, err)
	}
	sequence.WriteByte('\n')
	_, err = w.Write(sequence.Bytes())
	return err
}

// windowCells returns the cells that the picture takes: its own shape, within the window less two rows
// for the prompt, and no larger than its pixels.
func windowCells(d drawing, density float64, e Environment) (columns, rows int) {
	columns, rows = e.Columns, e.Rows-2
	if columns <= 0 {
		columns = 80
	}
	if rows <= 0 {
		rows = 24
	}
	width, height := d.width*density, d.height*density
	fit := min(float64(columns*cellWidth)/width, float64(rows*cellHeight)/height, 1)
	return max(1, int(width*fit/cellWidth)), max(1, int(math.Round(height*fit/cellHeight)))
}

// resize scales an image to fit a width and a height, keeping its shape; it never enlarges.
func resize(img image.Image, width, height int) image.Image {
	b := img.Bounds()
	fit := min(float64(width)/float64(b.Dx()), float64(height)/float64(b.Dy()))
	if fit >= 1 {
		return img
	}
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(b.Dx())*fit)), max(1, int(float64(b.Dy())*fit))))
	scale.CatmullRom.Scale(small, small.Bounds(), img, b, scale.Src, nil)
	return small
}
