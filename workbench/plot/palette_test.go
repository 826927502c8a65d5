package plot

import (
	"image/color"
	"math"
	"testing"
)

func TestShadeIsViridis(t *testing.T) {
	// The six colours that R's viridis(6) gives; the middle four are not in the short table.
	for i, hex := range []uint32{0x440154, 0x414487, 0x2a788e, 0x22a884, 0x7ad151, 0xfde725} {
		got, want := shade(float64(i)/5), rgb(hex)
		if abs(int(got.R)-int(want.R)) > 5 || abs(int(got.G)-int(want.G)) > 5 || abs(int(got.B)-int(want.B)) > 5 {
			t.Errorf("shade(%d/5) = %v, viridis has %v", i, got, want)
		}
	}
	if shade(math.NaN()) != absent || shade(-1) != shade(0) || shade(2) != shade(1) || shade(math.Inf(1)) != shade(1) {
		t.Error("what is outside [0, 1] is not clamped, or NaN is not grey")
	}
}

func TestShadeGetsLighterAndTextOnItIsLegible(t *testing.T) {
	previous := -1.0
	for i := range 101 {
		c := shade(float64(i) / 100)
		if l := luminance(c); l <= previous {
			t.Errorf("shade(%d/100) is no lighter than the one before it", i)
		} else {
			previous = l
		}
		if ratio := contrast(textOn(c), c); ratio < 3.8 {
			t.Errorf("shade(%d/100): text contrasts only %.2f to 1", i, ratio)
		}
	}
}

// lab converts linear RGB to CIE L*a*b* (D65).
func lab(r, g, b float64) [3]float64 {
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	x := f((0.4124*r + 0.3576*g + 0.1805*b) / 0.95047)
	y := f(0.2126*r + 0.7152*g + 0.0722*b)
	z := f((0.0193*r + 0.1192*g + 0.9505*b) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// visions are the matrices of Machado, Oliveira and Fernandes (2009) for complete loss of one cone.
var visions = map[string][9]float64{
	"full":         {1, 0, 0, 0, 1, 0, 0, 0, 1},
	"protanopia":   {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
	"deuteranopia": {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
	"tritanopia":   {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900},
}

// seen returns a colour as L*a*b* for someone with the given vision.
func seen(c color.NRGBA, m [9]float64) [3]float64 {
	linear := func(v uint8) float64 {
		if x := float64(v) / 255; x > 0.04045 {
			return math.Pow((x+0.055)/1.055, 2.4)
		}
		return float64(v) / 255 / 12.92
	}
	r, g, b := linear(c.R), linear(c.G), linear(c.B)
	clamp := func(v float64) float64 { return min(max(v, 0), 1) }
	return lab(clamp(m[0]*r+m[1]*g+m[2]*b), clamp(m[3]*r+m[4]*g+m[5]*b), clamp(m[6]*r+m[7]*g+m[8]*b))
}

func TestColoursAreApartForEveryColourVision(t *testing.T) {
	apart := func(vision, what string, a, b color.NRGBA, least float64) {
		p, q := seen(a, visions[vision]), seen(b, visions[vision])
		if d := math.Sqrt(sq(p[0]-q[0]) + sq(p[1]-q[1]) + sq(p[2]-q[2])); d < least {
			t.Errorf("%s: %s are %.1f apart, want %.0f", vision, what, d, least)
		}
	}
	for vision := range visions {
		for i := range categories {
			for j := range i {
				apart(vision, "two categories", category(i), category(j), 10)
			}
		}
		apart(vision, "right and wrong", green, vermillion, 15)
		apart(vision, "a mark and the line that sets it off", vermillion, paper, 40)
	}
}

func sq(v float64) float64 { return v * v }
