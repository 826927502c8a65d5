package ftfy

import "strings"

// fixEncoding undoes mixed-up encodings, layer by layer.
func fixEncoding(text string) string {
	for {
		before := text
		if text = fixOneEncoding(text); text == before {
			return text
		}
	}
}

// fixOneEncoding undoes one layer: UTF-8 read as a single-byte encoding if the
// whole text can be that, else the parts that look it, else Windows-1252 read as
// Latin-1. Text without a suspicious sequence stays as it is.
func fixOneEncoding(text string) string {
	if !isBad(text) {
		return text
	}
	for _, page := range codepages {
		if fixed, ok := page.undo(text); ok {
			return fixed
		}
	}
	if fixed := fixEmbedded(text); fixed != text {
		return fixed
	}
	if fixed, ok := latin1AsWindows1252(text); ok {
		return fixed
	}
	return strings.Map(fixC1, text)
}

// undo returns text as it reads if it was UTF-8, decoded in this code page.
func (c codepage) undo(text string) (fixed string, ok bool) {
	encoded, ok := c.bytes(text)
	if !ok {
		return "", false
	}
	if c.spaces && alteredUTF8.MatchString(latin1.text(encoded)) {
		encoded = restoreA0(encoded)
	}
	if c.sloppy {
		encoded = replaceLossy(encoded)
	}
	return decodeUTF8(encoded)
}

// latin1AsWindows1252 reads the C1 controls of a text that is otherwise Latin-1
// as Windows-1252; ok is false if that changes nothing or one is unassigned.
func latin1AsWindows1252(text string) (fixed string, ok bool) {
	encoded, ok := latin1.bytes(text)
	if !ok {
		return "", false
	}
	var out strings.Builder
	for _, b := range encoded {
		r := fixC1(rune(b))
		if isC1(r) {
			return "", false
		}
		out.WriteRune(r)
	}
	return out.String(), out.String() != text
}
