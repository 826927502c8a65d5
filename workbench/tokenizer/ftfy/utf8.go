package ftfy

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// decodeUTF8 decodes UTF-8 and its two common variants, UTF-16 surrogates in
// three bytes each (CESU-8) and a zero in two (Java); ok is false if it is none.
func decodeUTF8(encoded []byte) (text string, ok bool) {
	var out strings.Builder
	for len(encoded) > 0 {
		r, size := decodeVariant(encoded)
		if r == utf8.RuneError && size == 1 {
			return "", false
		}
		out.WriteRune(r)
		encoded = encoded[size:]
	}
	return out.String(), true
}

// decodeVariant is utf8.DecodeRune with the two variants.
func decodeVariant(b []byte) (rune, int) {
	if len(b) >= 2 && b[0] == 0xc0 && b[1] == 0x80 {
		return 0, 2
	}
	if len(b) >= 6 && b[0] == 0xed && b[1]&0xf0 == 0xa0 && b[2]&0xc0 == 0x80 &&
		b[3] == 0xed && b[4]&0xf0 == 0xb0 && b[5]&0xc0 == 0x80 {
		high := rune(b[1]&0x0f)<<6 | rune(b[2]&0x3f)
		low := rune(b[4]&0x0f)<<6 | rune(b[5]&0x3f)
		return 0x10000 + high<<10 + low, 6
	}
	return utf8.DecodeRune(b)
}

// The two patterns below are of bytes. Go's regexp matches characters, so the
// bytes are handed to it as the characters of the same number.
var (
	// alteredUTF8 matches UTF-8 in which a space replaced a no-break space's
	// byte A0, where that makes a likely character.
	alteredUTF8 = byteRegexp(
		`[\xc2\xc3\xc5\xce\xd0\xd9] `,
		`[\xe2\xe3] [\x80-\x84\x86-\x9f\xa1-\xbf]`,
		`[\xe0-\xe3][\x80-\x84\x86-\x9f\xa1-\xbf] `,
		`\xf0 [\x80-\xbf]{2}`,
		`\xf0[\x80-\xbf] [\x80-\xbf]`,
		`\xf0[\x80-\xbf]{2} `,
	)
	// lossyUTF8 matches UTF-8, or surrogates in it, that lost a byte to U+FFFD
	// (1A in a sloppy code page) or to a question mark.
	lossyUTF8 = byteRegexp(
		`[\xc2-\xdf]\x1a`,
		`[\xc2\xc3]\?`,
		`\xed[\xa0-\xaf][\x1a?]\xed[\xb0-\xbf][\x1a?\x80-\xbf]`,
		`\xed[\xa0-\xaf][\x1a?\x80-\xbf]\xed[\xb0-\xbf][\x1a?]`,
		`[\xe0-\xef][\x1a?][\x1a\x80-\xbf]`,
		`[\xe0-\xef][\x1a\x80-\xbf][\x1a?]`,
		`[\xf0-\xf4][\x1a?][\x1a\x80-\xbf]{2}`,
		`[\xf0-\xf4][\x1a\x80-\xbf][\x1a?][\x1a\x80-\xbf]`,
		`[\xf0-\xf4][\x1a\x80-\xbf]{2}[\x1a?]`,
		`\x1a`,
	)
	// aGraveWord matches "à" as a word of its own, whose no-break space and the
	// space after it became one; "às", "àquele" and their like are words.
	aGraveWord = byteRegexp(`\xc3 (?: |quele|quela|quilo|s )?`)
)

func byteRegexp(alternatives ...string) *regexp.Regexp {
	return regexp.MustCompile(strings.Join(alternatives, "|"))
}

// replaceBytes replaces every match of a pattern of bytes.
func replaceBytes(encoded []byte, pattern *regexp.Regexp, replace func(match string) string) []byte {
	characters := latin1.text(encoded)
	if !pattern.MatchString(characters) {
		return encoded
	}
	replaced, _ := latin1.bytes(pattern.ReplaceAllStringFunc(characters, replace))
	return replaced
}

// restoreA0 puts A0 back where a space stands for it.
func restoreA0(encoded []byte) []byte {
	encoded = replaceBytes(encoded, aGraveWord, func(match string) string {
		if match == "\u00c3 " {
			return "\u00c3\u00a0 "
		}
		return match
	})
	return replaceBytes(encoded, alteredUTF8, func(match string) string {
		return strings.ReplaceAll(match, " ", "\u00a0")
	})
}

// replaceLossy makes U+FFFD of each sequence that lost a byte.
func replaceLossy(encoded []byte) []byte {
	return replaceBytes(encoded, lossyUTF8, func(string) string {
		return latin1.text([]byte("\ufffd"))
	})
}
