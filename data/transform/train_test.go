package transform

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
)

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 2)) }

// filled is an image of one colour.
func filled(width, height int, p [3]uint8) *RGB {
	img := NewRGB(width, height)
	for y := range height {
		for x := range width {
			img.Set(x, y, p)
		}
	}
	return img
}

func TestTrainIsAFunctionOfTheRandomness(t *testing.T) {
	img := icon()
	before := bytes.Clone(img.Pix)
	a, b := Train(img, 32, 32, everything, random(1)), Train(img, 32, 32, everything, random(1))
	compare(t, a, b)
	if bytes.Equal(a.Pix, Train(img, 32, 32, everything, random(2)).Pix) {
		t.Error("other randomness gives the same image")
	}
	if !bytes.Equal(img.Pix, before) {
		t.Error("the image given was changed")
	}
}

func TestTrainHasTheSizeAskedFor(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 90}, {90, 1}, {33, 20}} {
		for seed := range uint64(20) {
			got := Train(filled(size[0], size[1], [3]uint8{9, 9, 9}), 12, 20, everything, random(seed))
			if got.Width != 20 || got.Height != 12 {
				t.Fatalf("%v became %d × %d", size, got.Width, got.Height)
			}
		}
	}
}

func TestRandomBoxKeepsItsPromises(t *testing.T) {
	img := NewRGB(100, 80)
	r := random(1)
	for range 2000 {
		b := randomBox(img, [2]float64{0.2, 0.5}, [2]float64{0.5, 2}, r)
		area, aspect := float64(b.width*b.height)/8000, float64(b.width)/float64(b.height)
		if b.left < 0 || b.top < 0 || b.left+b.width > 100 || b.top+b.height > 80 {
			t.Fatalf("%+v lies outside", b)
		}
		if area < 0.19 || area > 0.51 || aspect < 0.48 || aspect > 2.06 {
			t.Fatalf("%+v has %.3f of the area and the ratio %.3f", b, area, aspect)
		}
	}
}

func TestAffine(t *testing.T) {
	img := icon()
	white := [3]uint8{255, 255, 255}
	for _, tc := range []struct {
		name        string
		angle, zoom float64
		dx, dy      float64
		from        func(x, y int) (int, int) // the pixel of img that must be at (x, y)
	}{
		{"nothing", 0, 1, 0, 0, func(x, y int) (int, int) { return x, y }},
		{"half a turn", math.Pi, 1, 0, 0, func(x, y int) (int, int) { return 63 - x, 63 - y }},
		{"a quarter clockwise", math.Pi / 2, 1, 0, 0, func(x, y int) (int, int) { return y, 63 - x }},
		{"to the right and down", 0, 1, 5, 3, func(x, y int) (int, int) { return x - 5, y - 3 }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := NewRGB(64, 64)
			for y := range 64 {
				for x := range 64 {
					if u, v := tc.from(x, y); u < 0 || v < 0 || u > 63 || v > 63 {
						want.Set(x, y, white)
					} else {
						want.Set(x, y, img.At(u, v))
					}
				}
			}
			compare(t, img.affine(tc.angle, tc.zoom, tc.dx, tc.dy, white), want)
		})
	}
}

func TestZoomEnlargesAboutTheCentre(t *testing.T) {
	img := filled(64, 64, [3]uint8{0, 0, 0})
	for y := 24; y < 40; y++ {
		for x := 24; x < 40; x++ {
			img.Set(x, y, [3]uint8{200, 200, 200})
		}
	}
	bright := 0
	out := img.affine(0, 2, 0, 0, [3]uint8{})
	for i := 0; i < len(out.Pix); i += 3 {
		bright += int(out.Pix[i])
	}
	if share := float64(bright) / 200 / (32 * 32); share < 0.98 || share > 1.02 {
		t.Errorf("a square of 16 × 16 became %.3f of 32 × 32", share)
	}
	if out.At(31, 31) != [3]uint8{200, 200, 200} || out.At(8, 8) != [3]uint8{} {
		t.Error("the square is not about the centre")
	}
}

// The expected values are those of torchvision.transforms.functional on images of one or two colours.
func TestColourMaps(t *testing.T) {
	p := [3]uint8{200, 100, 50} // its grey is 124.2
	for _, tc := range []struct {
		name string
		m    colourMap
		want [3]uint8
	}{
		{"identity", identity(), p},
		{"brightness 0.5", identity().scaled(0.5), [3]uint8{100, 50, 25}},
		{"brightness 2 saturates", identity().scaled(2), [3]uint8{255, 200, 100}},
		{"contrast 0 leaves the mean grey", identity().contrasted(0, [3]float64{200, 100, 50}), [3]uint8{124, 124, 124}},
		{"contrast 0.5", identity().contrasted(0.5, [3]float64{200, 100, 50}), [3]uint8{162, 112, 87}},
		{"saturation 0 is grey", saturation(0), [3]uint8{124, 124, 124}},
		{"saturation 0.5", saturation(0.5), [3]uint8{162, 112, 87}},
		{"hue by nothing", hue(0), p},
	} {
		t.Run(tc.name, func(t *testing.T) {
			img := filled(3, 2, p)
			tc.m.apply(img)
			compare(t, img, filled(3, 2, tc.want))
		})
	}
}

func TestHueKeepsGreyAndLuma(t *testing.T) {
	grey := filled(2, 2, [3]uint8{77, 77, 77})
	hue(2).apply(grey)
	compare(t, grey, filled(2, 2, [3]uint8{77, 77, 77}))
	img := filled(2, 2, [3]uint8{140, 110, 120})
	before := img.mean()
	hue(2).apply(img)
	after, change := img.mean(), 0.0
	for c, weight := range luma {
		change += weight * (after[c] - before[c])
	}
	if math.Abs(change) > 1 || after == before {
		t.Errorf("%v became %v: the luma changed by %.2f", before, after, change)
	}
}

func TestFlipMirrors(t *testing.T) {
	img := icon()
	out := img.crop(0, 0, 63, 64)
	out.flip()
	for y := range out.Height {
		for x := range out.Width {
			if out.At(x, y) != img.At(62-x, y) {
				t.Fatalf("(%d, %d) is not mirrored", x, y)
			}
		}
	}
}

func TestFillAndErase(t *testing.T) {
	red := filled(32, 32, [3]uint8{250, 0, 0})
	moved := Train(red, 32, 32, Augmentation{Shift: 0.5, Rotate: 45}, random(3))
	compare(t, moved, red) // the corner's colour fills what was uncovered
	moved = Train(red, 32, 32, Augmentation{Shift: 0.5, Rotate: 45, Fill: "white"}, random(3))
	if bytes.Equal(moved.Pix, red.Pix) {
		t.Error("white fills nothing")
	}
	img := icon()
	erased := Train(img, 64, 64, Augmentation{Erase: 1}, random(3))
	if bytes.Equal(erased.Pix, img.Pix) {
		t.Error("nothing was erased")
	}
}

func TestNormalize(t *testing.T) {
	mean, std := [3]float64{0.48145466, 0.4578275, 0.40821073}, [3]float64{0.26862954, 0.26130258, 0.27577711}
	dst := make([]float32, 3)
	Normalize(mean, std)(filled(1, 1, [3]uint8{0, 128, 255}), dst)
	for c, v := range []float64{0, 128. / 255, 1} {
		if want := (v - mean[c]) / std[c]; math.Abs(float64(dst[c])-want) > 1e-6 {
			t.Errorf("channel %d: %v, not %v", c, dst[c], want)
		}
	}
}
