package emoji

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"clipbench/data"
)

// smallRule is the rule of the small set, which has the five styles of permissive licences only.
var smallRule = splitRule{unseenStyle: "fxemoji", validationStyle: "noto-v1"}

// update rewrites testdata from the built set: go test ./data/emoji -run Testdata -update
var update = flag.Bool("update", false, "pick testdata anew from the built emoji set")

const (
	smallSide     = 32
	smallConcepts = 60
)

var smallStyles = []string{"noto", "noto-v1", "fluent", "fluent-flat", "fxemoji"}

// TestTestdataIsPickedFromTheBuiltSet writes the small set when asked to, and otherwise checks what is committed:
// its licences, that nothing was changed since, and that no picture lies in the wrong split.
func TestTestdataIsPickedFromTheBuiltSet(t *testing.T) {
	if *update {
		writeTestdata(t)
	}
	m, err := readManifest("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range m.Sources {
		if !slices.Contains([]string{"Apache-2.0", "MIT"}, s.License) {
			t.Errorf("%s has the licence %s: only permissive ones may be committed", s.Package, s.License)
		}
	}
	pairs := 0
	for name, split := range m.Splits {
		pairs += checkTestdataSplit(t, name, split)
	}
	if pairs != m.Pairs || pairs != smallConcepts*len(smallStyles) {
		t.Errorf("%d pairs, the manifest says %d, want %d", pairs, m.Pairs, smallConcepts*len(smallStyles))
	}
}

// checkTestdataSplit checks one committed split against its manifest, and returns its pairs.
func checkTestdataSplit(t *testing.T, name string, split SplitInfo) int {
	t.Helper()
	for _, want := range split.Shards {
		if got, err := describeShard(filepath.Join("testdata", want.Name)); err != nil || got != want {
			t.Errorf("%s is %+v (%v), the manifest says %+v", want.Name, got, err, want)
		}
	}
	source, err := OpenTestdata(name)
	if err != nil {
		t.Fatal(err)
	}
	if source.Len() != split.Pairs {
		t.Errorf("%s has %d samples, the manifest says %d", name, source.Len(), split.Pairs)
	}
	for i := range source.Len() {
		s := sampleOf(t, source, i)
		if got := smallRule.split(s.Meta["style"].(string), s.Concept, false); got != name {
			t.Errorf("%s lies in %s and belongs to %s", s.Key, name, got)
		}
		config, err := png.DecodeConfig(bytes.NewReader(s.Image))
		if err != nil || config.Width != smallSide || config.Height != smallSide {
			t.Errorf("%s: %dx%d pixels (%v)", s.Key, config.Width, config.Height, err)
		}
		if len(s.Captions) != 1 || s.Captions[0] != s.Meta["label"] {
			t.Errorf("%s: captions %q, label %q", s.Key, s.Captions, s.Meta["label"])
		}
	}
	return source.Len()
}

// writeTestdata picks smallConcepts concepts that all smallStyles draw.
func writeTestdata(t *testing.T) {
	t.Helper()
	dir, err := Dir()
	if err != nil {
		t.Fatal(err)
	}
	built, err := readManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := permissivePictures(t)
	var pictures []picture
	for _, concept := range smallChoice(all) {
		pictures = append(pictures, all[concept]...)
	}
	old, _ := filepath.Glob("testdata/*.tar")
	for _, file := range old {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	m := &Manifest{Recipe: "small-" + built.Recipe, Renderer: built.Renderer, Side: smallSide}
	for _, s := range built.Sources {
		if s.Style == "" || slices.Contains(smallStyles, s.Style) {
			m.Sources = append(m.Sources, s)
		}
	}
	if err := writeSet("testdata", smallRule, pictures, m); err != nil {
		t.Fatal(err)
	}
}

// permissivePictures are the built set's pictures in smallStyles, by concept, made small.
func permissivePictures(t *testing.T) map[string][]picture {
	t.Helper()
	source, err := Open("train+validation+unseen-concept")
	if err != nil {
		t.Fatal(err)
	}
	pictures := map[string][]picture{}
	for i := range source.Len() {
		s := sampleOf(t, source, i)
		if !slices.Contains(smallStyles, s.Meta["style"].(string)) {
			continue
		}
		var p picture
		meta, err := json.Marshal(s.Meta)
		if err == nil {
			err = json.Unmarshal(meta, &p.sampleJSON)
		}
		if err != nil {
			t.Fatal(err)
		}
		p.Captions = nil // a shard's member takes 512 bytes at least, and with captions twice that
		p.png = makeSmall(t, s.Image)
		pictures[p.Base] = append(pictures[p.Base], p)
	}
	return pictures
}

// smallChoice picks the well-known concepts first, and enough of the unseen and of validation's.
func smallChoice(pictures map[string][]picture) []string {
	left := map[string]int{UnseenConcept: 9, ValidationConcept: 6, Train: smallConcepts - 9 - 6}
	complete := slices.DeleteFunc(slices.Sorted(maps.Keys(pictures)), func(concept string) bool {
		return len(pictures[concept]) != len(smallStyles)
	})
	slices.SortFunc(complete, func(a, b string) int {
		return cmp.Compare(pictures[a][0].shuffleKey(), pictures[b][0].shuffleKey())
	})
	var chosen []string
	for _, concept := range slices.Concat(gallery, complete) {
		split := smallRule.split("noto", concept, false)
		if slices.Contains(complete, concept) && !slices.Contains(chosen, concept) && left[split] > 0 {
			left[split]--
			chosen = append(chosen, concept)
		}
	}
	return chosen
}

// makeSmall halves a picture's sides and its file's size several times over: the means of 2×2 pixels, in a palette.
func makeSmall(t *testing.T, content []byte) []byte {
	t.Helper()
	full, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	halved := image.NewRGBA(image.Rect(0, 0, smallSide, smallSide))
	for i := range smallSide * smallSide {
		x, y := i%smallSide, i/smallSide
		var r, g, b uint32
		for k := range 4 {
			kr, kg, kb, _ := full.At(2*x+k%2, 2*y+k/2).RGBA()
			r, g, b = r+kr, g+kg, b+kb
		}
		halved.SetRGBA(x, y, color.RGBA{uint8(r >> 10), uint8(g >> 10), uint8(b >> 10), 255})
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, inPalette(halved)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// inPalette rounds colours as little as it takes to have no more than 256 of them.
func inPalette(picture *image.RGBA) *image.Paletted {
	for step := 1; ; step++ {
		index := map[color.RGBA]uint8{}
		out := image.NewPaletted(picture.Rect, nil)
		for i := 0; i < len(picture.Pix) && len(index) <= 256; i += 4 {
			c := color.RGBA{roundTo(step, picture.Pix[i]), roundTo(step, picture.Pix[i+1]), roundTo(step, picture.Pix[i+2]), 255}
			if _, known := index[c]; !known {
				index[c] = uint8(len(index))
				out.Palette = append(out.Palette, c)
			}
			out.Pix[i/4] = index[c]
		}
		if len(index) <= 256 {
			return out
		}
	}
}

// roundTo rounds to a multiple of step and keeps white white.
func roundTo(step int, v uint8) uint8 {
	return uint8(max(0, 255-(255-int(v)+step/2)/step*step))
}

func sampleOf(t *testing.T, source data.Source, i int) data.Sample {
	t.Helper()
	s, err := source.Sample(i)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
