package transform

import (
	"math"
	"math/rand/v2"
)

// move rotates, scales and shifts the image about its centre.
func (a Augmentation) move(img *RGB, r *rand.Rand) *RGB {
	if a.Rotate == 0 && a.Shift == 0 && a.Scale == [2]float64{} {
		return img
	}
	angle := around(r, a.Rotate) * math.Pi / 180
	dx := around(r, a.Shift) * float64(img.Width)
	dy := around(r, a.Shift) * float64(img.Height)
	zoom := 1.0
	if a.Scale != [2]float64{} {
		zoom = uniform(r, a.Scale)
	}
	fill := img.At(0, 0)
	if a.Fill == "white" {
		fill = [3]uint8{255, 255, 255}
	}
	return img.affine(angle, zoom, dx, dy, fill)
}

// affine returns the image turned by angle (radians, clockwise), enlarged by zoom, both about the
// centre, and moved by (dx, dy) pixels. It interpolates bilinearly between pixels, and takes fill for
// what lies outside.
func (m *RGB) affine(angle, zoom, dx, dy float64, fill [3]uint8) *RGB {
	const one = 1 << 16 // coordinates are fixed point, weights their upper 8 bits
	out := NewRGB(m.Width, m.Height)
	cx, cy := float64(m.Width-1)/2, float64(m.Height-1)/2
	cos, sin := math.Cos(angle)/zoom, math.Sin(angle)/zoom
	stepX, stepY := int(math.Round(cos*one)), int(math.Round(-sin*one))
	for y := range m.Height {
		u, v := -cx-dx, float64(y)-cy-dy
		x0 := int(math.Round((cos*u + sin*v + cx) * one))
		y0 := int(math.Round((-sin*u + cos*v + cy) * one))
		row := out.row(y)
		for x := range m.Width {
			o := row[x*3 : x*3+3 : x*3+3]
			m.bilinear(o, x0>>16, y0>>16, (x0>>8)&255, (y0>>8)&255, &fill)
			x0, y0 = x0+stepX, y0+stepY
		}
	}
	return out
}

// bilinear writes to o the pixel that lies fx/256 right of column x and fy/256 below row y.
func (m *RGB) bilinear(o []uint8, x, y, fx, fy int, fill *[3]uint8) {
	if x < -1 || y < -1 || x >= m.Width || y >= m.Height {
		copy(o, fill[:])
		return
	}
	a, b, c, d := fill[:], fill[:], fill[:], fill[:]
	i, stride := (y*m.Width+x)*3, m.Width*3
	left, right, above, below := x >= 0, x+1 < m.Width, y >= 0, y+1 < m.Height
	if left && above {
		a = m.Pix[i : i+3]
	}
	if right && above {
		b = m.Pix[i+3 : i+6]
	}
	if left && below {
		c = m.Pix[i+stride : i+stride+3]
	}
	if right && below {
		d = m.Pix[i+stride+3 : i+stride+6]
	}
	wa, wb, wc, wd := (256-fx)*(256-fy), fx*(256-fy), (256-fx)*fy, fx*fy
	for k := range 3 {
		o[k] = uint8((int(a[k])*wa + int(b[k])*wb + int(c[k])*wc + int(d[k])*wd + 1<<15) >> 16)
	}
}
