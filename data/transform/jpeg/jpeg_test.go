package jpeg

import (
	"bytes"
	"errors"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pictures are the JPEG files that the transforms are tested with; there every byte is held against Pillow.
func pictures(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../testdata/*.jpg")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	all := map[string][]byte{}
	for _, file := range files {
		if all[filepath.Base(file)], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// Where no chroma is interpolated, the standard library agrees but for the rounding of its transform,
// which the conversion to RGB enlarges to 3.
func TestDecodeAgreesWithTheStandardLibrary(t *testing.T) {
	for _, name := range []string{"grey.jpg", "jpeg444.jpg"} {
		content := pictures(t)[name]
		want, err := jpeg.Decode(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(content)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range got.Pix {
			r, g, b, _ := want.At(i/3%got.Width, i/3/got.Width).RGBA()
			if d := int(v) - int([]uint32{r, g, b}[i%3]>>8); d < -3 || d > 3 {
				t.Fatalf("%s: value %d is off by %d", name, i, d)
			}
		}
	}
}

func TestEveryCutIsNoticed(t *testing.T) {
	for name, content := range pictures(t) {
		for cut := range len(content) - 1 {
			if _, err := Decode(content[:cut]); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("%s cut after %d of %d bytes: %v", name, cut, len(content), err)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	content := pictures(t)["jpeg444.jpg"]
	for _, tc := range []struct {
		name string
		from string
		to   string
		want string
	}{
		{"arithmetic coding", "\xff\xc0", "\xff\xc9", "SOF9"},
		{"12 bits", "\xff\xc0\x00\x11\x08", "\xff\xc0\x00\x11\x0c", "12 bits a sample"},
		{"no width", "\x00\x1d\x00\x25\x03", "\x00\x1d\x00\x00\x03", "its size is 0 × 29"},
		{"no quantisation table", "\xff\xdb", "\xff\xec", "a table of component 1 is missing"},
		{"no Huffman table", "\xff\xc4", "\xff\xec", "a table of component 1 is missing"},
		{"no frame", "\xff\xc0", "\xff\xec", "comes before the frame"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			changed := bytes.ReplaceAll(content, []byte(tc.from), []byte(tc.to))
			if _, err := Decode(changed); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, not %q", err, tc.want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, content := range pictures(f) {
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if w, h, err := Size(content); err != nil || w*h > 1<<20 {
			return
		}
		if img, err := Decode(content); err == nil && len(img.Pix) != img.Width*img.Height*3 {
			t.Errorf("%d bytes of %d × %d", len(img.Pix), img.Width, img.Height)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	content := pictures(b)["jpeg420.jpg"]
	b.SetBytes(37 * 29 * 3)
	for b.Loop() {
		if _, err := Decode(content); err != nil {
			b.Fatal(err)
		}
	}
}
