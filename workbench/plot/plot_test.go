package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden pictures in testdata")

// solid returns a square picture of one colour.
func solid(c color.Color) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 20, 20))
	draw.Draw(img, img.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	return img
}

// names returns n captions of different lengths.
func names(n int) []string {
	words := []string{"a red apple", "cat", "the flag of a distant country", "mountain", "a long caption of a photograph that shows two dogs and a child on a beach", "kite"}
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("%s %d", words[i%len(words)], i)
	}
	return texts
}

// near tells whether a pixel, at a place in points on a picture of two pixels a point, has a colour.
func near(img image.Image, x, y float64, want color.NRGBA, tolerance int) bool {
	got := color.NRGBAModel.Convert(img.At(int(math.Floor(2*x)), int(math.Floor(2*y)))).(color.NRGBA)
	far := func(a, b uint8) bool { return abs(int(a)-int(b)) > tolerance }
	return !far(got.R, want.R) && !far(got.G, want.G) && !far(got.B, want.B)
}

func abs(v int) int { return max(v, -v) }

// saved returns the bytes of a figure saved with an ending.
func saved(t *testing.T, f interface{ Save(string) error }, ending string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "picture"+ending)
	if err := f.Save(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// figures returns one small figure of each kind.
func figures() map[string]figure {
	images := []image.Image{solid(blue), solid(green), solid(orange)}
	x := []float64{1, 2, 3, 4}
	return map[string]figure{
		"similarity": Similarity{
			Values:    [][]float64{{0.9, 0.1, 0.2}, {0.3, 0.2, 0.1}, {0, 0.1, 0.8}},
			RowImages: images, RowLabels: names(3), ColumnLabels: names(3), Title: "Similarity <&>",
		},
		"curves": Curves{Title: "Curves", Panels: []Panel{
			{Title: "loss", Series: []Series{{"train", x, []float64{4, 3, 2, 1}}, {"test", x, []float64{4, 3.5, 3, 2.5}}}, Guides: []Guide{{"chance", 4.2}}},
			{Title: "rate", LogY: true, Series: []Series{{"", x, []float64{1e-5, 1e-4, 1e-3, 1e-4}}}},
		}},
		"nearest": Nearest{Title: "Nearest", Items: []NearestItem{
			{Image: images[0], Captions: []Candidate{{"blue", 0.75, true}, {"green", 0.25, false}}},
			{Image: images[1], Captions: []Candidate{{"orange", 0.5, false}, {"blue", 0.25, false}}, Truth: "green"},
		}},
		"images":    ImageGrid{Title: "Images", Images: images, Labels: names(3)},
		"confusion": Confusion{Title: "Confusion", Counts: [][]float64{{8, 2}, {0, 5}}, Labels: []string{"cat", "dog"}},
		"bars": Bars{
			Title: "Bars", Bytes: true, Labels: []string{"one", "two"},
			Series: []BarSeries{{"weights", []float64{1 << 20, 2 << 20}}, {"state", []float64{3 << 20, 1 << 20}}},
		},
		"reliability": Reliability{Title: "Reliability", Confidence: []float64{0.1, 0.6, 0.9, 0.95}, Correct: []bool{false, true, true, false}},
	}
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	for name, f := range figures() {
		for _, ending := range []string{".png", ".svg"} {
			s := f.(interface{ Save(string) error })
			if !bytes.Equal(saved(t, s, ending), saved(t, s, ending)) {
				t.Errorf("%s%s differs from one time to the next", name, ending)
			}
		}
	}
}

func TestPicturesEqualTheirGoldens(t *testing.T) {
	for name, f := range figures() {
		golden := filepath.Join("testdata", name+".png")
		if *update {
			if err := save(f, golden); err != nil {
				t.Fatal(err)
			}
		}
		file, err := os.Open(golden)
		if err != nil {
			t.Fatal(err)
		}
		want, err := png.Decode(file)
		_ = file.Close()
		if err != nil {
			t.Fatal(err)
		}
		got := raster(f)
		if got.Bounds() != want.Bounds() {
			t.Errorf("%s: %v, golden %v", name, got.Bounds(), want.Bounds())
			continue
		}
		// Other processors round the edges of lines differently, so a few pixels may differ a little.
		if n := differing(got, want, 24); n > got.Bounds().Dx()*got.Bounds().Dy()/2000 {
			t.Errorf("%s: %d pixels differ from %s", name, n, golden)
		}
	}
}

// differing counts the pixels with a channel that differs by more than the tolerance.
func differing(a, b image.Image, tolerance int) int {
	n := 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			p, q := color.NRGBAModel.Convert(a.At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(b.At(x, y)).(color.NRGBA)
			if abs(int(p.R)-int(q.R)) > tolerance || abs(int(p.G)-int(q.G)) > tolerance || abs(int(p.B)-int(q.B)) > tolerance {
				n++
			}
		}
	}
	return n
}

