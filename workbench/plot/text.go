package plot

import (
	"image/color"
	"strings"
	"unicode"

	stdfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

const (
	capHeight    = 0.716    // of Liberation Sans, as a share of the size
	descent      = 0.212    // likewise
	missingGlyph = '\u25a1' // a white square: what a PNG shows for a character that the font lacks
	ellipsis     = "\u2026" // ends a shortened label
	leading      = 1.2      // a line's height, as a share of the size
)

// style is how a text is set. Align is the share of its width that lies left of its anchor: 0, 0.5 or 1.
// Angle turns it counter-clockwise about the anchor, in radians.
type style struct {
	size  float64
	bold  bool
	color color.Color
	align float64
	angle float64
}

// face returns Liberation Sans at a size. gonum/plot registers the embedded fonts in this cache.
func face(size float64, bold bool) font.Face {
	f := font.Font{Typeface: "Liberation", Variant: "Sans"}
	if bold {
		f.Weight = stdfont.WeightBold
	}
	return font.DefaultCache.Lookup(f, vg.Points(size))
}

// lineHeight is the distance between the baselines of two lines.
func lineHeight(size float64) float64 { return leading * size }

// measure returns the width of a text. A character that the font lacks counts as one em,
// which is what another font, in an SVG's viewer, would take for it.
func measure(text string, size float64, bold bool) float64 {
	f := face(size, bold)
	shown, missing := legible(text, f, true)
	width := f.Width(shown).Points()
	if missing > 0 {
		width += float64(missing) * (size - f.Width(string(missingGlyph)).Points())
	}
	return width
}

// legible returns the text as it can be drawn on one line: composed, without control characters, joiners
// and variation selectors. With replace, characters that the font lacks become missingGlyph.
// It counts those in either case.
func legible(text string, f font.Face, replace bool) (shown string, missing int) {
	var b strings.Builder
	var buffer sfnt.Buffer
	for _, r := range norm.NFC.String(text) {
		index, err := f.Face.GlyphIndex(&buffer, r)
		known := err == nil && index != 0
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			b.WriteByte(' ')
		case modifies(r, known):
			if !replace {
				b.WriteRune(r) // joins an emoji's parts where there is a font for them
			}
		case known:
			b.WriteRune(r)
		default:
			missing++
			if replace || r == '\ufffe' || r == '\uffff' { // these two an SVG may not hold
				r = missingGlyph
			}
			b.WriteRune(r)
		}
	}
	return b.String(), missing
}

// modifies tells whether a character has no width of its own: it joins its neighbours, or changes the one
// before it. Accents that the font knows are left to it.
func modifies(r rune, known bool) bool {
	return unicode.In(r, unicode.Cf, unicode.Variation_Selector) ||
		!known && unicode.In(r, unicode.Mn, unicode.Me) ||
		r >= 0x1f3fb && r <= 0x1f3ff // emoji skin tones
}

// shorten returns the text, or as much of its beginning as fits the width with an ellipsis behind it.
func shorten(text string, size float64, bold bool, width float64) string {
	if measure(text, size, bold) <= width {
		return text
	}
	runes := []rune(norm.NFC.String(text))
	low, high := 0, len(runes)
	for low < high {
		middle := (low + high + 1) / 2
		if measure(strings.TrimRight(string(runes[:middle]), " ")+ellipsis, size, bold) <= width {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return strings.TrimRight(string(runes[:low]), " ") + ellipsis
}

// widest returns the width of the widest of the texts.
func widest(texts []string, size float64, bold bool) float64 {
	width := 0.0
	for _, text := range texts {
		width = max(width, measure(text, size, bold))
	}
	return width
}
