package transform

import (
	"math"
	"math/rand/v2"
)

// recolour changes brightness, contrast, saturation and hue, and with some probability removes the
// colour. Each of these is a linear map of a pixel, so that together they are one matrix, applied in
// one pass and clipped once. (torchvision clips after each, and turns hue in HSV.)
func (a Augmentation) recolour(img *RGB, r *rand.Rand) {
	if a.Brightness == 0 && a.Contrast == 0 && a.Saturation == 0 && a.Hue == 0 && a.Grey == 0 {
		return
	}
	m := identity()
	m = m.scaled(1 + around(r, a.Brightness))
	m = m.contrasted(1+around(r, a.Contrast), img.mean())
	m = saturation(1 + around(r, a.Saturation)).after(m)
	if a.Hue > 0 {
		m = hue(2 * math.Pi * around(r, a.Hue)).after(m)
	}
	if a.Grey > 0 && r.Float64() < a.Grey {
		m = saturation(0).after(m)
	}
	m.apply(img)
}

// luma is how much each channel adds to grey, ITU-R 601-2 as in PIL and torchvision.
var luma = [3]float64{0.299, 0.587, 0.114}

// colourMap takes a pixel p to m[:, :3]·p + m[:, 3].
type colourMap [3][4]float64

func identity() colourMap {
	return colourMap{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}
}

// after is the map that first does n, then m.
func (m colourMap) after(n colourMap) (out colourMap) {
	for i := range 3 {
		for j := range 4 {
			for k := range 3 {
				out[i][j] += m[i][k] * n[k][j]
			}
		}
		out[i][3] += m[i][3]
	}
	return out
}

func (m colourMap) scaled(factor float64) colourMap {
	for i := range m {
		for j := range m[i] {
			m[i][j] *= factor
		}
	}
	return m
}

// contrasted blends with the grey that an image of this mean colour has on average after m.
func (m colourMap) contrasted(factor float64, mean [3]float64) colourMap {
	grey := 0.0
	for i := range 3 {
		grey += luma[i] * (m[i][0]*mean[0] + m[i][1]*mean[1] + m[i][2]*mean[2] + m[i][3])
	}
	m = m.scaled(factor)
	for i := range 3 {
		m[i][3] += (1 - factor) * grey
	}
	return m
}

// saturation blends each pixel with its own grey.
func saturation(factor float64) (m colourMap) {
	for i := range 3 {
		for j := range 3 {
			m[i][j] = (1 - factor) * luma[j]
		}
		m[i][i] += factor
	}
	return m
}

// hue turns colours by an angle in the chrominance plane of YIQ, which keeps grey as it is.
func hue(angle float64) colourMap {
	cos, sin := math.Cos(angle), math.Sin(angle)
	toYIQ := colourMap{{0.299, 0.587, 0.114}, {0.595716, -0.274453, -0.321263}, {0.211456, -0.522591, 0.311135}}
	toRGB := colourMap{{1, 0.9562948, 0.6210251}, {1, -0.2721214, -0.6473809}, {1, -1.1069890, 1.7046148}}
	turn := colourMap{{1, 0, 0}, {0, cos, -sin}, {0, sin, cos}}
	return toRGB.after(turn.after(toYIQ))
}

// apply maps every pixel of the image in place, in fixed point.
func (m colourMap) apply(img *RGB) {
	const bits = 14
	var f [3][4]int32
	for i := range 3 {
		for j := range 4 {
			f[i][j] = int32(math.Round(m[i][j] * (1 << bits)))
		}
		f[i][3] += 1 << (bits - 1)
	}
	for i := 0; i+2 < len(img.Pix); i += 3 {
		p := img.Pix[i : i+3 : i+3]
		red, green, blue := int32(p[0]), int32(p[1]), int32(p[2])
		p[0] = saturate((f[0][0]*red + f[0][1]*green + f[0][2]*blue + f[0][3]) >> bits)
		p[1] = saturate((f[1][0]*red + f[1][1]*green + f[1][2]*blue + f[1][3]) >> bits)
		p[2] = saturate((f[2][0]*red + f[2][1]*green + f[2][2]*blue + f[2][3]) >> bits)
	}
}

func saturate(v int32) uint8 {
	return uint8(min(max(v, 0), 255))
}

// mean is the image's mean colour.
func (m *RGB) mean() (mean [3]float64) {
	var sum [3]int
	for i := 0; i+2 < len(m.Pix); i += 3 {
		p := m.Pix[i : i+3 : i+3]
		sum[0], sum[1], sum[2] = sum[0]+int(p[0]), sum[1]+int(p[1]), sum[2]+int(p[2])
	}
	for c := range mean {
		mean[c] = float64(sum[c]) / float64(m.Width*m.Height)
	}
	return mean
}
