package transform

import (
	"bytes"
	"image"

	"golang.org/x/image/webp"
)

// decodeWebP reads a WebP as libwebp does. Lossy WebP has luma of 16 to 235 and interpolated chroma;
// golang.org/x/image leaves both to the reader.
func decodeWebP(data []byte) (*RGB, error) {
	img, err := webp.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	switch m := img.(type) {
	case *image.YCbCr:
		return fromVideo(m), nil
	case *image.NYCbCrA:
		return fromVideo(&m.YCbCr), nil
	}
	return fromImage(img), nil
}

// fromVideo converts 4:2:0 YCbCr of video range with libwebp's fixed point (src/dsp/yuv.h).
func fromVideo(m *image.YCbCr) *RGB {
	out := NewRGB(m.Rect.Dx(), m.Rect.Dy())
	cb, cr := planeOf(m, m.Cb), planeOf(m, m.Cr)
	for y := range out.Height {
		row := out.row(y)
		for x := range out.Width {
			l := int(m.Y[y*m.YStride+x]) * 19077 >> 8
			u, v := cb.between(x, y), cr.between(x, y)
			p := row[x*3 : x*3+3 : x*3+3]
			p[0] = clip((l + v*26149>>8 - 14234) >> 6)
			p[1] = clip((l - u*6419>>8 - v*13320>>8 + 8708) >> 6)
			p[2] = clip((l + u*33050>>8 - 17685) >> 6)
		}
	}
	return out
}

// samples is a chroma plane of half the image's width and height.
type samples struct {
	pix           []uint8
	stride        int
	width, height int
}

func planeOf(m *image.YCbCr, plane []uint8) samples {
	return samples{plane, m.CStride, (m.Rect.Dx() + 1) / 2, (m.Rect.Dy() + 1) / 2}
}

// row returns row y, or the nearest that there is.
func (p samples) row(y int) []uint8 {
	y = min(max(y, 0), p.height-1)
	return p.pix[y*p.stride : y*p.stride+p.width]
}

// between is the chroma at pixel (x, y): 9, 3, 3 and 1 sixteenths of the four samples around it, in
// libwebp's order of rounding (src/dsp/upsampling.c).
func (p samples) between(x, y int) int {
	near, far := p.row(y/2), p.row(y/2-1+y%2*2)
	i := x / 2
	j := i - 1 + x%2*2
	if j < 0 || j >= p.width {
		return (3*int(near[i]) + int(far[i]) + 2) >> 2
	}
	a, b, c, d := int(near[i]), int(near[j]), int(far[i]), int(far[j])
	diagonal := (a + 3*b + 3*c + d + 8) >> 3
	return (diagonal + a) >> 1
}

func clip(v int) uint8 { return uint8(min(max(v, 0), 255)) }
