// Package plot draws the workbench's pictures: similarity matrices, training curves, nearest captions,
// image grids, confusion matrices, bars and reliability diagrams.
//
// Every picture is a plain struct of plain Go data whose zero configuration is a good one, and has the same
// three methods: Save writes a PNG or an SVG, Image returns the pixels, and Show puts the picture where the
// reader is: in a notebook, in a terminal that can draw, or else in a file whose path is printed.
//
// Lengths are points (1/72 inch) and a PNG has Output.Density pixels for each. The same input gives the
// same bytes. Colours can be told apart with any colour vision: viridis for quantities, Okabe and Ito's
// eight for categories. Text is set in Liberation Sans, which is embedded.
package plot

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Output says how a picture becomes pixels and where Show puts it. The zero value suits most uses.
type Output struct {
	// Density is the number of PNG pixels to a point; 0 means 2.
	Density float64
	// Path is the file that Show writes where nothing can draw; empty means a new temporary file.
	Path string
	// Display makes a picture that lives: in a notebook, Show replaces the one that was shown by the same name before.
	Display string
	// Writer receives what Show writes to a terminal or a pipe; nil means standard output.
	Writer io.Writer
	// Environment replaces what Show finds out about the place it runs in; nil means look.
	Environment *Environment
}

// density returns the pixels to a point, with its default.
func (o Output) density() float64 {
	if o.Density <= 0 {
		return 2
	}
	return o.Density
}

// drawing is a picture whose layout is done: its size in points and what paints it.
type drawing struct {
	width, height float64
	paint         func(*pen)
}

// raster paints the drawing on pixels.
func (d drawing) raster(density float64) image.Image {
	canvas := vgimg.NewWith(
		vgimg.UseWH(vg.Points(d.width), vg.Points(d.height)),
		vgimg.UseDPI(int(72*density+0.5)),
		vgimg.UseBackgroundColor(paper),
	)
	d.paint(&pen{canvas: canvas, height: d.height, density: density, pixels: canvas.Image()})
	return canvas.Image()
}

// png encodes the drawing as a PNG.
func (d drawing) png(density float64) ([]byte, error) {
	var b bytes.Buffer
	err := png.Encode(&b, d.raster(density))
	return b.Bytes(), err
}

// svg encodes the drawing as an SVG with real text.
func (d drawing) svg(density float64) ([]byte, error) {
	canvas := vgsvg.New(vg.Points(d.width), vg.Points(d.height))
	p := &pen{canvas: canvas, height: d.height, density: density}
	p.fill(box{0, 0, d.width, d.height}, paper)
	d.paint(p)
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return nil, err
	}
	// vgsvg names the font and nothing to fall back on, and calls its PNGs JPEGs.
	return []byte(strings.NewReplacer(
		"font-family:Liberation Sans;", "font-family:Liberation Sans,Arial,Helvetica,sans-serif;",
		"data:image/jpg;base64,", "data:image/png;base64,",
	).Replace(fixWidths(b.String(), p.widths))), nil
}

// fixWidths tells the viewer how wide each line of text is to be, so that the layout holds in whatever font is there
// for Liberation Sans.
func fixWidths(svg string, widths []float64) string {
	parts := strings.Split(svg, "<text ")
	for i, width := range widths {
		parts[i+1] = fmt.Sprintf(`textLength="%.2f" lengthAdjust="spacingAndGlyphs" %s`, width, parts[i+1])
	}
	return strings.Join(parts, "<text ")
}

// save writes the drawing to path, whole or not at all, in the format of the name's ending.
func (d drawing) save(path string, o Output) error {
	encode := d.png
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".png":
	case ".svg":
		encode = d.svg
	default:
		return fmt.Errorf("%s: a picture is saved as .png or .svg, not %q", path, ext)
	}
	data, err := encode(o.density())
	if err != nil {
		return fmt.Errorf("%s: encoding the picture: %w", path, err)
	}
	return replaceFile(path, data)
}

// replaceFile writes data beside path and renames it there, so that a reader never sees half a picture.
func replaceFile(path string, data []byte) (err error) {
	defer func() {
		if at := (*fs.PathError)(nil); errors.As(err, &at) {
			err = at.Err // the path that it names is a passing one
		}
		if err != nil {
			err = fmt.Errorf("%s: saving the picture: %w; is there such a folder, may it be written to, is there room?", path, err)
		}
	}()
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// figure is what every picture of this package can do for the code that saves and shows it.
type figure interface {
	// drawing validates the figure and lays it out.
	drawing() (drawing, error)
	// output is the figure's Output.
	output() Output
}

// output makes a struct that embeds Output half a figure.
func (o Output) output() Output { return o }

// largestPicture is the most pixels that are drawn, 600 MB of memory.
const largestPicture = 150e6

// prepare lays a figure out and refuses one that would not fit into memory.
func prepare(f figure) (drawing, error) {
	d, err := f.drawing()
	if err != nil {
		return drawing{}, err
	}
	density := f.output().density()
	if w, h := d.width*density, d.height*density; w*h > largestPicture {
		return drawing{}, fmt.Errorf("the picture would have %.0f×%.0f pixels: draw fewer things or lower Output.Density", w, h)
	}
	return d, nil
}

func save(f figure, path string) error {
	d, err := prepare(f)
	if err != nil {
		return err
	}
	return d.save(path, f.output())
}

// raster returns the figure's pixels. Image has no error to return, so a figure that cannot be drawn
// becomes a picture of the reason.
func raster(f figure) image.Image {
	d, err := prepare(f)
	if err != nil {
		return complaint(err).raster(2)
	}
	return d.raster(f.output().density())
}

// complaint is the drawing of an error.
func complaint(err error) drawing {
	text := "cannot draw: " + err.Error()
	return drawing{
		width:  2*margin + measure(text, labelSize, false),
		height: 2*margin + lineHeight(labelSize),
		paint: func(p *pen) {
			p.text(text, margin, margin+labelSize, style{size: labelSize, color: vermillion})
		},
	}
}
