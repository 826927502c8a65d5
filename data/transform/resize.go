package transform

import "math"

// box is a rectangle of an image in pixels.
type box struct{ left, top, width, height int }

func (m *RGB) bounds() box { return box{0, 0, m.Width, m.Height} }

// precision is the number of fraction bits of a filter weight, as in Pillow's resampling of 8-bit images.
const precision = 32 - 8 - 2

// resize brings the part b of the image to width × height by bicubic interpolation with antialiasing,
// and returns the window of that result; nothing else of it is computed.
// It is Pillow's resampling, rounding by rounding: fixed-point weights, one axis after the other, 8 bits
// in between.
func (m *RGB) resize(b box, width, height int, window box) *RGB {
	if b.width == width && b.height == height {
		return m.crop(b.left+window.left, b.top+window.top, window.width, window.height)
	}
	columns := bicubic(b.width, width, window.left, window.width)
	rows := bicubic(b.height, height, window.top, window.height)
	if b.height == height {
		return m.resizeRows(columns, b.left, b.top+window.top, window.height)
	}
	if b.width == width {
		return m.resizeColumns(rows, b.left+window.left, b.top, window.width)
	}
	if b.height-height > 2*max(b.width-width, 0) { // Pillow's order since 13.0; before, it was always the other
		first, last := reach(columns)
		m = m.resizeColumns(rows, b.left+first, b.top, last-first)
		return m.resizeRows(columns, -first, 0, window.height)
	}
	first, last := reach(rows)
	m = m.resizeRows(columns, b.left, b.top+first, last-first)
	return m.resizeColumns(rows, 0, -first, window.width)
}

// resizeRows makes each pixel of a row from the columns that its tap names, counted from left,
// for height rows from top on.
func (m *RGB) resizeRows(taps []tap, left, top, height int) *RGB {
	out := NewRGB(len(taps), height)
	for y := range height {
		in, dst := m.row(top+y), out.row(y)
		for x := range taps {
			t := &taps[x]
			red, green, blue := half, half, half
			src := in[(left+t.start)*3:][:len(t.weights)*3]
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

// resizeColumns makes each row from the rows that its tap names, counted from top, for width columns
// from left on.
func (m *RGB) resizeColumns(taps []tap, left, top, width int) *RGB {
	out := NewRGB(width, len(taps))
	sums := make([]int32, width*3)
	for y, t := range taps {
		for i := range sums {
			sums[i] = half
		}
		for k, w := range t.weights {
			row := m.row(top + t.start + k)[left*3:][:len(sums)]
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

// reach is the first input pixel that the taps use, and the one behind the last.
func reach(taps []tap) (first, last int) {
	for _, t := range taps {
		last = max(last, t.start+len(t.weights))
	}
	return taps[0].start, last
}

// bicubic returns the taps of count pixels from first on, of out pixels made from in pixels.
func bicubic(in, out, first, count int) []tap {
	scale := float64(in) / float64(out)
	stretch := max(scale, 1) // a reduction widens the filter: that is the antialiasing
	support := 2 * stretch
	taps := make([]tap, count)
	size := int(math.Ceil(support))*2 + 1
	weights := make([]float64, size)
	fixed := make([]int32, count*size)
	for i := range taps {
		center := (float64(first+i) + 0.5) * scale
		start := max(int(center-support+0.5), 0)
		end := min(int(center+support+0.5), in)
		total := 0.0
		for k := range end - start {
			weights[k] = cubic((float64(start+k) - center + 0.5) * (1 / stretch))
			total += weights[k]
		}
		taps[i] = tap{start, fixed[i*size : i*size+end-start]}
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
