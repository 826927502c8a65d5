package picture

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/mattn/go-sixel"
	"pgregory.net/rapid"

	"clipbench/tui/canvas"
	"clipbench/tui/theme"
	"clipbench/workbench/runlog"
)

// stripes is a picture with another colour in every quarter.
func stripes(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{uint8(x * 4 / w * 80), uint8(y * 4 / h * 80), 100, 255})
		}
	}
	return img
}

func matrixOf(rows, columns int) *Matrix {
	m := &Matrix{}
	for j := range columns {
		m.Columns = append(m.Columns, "caption "+strings.Repeat("y", j%9))
	}
	for i := range rows {
		m.Rows = append(m.Rows, "picture 日本 "+strings.Repeat("x", i%30))
		row := make([]runlog.Number, columns)
		for j := range row {
			row[j] = runlog.Number(float64(i-j) / 10)
		}
		m.Values = append(m.Values, row)
	}
	return m
}

func sized(t interface{ Fatalf(string, ...any) }, c *canvas.Canvas, w, h int) {
	if h == 0 {
		return
	}
	lines := strings.Split(c.String(), "\n")
	if len(lines) != h {
		t.Fatalf("%d lines, want %d", len(lines), h)
	}
	for _, line := range lines {
		if n := ansi.StringWidth(line); n != w {
			t.Fatalf("%d cells, want %d", n, w)
		}
	}
}

// TestAnyMatrixFitsAnyArea draws matrices at any place of their cursor.
func TestAnyMatrixFitsAnyArea(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := matrixOf(rapid.IntRange(1, 60).Draw(t, "rows"), rapid.IntRange(1, 60).Draw(t, "columns"))
		look := theme.New(theme.Mode{NoColor: rapid.Bool().Draw(t, "plain"), ASCII: rapid.Bool().Draw(t, "ascii"), Few: rapid.Bool().Draw(t, "few")})
		w, h := rapid.IntRange(0, 150).Draw(t, "w"), rapid.IntRange(0, 50).Draw(t, "h")
		row, column := rapid.IntRange(0, len(m.Rows)-1).Draw(t, "row"), rapid.IntRange(0, len(m.Columns)-1).Draw(t, "column")
		sized(t, m.Draw(&look, w, h, row, column), w, h)
		sized(t, Legend(&look, m.Range(), w), w, 1)
		g := m.Lay(w, h, row, column)
		if g.Rows > 0 && g.Columns > 0 && (row < g.Top || row >= g.Top+g.Rows || column < g.Left || column >= g.Left+g.Columns) {
			t.Fatalf("the cursor %d, %d is not among %+v", row, column, g)
		}
	})
}

// TestDiagonalOfAMatrix counts by hand.
func TestDiagonalOfAMatrix(t *testing.T) {
	m, err := ParseMatrix([]byte(`{"rows":["a","b","c"],"columns":["a","b","c"],"values":[[3,1,2],[0,"NaN",1],[0,0,9]]}`))
	if err != nil {
		t.Fatal(err)
	}
	if right, of := m.Matches(); right != 2 || of != 3 {
		t.Errorf("%d of %d, want 2 of 3", right, of)
	}
}

func TestSimilaritiesAreShort(t *testing.T) {
	for v, want := range map[float64]string{0.873: ".87", -0.049: "-.05", 0.001: ".00", -0.001: ".00", 1: "1.0", 12.34: "12", -3.14: "-3.1", 1e9: "1e+09"} {
		if got := Similarity(v); got != want {
			t.Errorf("%v is %q, want %q", v, got, want)
		}
	}
}

