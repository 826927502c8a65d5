package plot

import (
	"image"
	"image/color"
	"math"
	"testing"
)

// ramp returns a matrix of n by m values, all different, whose greatest of each row is the diagonal's.
func ramp(n, m int) [][]float64 {
	values := make([][]float64, n)
	for i := range values {
		values[i] = make([]float64, m)
		for j := range values[i] {
			values[i][j] = float64((i*31+j*17)%101) / 200
		}
		if i < m {
			values[i][i] = 0.6 + 0.4*float64(i)/float64(n)
		}
	}
	return values
}

func TestACellHasTheColourOfItsValue(t *testing.T) {
	for _, tc := range []struct{ rows, columns int }{{3, 5}, {16, 16}, {30, 20}, {60, 60}, {140, 130}, {500, 500}} {
		s := Similarity{Values: ramp(tc.rows, tc.columns), Min: -1, Max: 1}
		l := s.matrix(s.match()).layout()
		img := s.Image()
		for i := 0; i < tc.rows; i += max(1, tc.rows/20) {
			for j := 0; j < tc.columns; j += max(1, tc.columns/20) {
				if i == j {
					continue // framed
				}
				b := l.at(i, j)
				x, y := b.x+b.w*0.25, b.y+b.h*0.8 // beside the number, if there is one
				if want := shade((s.Values[i][j] + 1) / 2); !near(img, x, y, want, 1) {
					t.Fatalf("%d×%d: cell (%d, %d) at (%.1f, %.1f) is %v, want %v", tc.rows, tc.columns, i, j, x, y, img.At(int(2*x), int(2*y)), want)
				}
			}
		}
	}
}

func TestRangesOfColours(t *testing.T) {
	values := [][]float64{{2, 4, math.NaN()}, {3, math.Inf(1), 2.5}}
	s := Similarity{Values: values, Match: []int{-1, -1}}
	l, img := s.matrix(s.match()).layout(), s.Image()
	for _, tc := range []struct {
		i, j int
		want color.NRGBA
	}{{0, 0, shade(0)}, {0, 1, shade(1)}, {1, 0, shade(0.5)}, {0, 2, absent}, {1, 1, shade(1)}, {1, 2, shade(0.25)}} {
		if b := l.at(tc.i, tc.j); !near(img, b.x+4, b.y+b.h-4, tc.want, 1) {
			t.Errorf("cell (%d, %d) = %v is not %v", tc.i, tc.j, values[tc.i][tc.j], tc.want)
		}
	}
	for _, same := range [][][]float64{{{1, 1}}, {{math.NaN()}}, {{0}}} {
		if (Similarity{Values: same}).Image().Bounds().Dx() == 0 {
			t.Errorf("%v cannot be drawn", same)
		}
	}
}

func TestTheColourBarRunsFromMinToMax(t *testing.T) {
	s := Similarity{Values: ramp(10, 10), Min: 0, Max: 1}
	l, img := s.matrix(s.match()).layout(), s.Image()
	for _, at := range []float64{0.01, 0.25, 0.5, 0.75, 0.99} {
		if !near(img, l.bar.midX(), l.bar.bottom()-at*l.bar.h, shade(at), 4) {
			t.Errorf("the bar at %.2f has not the colour of %.2f", at, at)
		}
	}
	var said []string
	for _, b := range l.barLabels {
		said = append(said, b.text)
		if b.text == "0.4" && math.Abs(bounds([]label{b}).midY()-(l.bar.bottom()-0.4*l.bar.h)) > 1.5 {
			t.Errorf("0.4 stands at %.1f beside a bar at %+v", b.y, l.bar)
		}
	}
	if len(said) != 7 || said[0] != "0" || said[5] != "1.0" {
		t.Errorf("the bar says %q", said)
	}
}

func TestAPictureStandsBeforeItsRow(t *testing.T) {
	for _, n := range []int{3, 40, 300} {
		images := make([]image.Image, n)
		for i := range images {
			images[i] = solid(category(i))
		}
		s := Similarity{Values: ramp(n, n), RowImages: images}
		l, img := s.matrix(s.match()).layout(), s.Image()
		if len(l.pictures) != (n+l.pictureStep-1)/l.pictureStep {
			t.Fatalf("%d rows, one picture in %d: %d pictures", n, l.pictureStep, len(l.pictures))
		}
		for i, b := range l.pictures {
			row := i * l.pictureStep
			y := l.cells.y + (float64(row)+0.5)*l.cell
			if !near(img, b.midX(), y, category(row), 2) {
				t.Errorf("%d rows: before row %d is %v, want %v", n, row, img.At(int(2*b.midX()), int(2*y)), category(row))
			}
		}
	}
}

func TestPicturesKeepTheirShapeAndMayBeMissing(t *testing.T) {
	wide := image.NewRGBA(image.Rect(0, 0, 40, 10))
	for i := range wide.Pix {
		wide.Pix[i] = 255 * uint8(i%4/3) // black
	}
	g := ImageGrid{Images: []image.Image{wide, nil, solid(green)}, Columns: 3}
	l, img := g.layout(), g.Image()
	black := color.NRGBA{0, 0, 0, 255}
	b := l.tiles[0]
	if !near(img, b.x+2, b.midY(), black, 2) || !near(img, b.midX(), b.midY()-b.h/8+1, black, 2) || !near(img, b.midX(), b.y+4, paper, 0) {
		t.Error("a picture four times as wide as high does not lie in the middle of its tile")
	}
	if !near(img, l.tiles[1].midX(), l.tiles[1].midY(), track, 0) || !near(img, l.tiles[2].midX(), l.tiles[2].midY(), green, 2) {
		t.Error("a missing picture is not an empty tile between the others")
	}
}

