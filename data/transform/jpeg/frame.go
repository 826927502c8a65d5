package jpeg

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// frame is what the frame header says, §B.2.2.
type frame struct {
	width, height int
	progressive   bool
	components    []component
	across, down  int // the largest sampling factors
	mcusX, mcusY  int // MCUs in a row and in a column
	scanned       bool
}

// block is 8 × 8 coefficients in natural order.
type block [64]int16

// component is one plane of the image: luma, a chroma, an ink.
type component struct {
	id            byte
	h, v          int // sampling factors
	table         byte
	quantisation  *[64]uint16 // as it was when the component's first scan began
	width, height int         // samples, without the padding to whole blocks
	stride        int         // blocks in a row, with the padding
	blocks        []block
}

func (d *decoder) startFrame(body []byte, progressive bool) error {
	switch {
	case len(d.components) > 0:
		return errors.New("it has two frames")
	case len(body) < 6 || len(body) != 6+3*int(body[5]):
		return errors.New("its frame header is misshapen")
	case body[0] != 8:
		return fmt.Errorf("its %d bits a sample are not read; convert it to 8", body[0])
	case body[5] != 1 && body[5] != 3 && body[5] != 4:
		return fmt.Errorf("its %d components are not read, only 1, 3 and 4", body[5])
	}
	d.progressive = progressive
	d.height, d.width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	if d.width == 0 || d.height == 0 {
		return fmt.Errorf("its size is %d × %d", d.width, d.height)
	}
	for c := body[6:]; len(c) > 0; c = c[3:] {
		h, v := int(c[1]>>4), int(c[1]&15)
		if h < 1 || h > 4 || v < 1 || v > 4 || c[2] > 3 {
			return errors.New("its frame header has impossible sampling factors")
		}
		d.across, d.down = max(d.across, h), max(d.down, v)
		d.components = append(d.components, component{id: c[0], h: h, v: v, table: c[2]})
	}
	d.mcusX, d.mcusY = ceil(d.width, 8*d.across), ceil(d.height, 8*d.down)
	for i := range d.components {
		c := &d.components[i]
		if d.across%c.h != 0 || d.down%c.v != 0 {
			return errors.New("its sampling factors do not divide each other")
		}
		c.width, c.height = ceil(d.width*c.h, d.across), ceil(d.height*c.v, d.down)
		c.stride = d.mcusX * c.h
	}
	return nil
}

// allocate makes room for the coefficients of every component.
func (d *decoder) allocate() {
	for i := range d.components {
		c := &d.components[i]
		c.blocks = make([]block, c.stride*d.mcusY*c.v)
	}
}

func ceil(a, b int) int { return (a + b - 1) / b }