// TestFitCellsKeepsProportions compares with the picture's own, a cell being twice as high as wide.
func TestFitCellsKeepsProportions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := image.Pt(rapid.IntRange(1, 2000).Draw(t, "x"), rapid.IntRange(1, 2000).Draw(t, "y"))
		w, h := rapid.IntRange(1, 200).Draw(t, "w"), rapid.IntRange(1, 80).Draw(t, "h")
		cols, rows := FitCells(size, w, h)
		if cols < 1 || rows < 1 || cols > w || rows > h {
			t.Fatalf("%d×%d in %d×%d", cols, rows, w, h)
		}
		if cols < w && rows < h {
			t.Fatalf("%v is %d×%d in %d×%d: it could be larger", size, cols, rows, w, h)
		}
		exact := float64(cols) * float64(size.Y) / float64(size.X) / cellRatio
		if rows > 1 && cols > 1 && (float64(rows) > exact+1 || float64(rows+1) < exact-float64(size.Y)/float64(size.X)) {
			t.Fatalf("%v is %d×%d cells", size, cols, rows)
		}
	})
}

// TestHalfBlocksHaveThePicturesColours looks at the corners.
func TestHalfBlocksHaveThePicturesColours(t *testing.T) {
	look := theme.New(theme.Mode{})
	img := stripes(64, 64)
	c := DrawBlocks(&look, img, 16, 8)
	sized(t, c, 16, 8)
	for _, at := range []image.Point{{0, 0}, {15, 0}, {0, 7}, {15, 7}} {
		p := img.RGBAAt(at.X*4+2, at.Y*8+1)
		if got := c.Style(at.X, at.Y).Fg; got != canvas.RGB(p.R, p.G, p.B) {
			t.Errorf("cell %v is %x, want %v", at, got, p)
		}
	}
}

var kittyChunk = regexp.MustCompile("\x1b_G([^;]*);([^\x1b]*)\x1b\\\\")

// TestKittySequenceHoldsThePicture decodes what a terminal would be sent.
func TestKittySequenceHoldsThePicture(t *testing.T) {
	img := stripes(300, 200) // more than one chunk
	sequence, err := SendKitty(img, 77, 30, 10, false)
	if err != nil {
		t.Fatal(err)
	}
	var data strings.Builder
	chunks := kittyChunk.FindAllStringSubmatch(sequence, -1)
	for _, chunk := range chunks {
		data.WriteString(chunk[2])
	}
	for _, option := range []string{"a=T", "U=1", "i=77", "c=30", "r=10", "f=100"} {
		if !strings.Contains(chunks[0][1], option) {
			t.Errorf("%s is missing in %s", option, chunks[0][1])
		}
	}
	raw, err := base64.StdEncoding.DecodeString(data.String())
	if err != nil {
		t.Fatal(err)
	}
	back, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []image.Point{{0, 0}, {299, 199}, {80, 60}} {
		if got, want := color.RGBAModel.Convert(back.At(p.X, p.Y)), img.At(p.X, p.Y); got != want {
			t.Errorf("pixel %v is %v, want %v", p, got, want)
		}
	}
	wrapped, err := SendKitty(img, 77, 30, 10, true)
	if err != nil || !strings.HasPrefix(wrapped, "\x1bPtmux;") {
		t.Errorf("through tmux: %.20q, %v", wrapped, err)
	}
}

// TestSixelsHoldThePicture decodes them, with the decoder of the library, and compares the size and a colour.
func TestSixelsHoldThePicture(t *testing.T) {
	sequence, err := SendSixel(stripes(64, 64), 4, 2, 16, 9, image.Pt(8, 16))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(sequence, "\x1b[3;5H") {
		t.Errorf("it is not drawn at column 5 of line 3: %.40q", sequence)
	}
	var back image.Image
	body := sequence[strings.Index(sequence, "\x1bP"):]
	if err := sixel.NewDecoder(strings.NewReader(body)).Decode(&back); err != nil {
		t.Fatal(err)
	}
	if size := back.Bounds().Size(); size != image.Pt(128, 144) {
		t.Errorf("%v pixels, want 128×144: sixteen cells of 8 by nine of 16", size)
	}
	r, g, b, _ := back.At(2, 2).RGBA()
	if r>>8 > 20 || g>>8 > 20 || b>>8 < 80 || b>>8 > 120 {
		t.Errorf("the first pixel is %d, %d, %d, want about 0, 0, 100", r>>8, g>>8, b>>8)
	}
}
