package ftfy

import "strings"

// role is the place a character takes in UTF-8 when it is read in one of
// latinLike: which byte of a sequence it is.
type role uint8

const (
	firstOf2 role = 1 << iota
	firstOf3
	firstOf4
	continuation
	strict // a continuation that hardly stands for itself: no space, dash or quote
)

// roles is worked out from the code pages. A sequence of four begins with F0 or
// F3 alone: the others are unassigned planes.
var roles = func() map[rune]role {
	roles := map[rune]role{' ': continuation} // a space may be a no-break space
	for _, page := range latinLike {
		for b := 0x80; b <= 0xf3; b++ {
			roles[page.decode[b]] |= roleOf(byte(b))
		}
	}
	for _, r := range "–—―‘’‚“”„•…" {
		roles[r] &^= strict
	}
	return roles
}()

func roleOf(b byte) role {
	switch {
	case b < 0xc0:
		return continuation | strict
	case 0xc2 <= b && b < 0xe0:
		return firstOf2
	case 0xe0 <= b && b < 0xf0:
		return firstOf3
	case b == 0xf0, b == 0xf3:
		return firstOf4
	}
	return 0
}

// fixEmbedded fixes the parts of text that look like mixed-up UTF-8 by
// themselves, for text that is joined from several encodings.
func fixEmbedded(text string) string {
	var out strings.Builder
	characters := []rune(text)
	for i := 0; i < len(characters); {
		n := 0
		if i == 0 || roles[characters[i-1]]&strict == 0 {
			n = utf8Length(characters[i:])
		}
		if n == 0 {
			out.WriteRune(characters[i])
			i++
			continue
		}
		part := string(characters[i : i+n])
		if len(part) < len(text) && isBad(part) { // shorter, or this would not end
			part = fixEncoding(part)
		}
		out.WriteString(part)
		i += n
	}
	return out.String()
}

// utf8Length returns how many characters, from the first, look like whole UTF-8
// sequences read in a wrong encoding.
func utf8Length(characters []rune) int {
	n := 0
	for n < len(characters) {
		size := sequenceSize(roles[characters[n]])
		if size == 0 || n+size > len(characters) {
			break
		}
		for _, r := range characters[n+1 : n+size] {
			if roles[r]&continuation == 0 {
				return n
			}
		}
		n += size
	}
	return n
}

func sequenceSize(r role) int {
	switch {
	case r&firstOf2 != 0:
		return 2
	case r&firstOf3 != 0:
		return 3
	case r&firstOf4 != 0:
		return 4
	}
	return 0
}