// texts parses an SVG as XML and returns what its text elements say and the values of its attributes.
func texts(t *testing.T, svg []byte) (said []string, attributes string) {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	within := false
	var all strings.Builder
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return said, all.String()
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if within = e.Name.Local == "text"; within {
				said = append(said, "")
			}
			for _, a := range e.Attr {
				all.WriteString(a.Value + "\n")
			}
		case xml.EndElement:
			within = false
		case xml.CharData:
			if within {
				said[len(said)-1] += string(e)
			}
		}
	}
}

func TestAnSVGHoldsItsTextAsText(t *testing.T) {
	want := map[string][]string{
		"similarity":  {"Similarity <&>", "a red apple 0", "cat 1", "0.90", "cosine similarity", "matched pair"},
		"curves":      {"Curves", "loss", "train", "test", "chance", "1e−5", "step"},
		"nearest":     {"Nearest", "blue", "75%", "green"},
		"images":      {"Images", "cat 1"},
		"confusion":   {"Confusion", "true", "predicted", "cat", "8", "accuracy 87%: 13 of 15"},
		"bars":        {"Bars", "weights", "MiB", "4", "one"},
		"reliability": {"Reliability", "confidence", "accuracy"},
	}
	for name, f := range figures() {
		said, attributes := texts(t, saved(t, f.(interface{ Save(string) error }), ".svg"))
		all := "\n" + strings.Join(said, "\n") + "\n"
		for _, text := range want[name] {
			if !strings.Contains(all, "\n"+text+"\n") {
				t.Errorf("%s.svg does not say %q; it says %q", name, text, said)
			}
		}
		if !strings.Contains(attributes, "Liberation Sans,Arial") {
			t.Errorf("%s.svg names no font to fall back on", name)
		}
		if strings.Contains(attributes, "image/jpg") {
			t.Errorf("%s.svg calls its PNGs JPEGs", name)
		}
	}
}

func TestNothingIsDrawnBeyondThePage(t *testing.T) {
	for name, f := range figures() {
		img := raster(f)
		b := img.Bounds()
		for x := b.Min.X; x < b.Max.X; x++ {
			for y := b.Min.Y; y < b.Max.Y; y++ {
				edge := x < 12 || y < 12 || x >= b.Max.X-12 || y >= b.Max.Y-12
				if edge && color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA) != paper {
					t.Fatalf("%s: pixel (%d, %d) of %v, within six points of the edge, is %v", name, x, y, b.Max, img.At(x, y))
				}
			}
		}
	}
}

func TestDensityScalesThePixels(t *testing.T) {
	f := Confusion{Counts: [][]float64{{1}}, Output: Output{Density: 1}}
	once := f.Image().Bounds()
	f.Density = 3
	if got := f.Image().Bounds(); got.Dx() != 3*once.Dx() || got.Dy() != 3*once.Dy() {
		t.Errorf("three pixels a point: %v, one: %v", got, once)
	}
	f.Density = 0
	if got := f.Image().Bounds(); got.Dx() != 2*once.Dx() {
		t.Errorf("by default: %v, one pixel a point: %v", got, once)
	}
}

func TestSaveRefusesWhatItCannotWrite(t *testing.T) {
	f := Confusion{Counts: [][]float64{{1}}}
	dir := t.TempDir()
	if err := f.Save(filepath.Join(dir, "a.jpg")); err == nil || !strings.Contains(err.Error(), ".png or .svg") {
		t.Errorf("a.jpg: %v", err)
	}
	if err := f.Save(filepath.Join(dir, "none", "a.png")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := f.Save(filepath.Join(dir, "a.PNG")); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("one picture saved, %d files: %v", len(left), left)
	}
}

