package transform

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func content(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestDecodeRefusals(t *testing.T) {
	huge := content(t, "rgb.png")
	binary.BigEndian.PutUint32(huge[16:], 1<<20)
	binary.BigEndian.PutUint32(huge[20:], 1<<20)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for _, tc := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "the image is empty"},
		{"text", []byte("<html>not found</html>"), `no PNG, JPEG, GIF or WebP (it begins with "<html>no")`},
		{"a cut PNG", content(t, "rgb.png")[:812], "the PNG ends after 812 of at least"},
		{"a cut JPEG", content(t, "cmyk.jpg")[:500], "the JPEG ends after 500 bytes, before the image does"},
		{"a cut GIF", content(t, "palette.gif")[:200], "the GIF is broken: gif: not enough image data"},
		{"a cut WebP", content(t, "lossy.webp")[:200], "the WebP ends after 200 of at least"},
		{"a changed PNG", append(content(t, "rgb.png")[:100], make([]byte, 5000)...), "the PNG is broken: "},
		{"2^40 pixels", huge, "the PNG has 1048576 × 1048576 pixels; at most 178956970"},
		{"a header alone", content(t, "rgb.png")[:9], "the PNG ends after 9 "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := Decode(tc.data); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, not %q", err, tc.want)
			}
		})
	}
}

// A tall image of one column must not cost the memory of its enlargement.
func TestEvalOfAnExtremeShape(t *testing.T) {
	got := Eval(filled(1, 200_000, [3]uint8{7, 8, 9}), 224, 224)
	compare(t, got, filled(224, 224, [3]uint8{7, 8, 9}))
	got = Eval(filled(200_000, 1, [3]uint8{7, 8, 9}), 224, 224)
	compare(t, got, filled(224, 224, [3]uint8{7, 8, 9}))
}

func FuzzDecode(f *testing.F) {
	for _, name := range inputs(f) {
		f.Add(content(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		kind, err := sniff(data)
		if err != nil {
			return
		}
		if w, h, err := kind.size(data); err != nil || w*h > 1<<16 {
			return
		}
		if img, err := Decode(data); err == nil && len(img.Pix) != img.Width*img.Height*3 {
			t.Errorf("%d bytes of %d × %d", len(img.Pix), img.Width, img.Height)
		}
	})
}
