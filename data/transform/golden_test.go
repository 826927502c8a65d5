package transform

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// read decodes a file of testdata.
func read(t testing.TB, name ...string) *RGB {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, name...)...))
	if err != nil {
		t.Fatal(err)
	}
	img, err := Decode(data)
	if err != nil {
		t.Fatalf("%v: %v", name, err)
	}
	return img
}

// inputs are the pictures that testdata/make_goldens.py made.
func inputs(t testing.TB) (names []string) {
	t.Helper()
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if ext := filepath.Ext(f.Name()); ext != ".py" && !f.IsDir() {
			names = append(names, f.Name())
		}
	}
	return names
}

// compare checks that two images are the same to the last bit.
func compare(t *testing.T, got, want *RGB) {
	t.Helper()
	if got.Width != want.Width || got.Height != want.Height {
		t.Fatalf("%d × %d, not %d × %d", got.Width, got.Height, want.Width, want.Height)
	}
	worst, wrong := 0, 0
	for i, v := range got.Pix {
		if d := max(v, want.Pix[i]) - min(v, want.Pix[i]); d > 0 {
			worst = max(worst, int(d))
			wrong++
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d values differ, at most by %d", wrong, len(got.Pix), worst)
	}
}

func TestDecodeAsPillow(t *testing.T) {
	for _, name := range inputs(t) {
		t.Run(name, func(t *testing.T) {
			compare(t, read(t, name), read(t, "golden", name+".rgb.png"))
		})
	}
}

func TestEvalAsTorchvision(t *testing.T) {
	for _, name := range inputs(t) {
		t.Run(name, func(t *testing.T) {
			compare(t, Eval(read(t, name), 16, 16), read(t, "golden", name+".square.png"))
			compare(t, Eval(read(t, name), 12, 20), read(t, "golden", name+".wide.png"))
		})
	}
}

func TestWithoutAugmentationTrainIsEval(t *testing.T) {
	img := read(t, "rgb.png")
	compare(t, Train(img, 16, 16, Augmentation{}, rand.New(rand.NewPCG(1, 2))), Eval(img, 16, 16))
}