func TestAFigureThatCannotBeDrawnSaysWhy(t *testing.T) {
	two := [][]float64{{1, 2}, {3, 4}}
	for _, tc := range []struct {
		f    figure
		want string
	}{
		{Similarity{}, "no values"},
		{Similarity{Values: [][]float64{{1, 2}, {3}}}, "row 1 has 1 values and row 0 has 2"},
		{Similarity{Values: two, RowLabels: names(3)}, "3 RowLabels"},
		{Similarity{Values: two, Match: []int{1}}, "1 Match"},
		{Similarity{Values: make([][]float64, 1)}, "no values"},
		{Similarity{Values: [][]float64{make([]float64, 5000)}}, "at most 4000"},
		{Curves{}, "no panels"},
		{Curves{Panels: []Panel{{Series: []Series{{"a", []float64{1}, nil}}}}}, "1 x for 0 y"},
		{Nearest{}, "no pictures"},
		{ImageGrid{}, "no images"},
		{ImageGrid{Images: make([]image.Image, 4), Output: Output{Density: 1e4}}, "lower Output.Density"},
		{ImageGrid{Images: make([]image.Image, 2), Labels: names(1)}, "1 labels for 2 images"},
		{Confusion{}, "no counts"},
		{Confusion{Counts: [][]float64{{1, 2}}}, "row 0 has 2 counts for 1 classes"},
		{Confusion{Counts: [][]float64{{-1}}}, "not a count"},
		{Bars{}, "at least one label"},
		{Bars{Labels: names(2), Series: []BarSeries{{"a", []float64{1}}}}, "1 values for 2 labels"},
		{Bars{Labels: []string{"a"}, Series: []BarSeries{{"b", []float64{-1}}}}, "negative"},
		{Reliability{}, "no answers"},
		{Reliability{Confidence: []float64{1}, Correct: nil}, "1 confidences for 0 answers"},
		{Reliability{Confidence: []float64{12}, Correct: []bool{true}}, "not in [0, 1]"},
	} {
		_, err := prepare(tc.f)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%T: %v, want %q", tc.f, err, tc.want)
			continue
		}
		if img := raster(tc.f); img.Bounds().Dx() < 100 {
			t.Errorf("%T: Image does not show the reason: %v", tc.f, img.Bounds())
		}
	}
}

func TestMarksStandAtTheirPlace(t *testing.T) {
	c := Curves{LogX: true, Marks: []Mark{{"ten", 10}, {"nowhere", 1e9}}, Panels: []Panel{{Series: []Series{{X: []float64{1, 10, 100}, Y: []float64{3, 2, 1}}}}}}
	l, img := c.layout(), c.Image()
	axes := l.panels[0].axes
	if len(l.panels[0].marks) != 1 {
		t.Fatalf("%d marks, want the one within the axes", len(l.panels[0].marks))
	}
	found := false
	for dy := 2.0; dy < 8; dy += 0.5 { // dashed: somewhere within a period of the pattern
		found = found || near(img, axes.midX()+0.25, axes.y+dy, faint, 60)
	}
	if !found {
		t.Error("no line at 10, the middle of 1 to 100")
	}
}

func TestRowsOfAGridBeginWithTheirHeads(t *testing.T) {
	g := ImageGrid{
		Columns: 2, Images: []image.Image{solid(green), solid(orange), solid(purple), solid(sky)},
		RowImages: []image.Image{solid(blue), solid(vermillion)}, RowLabels: []string{"first row", "second"},
	}
	l, img := g.layout(), g.Image()
	for i, want := range []color.NRGBA{blue, vermillion} {
		if !near(img, l.heads[i].midX(), l.heads[i].midY(), want, 2) {
			t.Errorf("row %d does not begin with its picture", i)
		}
		if l.heads[i].right() >= l.tiles[2*i].x || l.heads[i].y != l.tiles[2*i].y {
			t.Errorf("row %d: head %+v, first picture %+v", i, l.heads[i], l.tiles[2*i])
		}
		if !near(img, l.heads[i].x+0.25, l.heads[i].midY(), ink, 2) {
			t.Errorf("row %d: its picture has no frame", i)
		}
	}
	if _, err := (ImageGrid{Columns: 2, Images: g.Images, RowLabels: []string{"one"}}).drawing(); err == nil {
		t.Error("one label for two rows was accepted")
	}
}

func TestAnSVGSaysHowWideItsTextIs(t *testing.T) {
	svg := string(saved(t, ImageGrid{Title: "<text of &title", Images: []image.Image{solid(blue)}, Labels: []string{"a label"}}, ".svg"))
	for text, want := range map[string]float64{"&lt;text of &amp;title": measure("<text of &title", titleSize, true), "a label": measure("a label", tickSize, false)} {
		before, _, found := strings.Cut(svg, ">"+text+"</text>")
		attributes := before[strings.LastIndex(before, "<text "):]
		if !found || !strings.Contains(attributes, fmt.Sprintf(`textLength="%.2f"`, want)) {
			t.Errorf("%s: %s, want a width of %.2f", text, attributes, want)
		}
	}
}
