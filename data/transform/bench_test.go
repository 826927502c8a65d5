package transform

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// measure runs f and reports pictures a second, and the processor time of one, which other
// programs on the machine do not lengthen.
func measure(b *testing.B, f func()) {
	before := cpuTime(b)
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pictures/s")
	b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/picture")
}

func cpuTime(b *testing.B) time.Duration {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// everything is every augmentation at once.
var everything = Augmentation{
	CropScale: [2]float64{0.7, 1}, Flip: 0.5, Rotate: 15, Shift: 0.1, Scale: [2]float64{0.8, 1.2},
	Brightness: 0.3, Contrast: 0.3, Saturation: 0.3, Hue: 0.1, Grey: 0.1, Erase: 0.2,
}

func icon() *RGB {
	img := NewRGB(64, 64)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.Uint32())
	}
	return img
}

// BenchmarkTrain is one training picture of the default set, with all augmentations and normalised.
func BenchmarkTrain(b *testing.B) {
	img, r := icon(), rand.New(rand.NewPCG(1, 2))
	normalize := Normalize([3]float64{.5, .5, .5}, [3]float64{.25, .25, .25})
	dst := make([]float32, 32*32*3)
	measure(b, func() { normalize(Train(img, 32, 32, everything, r), dst) })
}

// BenchmarkEval is one picture of photograph size at CLIP's usual 224 × 224.
func BenchmarkEval(b *testing.B) {
	img := NewRGB(640, 480)
	measure(b, func() { Eval(img, 224, 224) })
}

// BenchmarkDecode reads the small pictures of the tests.
func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"rgb.png", "jpeg420.jpg", "lossyrgb.webp"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			measure(b, func() {
				if _, err := Decode(data); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}