func TestTheMatchIsFramedAndAMistakeMarked(t *testing.T) {
	values := [][]float64{{0.9, 0.1, 0.2}, {0.3, 0.2, 0.1}, {0.4, 0.1, 0.8}}
	s := Similarity{Values: values, Match: []int{0, 1, -1}}
	l, img := s.matrix(s.match()).layout(), s.Image()
	const width = 0.5 + 0.75 // the middle of a frame's line
	edge := func(i, j int) (x, y float64) { b := l.at(i, j); return b.midX(), b.y + width }
	for _, tc := range []struct {
		what string
		i, j int
		want color.NRGBA
	}{
		{"a match", 0, 0, paper},
		{"a match that another beats", 1, 1, paper},
		{"the one that beats it", 1, 0, vermillion},
		{"the greatest of a row without a match", 2, 2, shade((0.8 - 0.1) / 0.8)},
	} {
		if x, y := edge(tc.i, tc.j); !near(img, x, y, tc.want, 1) {
			t.Errorf("%s: the edge of cell (%d, %d) is %v, want %v", tc.what, tc.i, tc.j, img.At(int(2*x), int(2*y)), tc.want)
		}
	}
	if right, pairs := s.score(s.match()); right != 1 || pairs != 2 {
		t.Errorf("%d of %d, want 1 of 2", right, pairs)
	}
}

func TestAnEqualValueIsNoMistake(t *testing.T) {
	nan := math.NaN()
	for _, tc := range []struct {
		values      []float64
		match, want int
	}{
		{[]float64{1, 2, 3}, 2, -1},
		{[]float64{3, 2, 3}, 2, -1},
		{[]float64{3, 2, 3}, 1, 0},
		{[]float64{1, 5, 3}, 0, 1},
		{[]float64{nan, 2, 3}, 2, -1},
		{[]float64{nan, 2, 3}, 0, 2},
		{[]float64{nan, nan}, 0, -1},
	} {
		if got := mistake(tc.values, tc.match); got != tc.want {
			t.Errorf("%v, match %d: %d, want %d", tc.values, tc.match, got, tc.want)
		}
	}
}

func TestAMistakeIsMarkedInSmallCellsWithoutHidingIt(t *testing.T) {
	for _, n := range []int{100, 400} {
		values := ramp(n, n)
		values[50][20] = 2
		s := Similarity{Values: values, Min: 0, Max: 2}
		l, img := s.matrix(s.match()).layout(), s.Image()
		b := l.at(50, 20)
		if !near(img, b.midX(), b.midY(), shade(1), 1) {
			t.Errorf("%d rows: the mark hides the cell", n)
		}
		found := false
		for d := -2.0; d < 2; d += 0.5 {
			found = found || near(img, b.midX(), b.y+d, vermillion, 1)
		}
		if !found {
			t.Errorf("%d rows: no mark above the cell", n)
		}
	}
}

func TestConfusionColoursARowsShares(t *testing.T) {
	c := Confusion{Counts: [][]float64{{30, 10, 0}, {0, 0, 0}, {1, 1, 2}}, Labels: names(3)}
	l, img := c.matrix().layout(), c.Image()
	for _, tc := range []struct {
		i, j int
		want color.NRGBA
	}{{0, 0, shade(0.75)}, {0, 1, shade(0.25)}, {0, 2, shade(0)}, {1, 1, absent}, {2, 2, shade(0.5)}, {2, 0, shade(0.25)}} {
		if b := l.at(tc.i, tc.j); !near(img, b.x+4, b.y+4, tc.want, 1) {
			t.Errorf("cell (%d, %d) is not %v", tc.i, tc.j, tc.want)
		}
	}
	if got := c.matrix().note; got != "accuracy 73%: 32 of 44" {
		t.Errorf("note %q", got)
	}
	checkLayout(t, l)
}

func TestNumbersStandInCellsWhileTheyAreFew(t *testing.T) {
	for n, want := range map[int]bool{3: true, 16: true, 17: false} {
		write := cellText(ramp(n, n), cellSize(n), decimals(ramp(n, n)))
		if (write != nil) != want {
			t.Errorf("%d×%d: numbers %v, want %v", n, n, write != nil, want)
		}
	}
	for _, tc := range []struct {
		largest, v float64
		want       string
	}{{0.9, 0.256, "0.26"}, {0.9, -0.3, "\u22120.30"}, {30, 12.34, "12.3"}, {300, 123.4, "123"}, {1, math.NaN(), "–"}} {
		if got := decimals([][]float64{{tc.largest}})(tc.v); got != tc.want {
			t.Errorf("%v beside %v: %q, want %q", tc.v, tc.largest, got, tc.want)
		}
	}
}
