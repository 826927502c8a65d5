package transform

import "math"

// Eval is the preprocessing of evaluation: the shortest side brought to the target by bicubic
// interpolation with antialiasing, then a centre crop of height × width. It is torchvision's
// Resize and CenterCrop on 8-bit images, and open_clip's ResizeKeepRatio when height and width differ.
func Eval(img *RGB, height, width int) *RGB {
	w, h := evalSize(img, height, width)
	return img.resize(img.bounds(), w, h, box{centre(w, width), centre(h, height), width, height})
}

// evalSize is the size of the image after the resize and before the crop.
func evalSize(img *RGB, height, width int) (w, h int) {
	if height == width { // torchvision.transforms.Resize rounds down
		if img.Width <= img.Height {
			return width, int(float64(width) * float64(img.Height) / float64(img.Width))
		}
		return int(float64(height) * float64(img.Width) / float64(img.Height)), height
	}
	ratio := min(float64(img.Height)/float64(height), float64(img.Width)/float64(width))
	return int(math.RoundToEven(float64(img.Width) / ratio)), int(math.RoundToEven(float64(img.Height) / ratio))
}

// centre is where a crop begins, rounded as Python rounds.
func centre(size, crop int) int {
	return int(math.RoundToEven(float64(size-crop) / 2))
}

// Normalize returns the function that writes (pixel/255 - mean) / std of an image into dst,
// [height, width, 3]. It computes in float32, as torch does.
func Normalize(mean, std [3]float64) func(img *RGB, dst []float32) {
	var table [3][256]float32
	for c := range 3 {
		for v := range 256 {
			table[c][v] = (float32(v)/255 - float32(mean[c])) / float32(std[c])
		}
	}
	return func(img *RGB, dst []float32) {
		dst = dst[:len(img.Pix)]
		for i := 0; i+2 < len(dst); i += 3 {
			p, d := img.Pix[i:i+3:i+3], dst[i:i+3:i+3]
			d[0], d[1], d[2] = table[0][p[0]], table[1][p[1]], table[2][p[2]]
		}
	}
}
