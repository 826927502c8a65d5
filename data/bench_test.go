package data

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"testing"

	"clipbench/data/transform"
)

// BenchmarkLoader makes batches of 256 from pictures of 64 × 64, augmented to 32 × 32, as the emoji recipe
// does: decoded every time, or once.
func BenchmarkLoader(b *testing.B) {
	for name, cache := range map[string]bool{"decoded": false, "cached": true} {
		b.Run(name, func(b *testing.B) {
			augmentation := transform.Augmentation{
				CropScale: [2]float64{0.8, 1}, Flip: 0.5, Rotate: 15, Shift: 0.05, Scale: [2]float64{0.9, 1.1},
				Brightness: 0.2, Contrast: 0.2, Saturation: 0.2,
			}
			normalize := transform.Normalize([3]float64{.5, .5, .5}, [3]float64{.25, .25, .25})
			l, err := NewLoader(icons(b, 512), Options{
				Batch: 256, Shuffle: true, Unique: true, Cache: cache, ImageSize: [3]int{32, 32, 3},
				Image: func(img *transform.RGB, r *rand.Rand, dst []float32) {
					normalize(transform.Train(img, 32, 32, augmentation, r), dst)
				},
			})
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			batches := 0
			for _, err := range l.Batches(b.Context(), 0) {
				if err != nil {
					b.Fatal(err)
				}
				if batches++; batches >= b.N {
					break
				}
			}
			b.ReportMetric(float64(b.N)*256/b.Elapsed().Seconds(), "pictures/s")
		})
	}
}

// icons is a source of n pictures of 64 × 64 with smooth and flat parts, as drawings have.
func icons(b *testing.B, n int) *Memory {
	samples := make([]Sample, n)
	for i := range samples {
		img := image.NewRGBA(image.Rect(0, 0, 64, 64))
		for p := range 64 * 64 {
			x, y := p%64, p/64
			if (x-32)*(x-32)+(y-32)*(y-32) > 900 {
				img.Set(x, y, color.White)
			} else {
				img.Set(x, y, color.RGBA{uint8(i), uint8(4 * x), uint8(4*y + i), 255})
			}
		}
		var encoded bytes.Buffer
		if err := png.Encode(&encoded, img); err != nil {
			b.Fatal(err)
		}
		key := string(rune('a' + i))
		samples[i] = Sample{Key: key, Captions: []string{key}, Image: encoded.Bytes()}
	}
	return NewMemory("icons", samples)
}
