package canvas

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

// measure fails unless s is h lines of exactly w cells, by another package's count.
func measure(t interface{ Fatalf(string, ...any) }, s string, w, h int) {
	lines := strings.Split(s, "\n")
	if len(lines) != h {
		t.Fatalf("%d lines, want %d", len(lines), h)
	}
	for _, line := range lines {
		if n := ansi.StringWidth(line); n != w {
			t.Fatalf("%d cells, want %d: %q", n, w, line)
		}
	}
}

func TestWhateverIsWrittenTheSizeStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 30).Draw(t, "w"), rapid.IntRange(1, 5).Draw(t, "h")
		c := New(w, h)
		for range rapid.IntRange(0, 8).Draw(t, "texts") {
			x, y := rapid.IntRange(-3, w+2).Draw(t, "x"), rapid.IntRange(-1, h).Draw(t, "y")
			text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"slice of 🍕 pizza", "日本語の絵", "👩🏽‍🚀 astronaut", "🇩🇪 flag", "a\x1b[2Jb\tc\n", "é́"})).Draw(t, "text")
			style := Style{Fg: Color(rapid.Uint32Range(0, 3<<24).Draw(t, "fg")), Attr: Attr(rapid.IntRange(0, 15).Draw(t, "attr"))}
			if rapid.Bool().Draw(t, "right") {
				c.TextRight(x, y, rapid.IntRange(0, 40).Draw(t, "max"), text, style)
			} else {
				c.Text(x, y, rapid.IntRange(0, 40).Draw(t, "max"), text, style)
			}
		}
		measure(t, c.String(), w, h)
		measure(t, ASCII(c.String()), w, h)
		onto := New(w+2, h+1)
		onto.Draw(1, 0, c)
		measure(t, onto.String(), w+2, h+1)
	})
}

func TestFit(t *testing.T) {
	for _, tc := range []struct {
		in   string
		w    int
		want string
	}{
		{"emoji", 5, "emoji"},
		{"emoji", 4, "emo…"},
		{"emoji", 1, "…"},
		{"emoji", 0, ""},
		{"日本語", 5, "日本…"},
		{"日本語", 4, "日…"},
		{"a\x1bb", 3, "ab"},
		{"🇩🇪", 2, "DE"},
		{"👍🏽", 2, "👍"},
	} {
		if got := Fit(tc.in, tc.w); got != tc.want {
			t.Errorf("Fit(%q, %d) = %q, want %q", tc.in, tc.w, got, tc.want)
		}
	}
}

func TestStylesAreWrittenOnceAndEndWithTheLine(t *testing.T) {
	c := New(4, 1)
	c.Text(0, 0, 4, "abc", Style{Fg: RGB(1, 2, 3), Attr: Bold})
	if got, want := c.String(), "\x1b[0;1;38;2;1;2;3mabc\x1b[0m \x1b[m"; got != want && got != "\x1b[0;1;38;2;1;2;3mabc\x1b[0m " {
		t.Errorf("%q", got)
	}
}
