// Package transform decodes images and brings them to a model's input: evaluation as
// torchvision and open_clip do it, augmentation for training, normalisation.
package transform

// RGB is an image of 8 bits a channel. Pix is [Height, Width, 3].
type RGB struct {
	Width, Height int
	Pix           []uint8
}

// NewRGB returns a black image.
func NewRGB(width, height int) *RGB {
	return &RGB{width, height, make([]uint8, width*height*3)}
}

// At returns the pixel at column x of row y.
func (m *RGB) At(x, y int) [3]uint8 {
	return [3]uint8(m.Pix[(y*m.Width+x)*3:])
}

// Set changes the pixel at column x of row y.
func (m *RGB) Set(x, y int, p [3]uint8) {
	copy(m.Pix[(y*m.Width+x)*3:], p[:])
}

// row returns the bytes of row y.
func (m *RGB) row(y int) []uint8 {
	return m.Pix[y*m.Width*3 : (y+1)*m.Width*3]
}

// crop copies the part of the image that begins at (left, top). What lies outside is black,
// as torchvision pads.
func (m *RGB) crop(left, top, width, height int) *RGB {
	out := NewRGB(width, height)
	from, to := max(left, 0), min(left+width, m.Width)
	if from >= to {
		return out
	}
	for y := max(top, 0); y < min(top+height, m.Height); y++ {
		copy(out.row(y - top)[(from-left)*3:], m.row(y)[from*3:to*3])
	}
	return out
}

// flip mirrors the image left to right, in place.
func (m *RGB) flip() {
	for y := range m.Height {
		row := m.row(y)
		for a, b := 0, len(row)-3; a < b; a, b = a+3, b-3 {
			row[a], row[b] = row[b], row[a]
			row[a+1], row[b+1] = row[b+1], row[a+1]
			row[a+2], row[b+2] = row[b+2], row[a+2]
		}
	}
}
