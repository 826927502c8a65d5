package transform

import (
	"math"
	"math/rand/v2"
)

// Augmentation says how a training image is varied. Zero fields vary nothing, and the zero
// Augmentation is Eval. Names and ranges are torchvision's.
type Augmentation struct {
	CropScale  [2]float64 `yaml:"crop_scale"` // share of the area that a random crop keeps, from and to
	CropRatio  [2]float64 `yaml:"crop_ratio"` // its width over its height, from and to; 3/4 to 4/3 when zero
	Flip       float64    `yaml:"flip"`       // probability of mirroring left to right
	Rotate     float64    `yaml:"rotate"`     // degrees, at most, to either side
	Shift      float64    `yaml:"shift"`      // share of the side, at most, in either direction
	Scale      [2]float64 `yaml:"scale"`      // zoom, from and to
	Fill       string     `yaml:"fill"`       // what rotation, shift and scale uncover: "corner" (the top left pixel; default) or "white"
	Brightness float64    `yaml:"brightness"` // factor 1 ± at most this
	Contrast   float64    `yaml:"contrast"`   // factor 1 ± at most this
	Saturation float64    `yaml:"saturation"` // factor 1 ± at most this
	Hue        float64    `yaml:"hue"`        // turns of the colour circle, at most, in either direction
	Grey       float64    `yaml:"grey"`       // probability of losing all colour
	Erase      float64    `yaml:"erase"`      // probability of a rectangle overpainted with the mean colour
}

// Train brings an image to height × width, varied by a with the randomness of r alone.
func Train(img *RGB, height, width int, a Augmentation, r *rand.Rand) *RGB {
	img = a.crop(img, height, width, r)
	if a.Flip > 0 && r.Float64() < a.Flip {
		img.flip()
	}
	img = a.move(img, r)
	a.recolour(img, r)
	if a.Erase > 0 && r.Float64() < a.Erase {
		erase(img, r)
	}
	return img
}

// crop takes a random part of the image and brings it to size: torchvision's RandomResizedCrop.
func (a Augmentation) crop(img *RGB, height, width int, r *rand.Rand) *RGB {
	if a.CropScale == [2]float64{} {
		return Eval(img, height, width)
	}
	ratio := a.CropRatio
	if ratio == [2]float64{} {
		ratio = [2]float64{3. / 4, 4. / 3}
	}
	return img.resize(randomBox(img, a.CropScale, ratio, r), width, height, box{0, 0, width, height})
}

// randomBox draws a rectangle by its share of the area and its ratio of sides. After ten that do
// not fit it settles for the largest centred one of a ratio allowed.
func randomBox(img *RGB, scale, ratio [2]float64, r *rand.Rand) box {
	area := float64(img.Width * img.Height)
	for range 10 {
		target := area * uniform(r, scale)
		aspect := math.Exp(uniform(r, [2]float64{math.Log(ratio[0]), math.Log(ratio[1])}))
		w := int(math.RoundToEven(math.Sqrt(target * aspect)))
		h := int(math.RoundToEven(math.Sqrt(target / aspect)))
		if 0 < w && w <= img.Width && 0 < h && h <= img.Height {
			return box{r.IntN(img.Width - w + 1), r.IntN(img.Height - h + 1), w, h}
		}
	}
	w, h := img.Width, img.Height
	switch aspect := float64(w) / float64(h); {
	case aspect < ratio[0]:
		h = max(1, min(h, int(math.Round(float64(w)/ratio[0]))))
	case aspect > ratio[1]:
		w = max(1, min(w, int(math.Round(float64(h)*ratio[1]))))
	}
	return box{(img.Width - w) / 2, (img.Height - h) / 2, w, h}
}

// erase overpaints a random rectangle with the image's mean colour: torchvision's RandomErasing,
// 2 to 33 % of the area.
func erase(img *RGB, r *rand.Rand) {
	b := randomBox(img, [2]float64{0.02, 0.33}, [2]float64{0.3, 3.3}, r)
	mean := img.mean()
	for y := b.top; y < b.top+b.height; y++ {
		for x := b.left; x < b.left+b.width; x++ {
			img.Set(x, y, [3]uint8{uint8(mean[0]), uint8(mean[1]), uint8(mean[2])})
		}
	}
}

func uniform(r *rand.Rand, between [2]float64) float64 {
	return between[0] + r.Float64()*(between[1]-between[0])
}

// around draws from [-most, most], and draws nothing when most is 0.
func around(r *rand.Rand, most float64) float64 {
	if most == 0 {
		return 0
	}
	return uniform(r, [2]float64{-most, most})
}
