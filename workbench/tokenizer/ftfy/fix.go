// Package ftfy repairs text as Robyn Speer's ftfy 6.3.1 does with its defaults:
// CLIP cleans every caption with it. It unescapes HTML, undoes encodings that
// were mixed up ("schÃ¶n" becomes "schön"), straightens quotes and widths, and
// takes out what no reader sees. The rules are ftfy's (Apache License 2.0, see
// NOTICE); so are the functions' names where they have one there.
//
// It gives what ftfy gives but for these. A line whose mixed-up bytes end in C0,
// or in five bytes of a surrogate pair, and a newline: ftfy takes the newline for
// the missing byte. Characters newer than Unicode 14, Python 3.11's, or 15, Go's,
// where a rule asks whether they are letters or how they compose. And numeric
// references of more than 4,300 digits, at which Python gives up with an error.
package ftfy

import (
	"strings"
	"unicode/utf8"
)

// longestSegment is the most characters that are judged together.
const longestSegment = 1_000_000

// Fix is ftfy.fix_text. It repairs line by line; the first line with a "<" in
// it says that the text is HTML, whose entities are left alone from there on.
// Bytes that are no UTF-8 are U+FFFD to it, unless they are UTF-16 surrogates
// written as UTF-8, which Python's strings can hold: those it repairs.
func Fix(text string) string {
	if clean(text) {
		return text
	}
	var fixed strings.Builder
	unescape := true
	for text = fixSurrogates(text); text != ""; {
		var segment string
		segment, text = cutSegment(text)
		unescape = unescape && !strings.Contains(segment, "<")
		fixed.WriteString(fixSegment(segment, unescape))
	}
	return fixed.String()
}

// clean reports text of which it is plain that nothing is to be done: ASCII
// without entities and control characters, as most captions are.
func clean(text string) bool {
	for i := range len(text) {
		if b := text[i]; b >= 0x7f || b == '&' || b < ' ' && b != '\n' && b != '\t' && b != '\f' {
			return false
		}
	}
	return true
}

// cutSegment cuts after the first newline, or after longestSegment characters.
func cutSegment(text string) (segment, rest string) {
	end := strings.IndexByte(text, '\n') + 1
	if end == 0 {
		end = len(text)
	}
	if end > longestSegment && utf8.RuneCountInString(text[:end]) > longestSegment {
		characters := 0
		for i := range text {
			if characters == longestSegment {
				end = i
				break
			}
			characters++
		}
	}
	return text[:end], text[end:]
}

// fixSegment applies every step, again and again until none changes anything.
func fixSegment(text string, unescape bool) string {
	for {
		before := text
		if unescape {
			text = unescapeHTML(text)
		}
		text = nfc(fixCharacters(fixEncoding(text)))
		if text == before {
			return text
		}
	}
}
