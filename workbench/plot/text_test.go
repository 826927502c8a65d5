package plot

import (
	"image/color"
	"strings"
	"testing"
)

func TestLegible(t *testing.T) {
	for _, tc := range []struct {
		name, in, want string
		missing        int
	}{
		{"Latin, Greek and Cyrillic stay", "naïve αβγ Привет", "naïve αβγ Привет", 0},
		{"accents are composed", "cafe\u0301", "café", 0},
		{"lines and tabs become spaces", "a\tb\nc", "a b c", 0},
		{"what the font lacks becomes a square", "猫 cat", "□ cat", 1},
		{"an emoji's joiners and tones vanish", "👍🏽 👩\u200d🚀 ❤\ufe0f", "□ □□ □", 4},
		{"bytes that are no text", "a\xffb", "a□b", 1},
		{"characters that XML forbids", "a\ufffeb\x00c", "a□b c", 1},
	} {
		got, missing := legible(tc.in, face(labelSize, false), true)
		if got != tc.want || missing != tc.missing {
			t.Errorf("%s: %q (%d missing), want %q (%d)", tc.name, got, missing, tc.want, tc.missing)
		}
	}
	if got, _ := legible("猫 \ufeff👩\u200d🚀", face(labelSize, false), false); got != "猫 \ufeff👩\u200d🚀" {
		t.Errorf("an SVG says %q", got)
	}
}

func TestShortenKeepsTheBeginningThatFits(t *testing.T) {
	text := "a grinning face with big eyes"
	full := measure(text, 8, false)
	if got := shorten(text, 8, false, full); got != text {
		t.Errorf("with room for all: %q", got)
	}
	for width := 20.0; width < full; width += 7 {
		got := shorten(text, 8, false, width)
		kept := strings.TrimSuffix(got, ellipsis)
		if !strings.HasPrefix(text, kept) || kept == got {
			t.Errorf("in %.0f: %q is no beginning of it with an ellipsis", width, got)
		}
		if measure(got, 8, false) > width {
			t.Errorf("in %.0f: %q takes %.1f", width, got, measure(got, 8, false))
		}
		if next := text[:len(kept)+2] + ellipsis; measure(next, 8, false) <= width {
			t.Errorf("in %.0f: %q, but %q fits", width, got, next)
		}
	}
}

func TestWrapBreaksAtSpaces(t *testing.T) {
	got := wrap("grinning face with big eyes and more", 8, 60, 2)
	if len(got) != 2 || got[0] != "grinning face" || !strings.HasSuffix(got[1], ellipsis) {
		t.Errorf("%q", got)
	}
	for _, line := range wrap("Donaudampfschifffahrtsgesellschaft of old", 8, 60, 2) {
		if measure(line, 8, false) > 60 {
			t.Errorf("%q is too wide", line)
		}
	}
	if got := wrap("  ", 8, 60, 2); len(got) != 0 {
		t.Errorf("blank: %q", got)
	}
}

// inked returns the box, in pixels, around all that is not paper.
func inked(d drawing) (left, top, right, bottom int) {
	img := d.raster(2)
	left, top, right, bottom = 1<<30, 1<<30, -1, -1
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA) != paper {
				left, top, right, bottom = min(left, x), min(top, y), max(right, x+1), max(bottom, y+1)
			}
		}
	}
	return left, top, right, bottom
}

func TestTextLiesWhereItsLabelSays(t *testing.T) {
	for _, angle := range []float64{0, 0.785398, 1.570796} {
		for _, align := range []float64{0, 0.5, 1} {
			l := label{"Hxgjp wide", 80, 80, style{size: 12, color: ink, align: align, angle: angle}}
			left, top, right, bottom := inked(drawing{160, 160, l.draw})
			b := bounds([]label{l})
			if float64(left)/2 < b.x-1 || float64(top)/2 < b.y-1 || float64(right)/2 > b.right()+1 || float64(bottom)/2 > b.bottom()+1 {
				t.Errorf("angle %.1f, align %.1f: ink from (%d, %d) to (%d, %d) half points, the label says %+v", angle, align, left, top, right, bottom, b)
			}
			if w := float64(right-left) / 2; w < 0.8*b.w {
				t.Errorf("angle %.1f, align %.1f: ink is %.1f wide, the label says %.1f", angle, align, w, b.w)
			}
		}
	}
}

func FuzzAnyTextCanBeDrawn(f *testing.F) {
	for _, seed := range []string{"", "a caption", "猫と犬", "\x00\xff\ufffe", "👩\u200d👩\u200d👧", "<&>\"'", "אבג عربي", strings.Repeat("long ", 99)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := Similarity{Values: [][]float64{{1}}, RowLabels: []string{text}, ColumnLabels: []string{text}, Output: Output{Density: 1}}
		d, err := s.drawing()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.png(1); err != nil {
			t.Fatal(err)
		}
		svg, err := d.svg(1)
		if err != nil {
			t.Fatal(err)
		}
		texts(t, svg)
	})
}
