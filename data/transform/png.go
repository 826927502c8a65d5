package transform

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
)

func decodePNG(data []byte) (*RGB, error) {
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if depth, kind := data[24], data[25]; depth == 16 && kind == 0 {
		return clippedGrey(img), nil
	}
	return fromImage(img), nil
}

// fromImage copies the colours of an image, whatever its alpha.
func fromImage(img image.Image) *RGB {
	switch m := img.(type) {
	case *image.RGBA: // decoders use it for opaque images alone
		return fromBytes(m.Rect, m.Pix, m.Stride, 4, 1)
	case *image.NRGBA:
		return fromBytes(m.Rect, m.Pix, m.Stride, 4, 1)
	case *image.RGBA64:
		return fromBytes(m.Rect, m.Pix, m.Stride, 8, 2)
	case *image.NRGBA64:
		return fromBytes(m.Rect, m.Pix, m.Stride, 8, 2)
	case *image.Gray:
		return fromBytes(m.Rect, m.Pix, m.Stride, 1, 0)
	case *image.Paletted:
		return fromPalette(m)
	}
	panic(fmt.Sprintf("transform: no decoder gives a %T", img))
}

// fromBytes takes of each pixel, pixel bytes long, the first three bytes that are channel bytes apart.
func fromBytes(r image.Rectangle, pix []uint8, stride, pixel, channel int) *RGB {
	out := NewRGB(r.Dx(), r.Dy())
	for y := range out.Height {
		row, src := out.row(y), pix[y*stride:]
		for i, k := 0, 0; i+2 < len(row); i, k = i+3, k+pixel {
			row[i], row[i+1], row[i+2] = src[k], src[k+channel], src[k+2*channel]
		}
	}
	return out
}

// clippedGrey brings 16-bit grey to 8 bits by clipping at 255. Pillow does so with its mode I;16.
func clippedGrey(img image.Image) *RGB {
	b := img.Bounds()
	out := NewRGB(b.Dx(), b.Dy())
	for y := range out.Height {
		for x := range out.Width {
			v := uint8(min(color.NRGBA64Model.Convert(img.At(x, y)).(color.NRGBA64).R, 255))
			out.Set(x, y, [3]uint8{v, v, v})
		}
	}
	return out
}

func fromPalette(m *image.Paletted) *RGB {
	var table [256][3]uint8
	for i, c := range m.Palette {
		n := color.NRGBAModel.Convert(c).(color.NRGBA)
		table[i] = [3]uint8{n.R, n.G, n.B}
	}
	out := NewRGB(m.Rect.Dx(), m.Rect.Dy())
	for y := range out.Height {
		row, src := out.row(y), m.Pix[y*m.Stride:]
		for x := range out.Width {
			copy(row[x*3:], table[src[x]][:])
		}
	}
	return out
}
