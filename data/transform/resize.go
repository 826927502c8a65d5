package transform

import "math"

// box is a rectangle of an image in pixels.
type box struct{ left, top, width, height int }

func (m *RGB) bounds() box { return box{0, 0, m.Width, m.Height} }

// precision is the number of fraction bits of a filter weight, as in Pillow's resampling of 8-bit images.
const precision = 32 - 8 - 2

// resize brings the part b of the image to width × height by bicubic interpolation with antialiasing.
// It is Pillow's resampling, rounding by rounding: fixed-point weights, the rows first, 8 bits in between.
func (m *RGB) resize(b box, width, height int) *RGB {
	if b.width == width && b.height == height {
		return m.crop(b.left, b.top, b.width, b.height)
	}
	if b.width != width {
		m = m.resizeRows(b, width)
		b = m.bounds()
	}
	if b.height != height || b != m.bounds() {
		m = m.resizeColumns(b, height)
	}
	return m
}

// resizeRows changes the width of the part b of the image.
func (m *RGB) resizeRows(b box, width int) *RGB {
	out := NewRGB(width, b.height)
	taps := bicubic(b.width, width)
	for y := range b.height {
		in, dst := m.row(b.top + y)[b.left*3:(b.left+b.width)*3], out.row(y)
		for x := range taps {
			t := &taps[x]
			red, green, blue := half, half, half
			src := in[t.start*3:]
			src = src[:len(t.weights)*3]
			for i, w := range t.weights {
				p := src[i*3 : i*3+3 : i*3+3]
				red += int32(p[0]) * w
				green += int32(p[1]) * w
				blue += int32(p[2]) * w
			}
			o := dst[x*3 : x*3+3 : x*3+3]
			o[0], o[1], o[2] = clip8(red), clip8(green), clip8(blue)
		}
	}
	return out
}

// resizeColumns changes the height of the part b of the image.
func (m *RGB) resizeColumns(b box, height int) *RGB {
	out := NewRGB(b.width, height)
	sums := make([]int32, b.width*3)
	for y, t := range bicubic(b.height, height) {
		for i := range sums {
			sums[i] = half
		}
		for k, w := range t.weights {
			row := m.row(b.top + t.start + k)[b.left*3:]
			row = row[:len(sums)]
			for i, v := range row {
				sums[i] += int32(v) * w
			}
		}
		dst := out.row(y)[:len(sums)]
		for i, v := range sums {
			dst[i] = clip8(v)
		}
	}
	return out
}

// half is one half in fixed point: the sum is rounded by starting from it.
const half int32 = 1 << (precision - 1)

func clip8(v int32) uint8 {
	v >>= precision
	if uint32(v) > 255 {
		if v < 0 {
			return 0
		}
		return 255
	}
	return uint8(v)
}

// tap is what one output pixel is made of: the input pixels from start on, and their weights.
type tap struct {
	start   int
	weights []int32
}

// bicubic returns the taps of each of out pixels made from in pixels.
func bicubic(in, out int) []tap {
	scale := float64(in) / float64(out)
	stretch := max(scale, 1) // a reduction widens the filter: that is the antialiasing
	support := 2 * stretch
	taps := make([]tap, out)
	size := int(math.Ceil(support))*2 + 1
	weights := make([]float64, size)
	fixed := make([]int32, out*size)
	for i := range taps {
		center := (float64(i) + 0.5) * scale
		first := max(int(center-support+0.5), 0)
		last := min(int(center+support+0.5), in)
		total := 0.0
		for k := range last - first {
			weights[k] = cubic((float64(first+k) - center + 0.5) / stretch)
			total += weights[k]
		}
		taps[i] = tap{first, fixed[i*size : i*size+last-first]}
		for k := range taps[i].weights {
			taps[i].weights[k] = int32(math.Round(weights[k] / total * (1 << precision)))
		}
	}
	return taps
}

// cubic is Keys' convolution kernel with a = -0.5.
func cubic(x float64) float64 {
	const a = -0.5
	x = math.Abs(x)
	switch {
	case x < 1:
		return ((a+2)*x-(a+3))*x*x + 1
	case x < 2:
		return (((x-5)*x+8)*x - 4) * a
	}
	return 0
}
