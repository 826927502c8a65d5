package ftfy

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// codepage is one of the single-byte encodings that text may have been read in
// by mistake.
type codepage struct {
	decode [256]rune
	encode map[rune]byte
	sloppy bool // what is unassigned reads as in Latin-1, and U+FFFD as byte 1A
	// spaces says that a space may be a no-break space somebody coalesced.
	spaces bool
}

// codepages are tried in this order. Windows code pages are taken sloppily:
// programs that mix encodings up do not stop at an unassigned byte.
var codepages = []codepage{
	newCodepage(charmap.ISO8859_1, false, true),
	newCodepage(charmap.Windows1252, true, true),
	newCodepage(charmap.Windows1251, true, true),
	newCodepage(charmap.Windows1250, true, true),
	newCodepage(charmap.Windows1253, true, true),
	newCodepage(charmap.Windows1254, true, true),
	newCodepage(charmap.Windows1257, true, true),
	newCodepage(charmap.ISO8859_2, false, true),
	newCodepage(charmap.Macintosh, false, false), // CA, an en dash there, precedes spaces rightly
	newCodepage(charmap.CodePage437, false, true),
}

var (
	latin1      = codepages[0] // bytes as the characters of the same number
	windows1252 = codepages[1]
)

// latinLike are the code pages that place accented letters as Latin-1 does.
var latinLike = codepages[:7]

const substitute = 0x1a // the byte that stands for U+FFFD in sloppy code pages

func newCodepage(table *charmap.Charmap, sloppy, spaces bool) codepage {
	c := codepage{encode: make(map[rune]byte, 256), sloppy: sloppy, spaces: spaces}
	for b := range c.decode {
		r := table.DecodeByte(byte(b))
		if r == utf8.RuneError { // unassigned, or a C1 control that x/text leaves out
			r = rune(b)
		}
		if sloppy && b == substitute {
			r = utf8.RuneError
		}
		c.decode[b], c.encode[r] = r, byte(b)
	}
	return c
}

// bytes returns text in this encoding, if every character has a place in it.
func (c codepage) bytes(text string) (encoded []byte, ok bool) {
	encoded = make([]byte, 0, len(text))
	for _, r := range text {
		b, ok := c.encode[r]
		if !ok {
			return nil, false
		}
		encoded = append(encoded, b)
	}
	return encoded, true
}

// text decodes bytes.
func (c codepage) text(encoded []byte) string {
	var out strings.Builder
	for _, b := range encoded {
		out.WriteRune(c.decode[b])
	}
	return out.String()
}
