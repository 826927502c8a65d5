package ftfy

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fixCharacters applies, in ftfy's order, the steps that look at characters one
// by one.
func fixCharacters(text string) string {
	if strings.IndexFunc(text, fixable) < 0 {
		return text
	}
	text = strings.Map(fixC1, text)
	text = ligatures.Replace(text)
	text = fixWidth(text)
	text = strings.Map(uncurl, text)
	text = lineBreaks.Replace(text)
	text = terminalEscape.ReplaceAllString(text, "")
	return strings.Map(dropControl, text)
}

// fixable reports the characters that one of the steps changes.
func fixable(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r == '\r' || dropControl(r) < 0 // ESC begins an escape and is one of these
	case r < 0x02bc:
		return isC1(r) || ligatures.Replace(string(r)) != string(r)
	case r < 0x2000, 0x2070 <= r && r < 0x3000, 0x3000 < r && r < 0xfb00:
		return r == '\u02bc'
	}
	return true // or nearly so; the steps will see
}

func isC1(r rune) bool { return 0x80 <= r && r < 0xa0 }

// fixC1 reads the C1 control characters of Latin-1 as Windows-1252, as browsers do.
func fixC1(r rune) rune {
	if isC1(r) {
		return windows1252.decode[r]
	}
	return r
}

// ligatures takes apart ligatures and digraphs of Latin letters.
var ligatures = strings.NewReplacer(
	"Ĳ", "IJ", "ĳ", "ij", "ŉ", "ʼn", "Ǳ", "DZ", "ǲ", "Dz", "ǳ", "dz",
	"Ǆ", "DŽ", "ǅ", "Dž", "ǆ", "dž", "Ǉ", "LJ", "ǈ", "Lj", "ǉ", "lj",
	"Ǌ", "NJ", "ǋ", "Nj", "ǌ", "nj", "ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl",
	"ﬃ", "ffi", "ﬄ", "ffl", "ﬅ", "ſt", "ﬆ", "st",
)

// fixWidth gives fullwidth Latin letters and halfwidth katakana and hangul
// their usual width.
func fixWidth(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '\u3000':
			out.WriteByte(' ')
		case 0xff01 <= r && r < 0xfff0:
			out.WriteString(norm.NFKC.String(string(r)))
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// uncurl makes quotation marks straight.
func uncurl(r rune) rune {
	switch {
	case r == '\u02bc', '\u2018' <= r && r <= '\u201b':
		return '\''
	case '\u201c' <= r && r <= '\u201f':
		return '"'
	}
	return r
}

var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u0085", "\n")

// terminalEscape matches what colours a terminal.
var terminalEscape = regexp.MustCompile(`\x1b\[[\p{Nd};]*[a-zA-Z]`)

// dropControl takes out the characters that Unicode calls unsuitable for
// markup, byte order mark included, but not spaces nor what shapes emoji.
func dropControl(r rune) rune {
	switch {
	case r <= 0x08, r == 0x0b, 0x0e <= r && r < 0x20, r == 0x7f,
		0x206a <= r && r <= 0x206f, r == 0xfeff, 0xfff9 <= r && r <= 0xfffc:
		return -1
	}
	return r
}

// fixSurrogates returns text as valid UTF-8: pairs of UTF-16 surrogates become
// the character they stand for, any other invalid byte or lone surrogate U+FFFD.
func fixSurrogates(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var out strings.Builder
	for len(text) > 0 {
		r, size := decodeVariant([]byte(text[:min(len(text), 6)]))
		switch {
		case r == utf8.RuneError && size == 1 && isSurrogate(text):
			size = 3
		case r == 0 && size == 2: // Java's zero is ftfy's to decode, not Python's
			r, size = utf8.RuneError, 1
		}
		out.WriteRune(r)
		text = text[size:]
	}
	return out.String()
}

// isSurrogate reports whether text begins with a UTF-16 surrogate in three bytes.
func isSurrogate(text string) bool {
	return len(text) >= 3 && text[0] == 0xed && text[1]&0xe0 == 0xa0 && text[2]&0xc0 == 0x80
}
