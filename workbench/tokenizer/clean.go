package tokenizer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"clipbench/workbench/tokenizer/entity"
	"clipbench/workbench/tokenizer/ftfy"
)

// Clean returns text as CLIP reads it: repaired by ftfy, HTML's entities
// unescaped twice, white space collapsed to single spaces, in lower case. It is
// open_clip's _clean_lower.
func Clean(text string) string { return string(appendClean(nil, text)) }

func appendClean(dst []byte, text string) []byte {
	text = entity.Unescape(entity.Unescape(ftfy.Fix(text)))
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return appendLower(dst, strings.Join(strings.FieldsFunc(text, isBlank), " "))
		}
	}
	return appendCleanASCII(dst, text)
}

// appendCleanASCII collapses and lowers at once, without allocating.
func appendCleanASCII(dst []byte, text string) []byte {
	start := len(dst)
	for _, b := range []byte(text) {
		switch {
		case isBlank(rune(b)):
			if len(dst) > start && dst[len(dst)-1] != ' ' {
				dst = append(dst, ' ')
			}
		case 'A' <= b && b <= 'Z':
			dst = append(dst, b+'a'-'A')
		default:
			dst = append(dst, b)
		}
	}
	if len(dst) > start && dst[len(dst)-1] == ' ' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// isBlank is where Python's str.split splits: at white space and, unlike Go, at
// the information separators.
func isBlank(r rune) bool { return unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f }

// appendLower appends text in lower case as Python's str.lower has it: unlike
// unicode.ToLower it keeps the dot of İ, and a Σ at the end of a word is ς.
func appendLower(dst []byte, text string) []byte {
	for i, r := range text {
		switch r {
		case 'İ':
			dst = append(dst, "i\u0307"...)
		case 'Σ':
			dst = utf8.AppendRune(dst, lowerSigma(text[:i], text[i+len("Σ"):]))
		default:
			dst = utf8.AppendRune(dst, unicode.ToLower(r))
		}
	}
	return dst
}

// lowerSigma is Unicode's rule Final_Sigma (The Unicode Standard, table 3-17).
func lowerSigma(before, after string) rune {
	before = strings.TrimRightFunc(before, caseIgnorable)
	after = strings.TrimLeftFunc(after, caseIgnorable)
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	if before != "" && cased(last) && (after == "" || !cased(next)) {
		return 'ς'
	}
	return 'σ'
}

// cased is Unicode's property Cased.
func cased(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

// caseIgnorable is Unicode's property Case_Ignorable.
func caseIgnorable(r rune) bool {
	const insideWords = "'.:·\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a"
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) || strings.ContainsRune(insideWords, r)
}
