package transform

import (
	"bytes"
	"image"
	"image/gif"
)

// decodeGIF reads the first frame. Where it is smaller than the screen, the rest has the transparent
// colour, as in Pillow, or the palette's first.
func decodeGIF(data []byte) (*RGB, error) {
	data, background := opaqueGIF(data)
	width, height, err := sizeBy(gif.DecodeConfig)(data)
	if err != nil {
		return nil, err
	}
	img, err := gif.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	frame := img.(*image.Paletted)
	screen := image.NewPaletted(image.Rect(0, 0, width, height), frame.Palette)
	for i := range screen.Pix {
		screen.Pix[i] = background
	}
	for y := frame.Rect.Min.Y; y < frame.Rect.Max.Y; y++ {
		from := frame.PixOffset(frame.Rect.Min.X, y)
		copy(screen.Pix[screen.PixOffset(frame.Rect.Min.X, y):], frame.Pix[from:from+frame.Rect.Dx()])
	}
	return fromPalette(screen), nil
}

// opaqueGIF returns the file with the transparency of its first frame switched off, and the index of
// the colour that was transparent. The decoder would otherwise forget that colour.
func opaqueGIF(data []byte) ([]byte, uint8) {
	if len(data) < 13 {
		return data, 0
	}
	pos := 13
	if data[10]&0x80 != 0 { // a global colour table follows
		pos += 3 << (data[10]&7 + 1)
	}
	for pos+8 <= len(data) && data[pos] == 0x21 { // extensions
		if data[pos+1] == 0xf9 && data[pos+3]&1 != 0 { // graphic control, with a transparent colour
			data = bytes.Clone(data)
			data[pos+3] &^= 1
			return data, data[pos+6]
		}
		for pos += 2; pos < len(data) && data[pos] != 0; {
			pos += 1 + int(data[pos])
		}
		pos++
	}
	return data, 0
}
