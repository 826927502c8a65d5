package canvas

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// RuneWidth is how many cells a rune takes: 1, 2, or 0 for what a canvas does not show.
// Terminals disagree about joined and marked characters, so only single runes are shown.
func RuneWidth(r rune) int {
	switch {
	case r >= ' ' && r < 0x7f:
		return 1
	case r < ' ' || r == 0x7f:
		return 0
	case r >= 0x1f3fb && r <= 0x1f3ff: // skin tones join the figure before them, in some terminals
		return 0
	case r >= 0x1f1e6 && r <= 0x1f1ff: // flags are shown as their two letters, see shown
		return 1
	case r >= 0x2500 && r < 0x2600, r >= 0x2800 && r < 0x2900: // lines, blocks, braille
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc, unicode.Cf, unicode.Cc, unicode.Cs, unicode.Co, unicode.Other_Grapheme_Extend, joining):
		return 0
	}
	return min(2, ansi.StringWidth(string(r)))
}

// joining are the letters that make one character with their neighbour (UAX #29): conjoining Hangul, Thai and Lao am,
// and those that go before a letter.
var joining = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0d4e, Hi: 0x0d4e, Stride: 1},
		{Lo: 0x0e33, Hi: 0x0e33, Stride: 1},
		{Lo: 0x0eb3, Hi: 0x0eb3, Stride: 1},
		{Lo: 0x1100, Hi: 0x11ff, Stride: 1},
		{Lo: 0xa960, Hi: 0xa97f, Stride: 1},
		{Lo: 0xd7b0, Hi: 0xd7ff, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x111c2, Hi: 0x111c3, Stride: 1},
		{Lo: 0x113d1, Hi: 0x113d1, Stride: 1},
		{Lo: 0x1193f, Hi: 0x1193f, Stride: 1},
		{Lo: 0x11941, Hi: 0x11941, Stride: 1},
		{Lo: 0x11a3a, Hi: 0x11a3a, Stride: 1},
		{Lo: 0x11a84, Hi: 0x11a89, Stride: 1},
		{Lo: 0x11d46, Hi: 0x11d46, Stride: 1},
		{Lo: 0x11f02, Hi: 0x11f02, Stride: 1},
	},
}

// Width is how many cells s takes on a canvas.
func Width(s string) int {
	n := 0
	for _, r := range s {
		n += RuneWidth(r)
	}
	return n
}

// Fit is what of s can be shown in w cells, without what a canvas does not show, ending with … where it was cut.
func Fit(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if isPlain(s) && len(s) <= w {
		return s
	}
	var b strings.Builder
	used, cut := 0, 0 // cut is where the text would end to make room for the …
	for _, r := range s {
		n := RuneWidth(r)
		if n == 0 {
			continue
		}
		if used+n > w {
			return b.String()[:cut] + "…"
		}
		b.WriteRune(shown(r))
		if used+n <= w-1 {
			cut = b.Len()
		}
		used += n
	}
	return b.String()
}

// FitMiddle is Fit that cuts in the middle: names that begin alike often end apart.
func FitMiddle(s string, w int) string {
	runes := []rune(s)
	if Width(s) <= w || w < 4 {
		return Fit(s, w)
	}
	from := len(runes)
	for used := 0; from > 0 && used+RuneWidth(runes[from-1]) <= w/2; from-- {
		used += RuneWidth(runes[from-1])
	}
	end := string(runes[from:])
	return Fit(s, w-Width(end)) + Fit(end, w)
}

// shown is the rune itself, or the letter of a flag's half.
func shown(r rune) rune {
	if r >= 0x1f1e6 && r <= 0x1f1ff {
		return 'A' + r - 0x1f1e6
	}
	return r
}

// isPlain reports that s is printable ASCII.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// Pad is s in exactly w cells, cut or filled with blanks.
func Pad(s string, w int) string {
	s = Fit(s, w)
	return s + strings.Repeat(" ", max(0, w-Width(s)))
}

// stand is what stands for a rune where only ASCII is to be had.
var stand = map[rune]byte{
	'…': '~', '·': '.', '–': '-', '—': '-', '×': 'x', '→': '>', '←': '<', '↑': '^', '↓': 'v', '▲': '^', '▼': 'v',
	'│': '|', '─': '-', '┼': '+', '├': '+', '┤': '+', '┬': '+', '┴': '+', '└': '+', '┌': '+', '┐': '+', '┘': '+', '▌': '>', '█': '#', '≈': '~', '−': '-', '≥': '>', '≤': '<', '▸': '>', '⏎': '<',
}

// ASCII replaces whatever is not ASCII by something of the same width. Escape sequences are ASCII and stay.
func ASCII(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		replacement, ok := stand[r]
		if !ok {
			replacement = '?'
		}
		for range RuneWidth(r) {
			b.WriteByte(replacement)
		}
	}
	return b.String()
}
