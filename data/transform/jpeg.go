package transform

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"iter"
)

func sizeOfJPEG(data []byte) (int, int, error) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(withAdobe(data)))
	return c.Width, c.Height, err
}

// decodeJPEG reads a JPEG as libjpeg does, which means to interpolate the chroma. The standard library
// repeats it instead.
func decodeJPEG(data []byte) (*RGB, error) {
	img, err := jpeg.Decode(bytes.NewReader(withAdobe(data)))
	if err != nil {
		return nil, err
	}
	switch m := img.(type) {
	case *image.YCbCr:
		return fromYCbCr(m), nil
	case *image.CMYK:
		return fromCMYK(m), nil
	}
	return fromImage(img), nil
}

// segments yields the marker and the contents of every segment before the image data.
func segments(data []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for pos := 2; pos+4 <= len(data); {
			marker := data[pos+1]
			if data[pos] != 0xff || marker == 0xff {
				pos++ // a fill byte, or one too many
				continue
			}
			size := int(binary.BigEndian.Uint16(data[pos+2:]))
			end := pos + 2 + size
			const startOfScan = 0xda
			if marker == startOfScan || size < 2 || end > len(data) || !yield(marker, data[pos+4:end]) {
				return
			}
			pos = end
		}
	}
}

// withAdobe gives a JPEG of four components the Adobe segment that says they are CMYK, if it lacks one.
// Pillow assumes as much, the standard library refuses.
func withAdobe(data []byte) []byte {
	components := byte(0)
	for marker, body := range segments(data) {
		switch {
		case marker == 0xee && bytes.HasPrefix(body, []byte("Adobe")):
			return data
		case (marker == 0xc0 || marker == 0xc1 || marker == 0xc2) && len(body) > 5:
			components = body[5]
		}
	}
	if components != 4 {
		return data
	}
	adobe := "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"
	return append(append(bytes.Clone(data[:2]), adobe...), data[2:]...)
}

// fromCMYK converts as Pillow: each ink takes its share of what black leaves.
func fromCMYK(m *image.CMYK) *RGB {
	out := NewRGB(m.Rect.Dx(), m.Rect.Dy())
	for y := range out.Height {
		row, src := out.row(y), m.Pix[y*m.Stride:]
		for x := range out.Width {
			light := 255 - int(src[x*4+3])
			for c := range 3 {
				row[x*3+c] = uint8(max(light-share(int(src[x*4+c]), light), 0))
			}
		}
	}
	return out
}

// share is a·b/255, rounded.
func share(a, b int) int {
	v := a*b + 128
	return (v>>8 + v) >> 8
}

// fromYCbCr converts as libjpeg, in fixed point of 16 bits. ITU-T T.871, §7.
func fromYCbCr(m *image.YCbCr) *RGB {
	out := NewRGB(m.Rect.Dx(), m.Rect.Dy())
	cb, cr := chroma(m, m.Cb), chroma(m, m.Cr)
	const half = 1 << 15
	for y := range out.Height {
		row, luma := out.row(y), m.Y[y*m.YStride:]
		for x := range out.Width {
			l, b, r := int(luma[x]), int(cb[y*out.Width+x])-128, int(cr[y*out.Width+x])-128
			p := row[x*3 : x*3+3 : x*3+3]
			p[0] = clip(l + (91881*r+half)>>16)
			p[1] = clip(l + (-22554*b-46802*r+half)>>16)
			p[2] = clip(l + (116130*b+half)>>16)
		}
	}
	return out
}

func clip(v int) uint8 { return uint8(min(max(v, 0), 255)) }
