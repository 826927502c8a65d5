package plot

import (
	"image/color"
	"math"
)

// viridis is every fifteenth of the 256 colours of viridis (Smith and van der Walt, 2015, public domain):
// perceptually uniform, rising in lightness, and fit for every kind of colour vision. Between them the
// straight line is never further than 5/255 from the original.
var viridis = [...]uint32{
	0x440154, 0x481769, 0x472a7a, 0x433d84, 0x3d4e8a, 0x355e8d, 0x2e6d8e, 0x297b8e, 0x23898e,
	0x1f978b, 0x21a585, 0x2eb37c, 0x46c06f, 0x65cb5e, 0x89d548, 0xb0dd2f, 0xd8e219, 0xfde725,
}

// shade returns the colour of x in [0, 1]; outside it is clamped, and NaN is grey.
func shade(x float64) color.NRGBA {
	if math.IsNaN(x) {
		return absent
	}
	at := min(max(x, 0), 1) * float64(len(viridis)-1)
	i := min(int(at), len(viridis)-2)
	return mix(rgb(viridis[i]), rgb(viridis[i+1]), at-float64(i))
}

// rgb returns the opaque colour 0xRRGGBB.
func rgb(c uint32) color.NRGBA {
	return color.NRGBA{uint8(c >> 16), uint8(c >> 8), uint8(c), 0xff}
}

// mix returns the colour a fraction t of the way from a to b.
func mix(a, b color.NRGBA, t float64) color.NRGBA {
	channel := func(a, b uint8) uint8 {
		return uint8(math.Round(float64(a) + t*(float64(b)-float64(a))))
	}
	return color.NRGBA{channel(a.R, b.R), channel(a.G, b.G), channel(a.B, b.B), 0xff}
}

// luminance is WCAG 2's relative luminance of a colour, 0 (black) to 1 (white).
func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// contrast is WCAG 2's contrast ratio of two colours, 1 (equal) to 21.
func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// textOn returns the colour, ink or paper, that reads better on a background.
func textOn(background color.NRGBA) color.NRGBA {
	if contrast(paper, background) > contrast(ink, background) {
		return paper
	}
	return ink
}
