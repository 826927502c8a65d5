// Package entity decodes HTML's character references as Python's html.unescape
// does, which open_clip applies to captions. Go's html.UnescapeString differs:
// in what a number without digits, out of range or of a control character
// becomes, and in how far it looks for a name without a semicolon.
package entity

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

var reference = regexp.MustCompile(`&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)`)

// Unescape replaces every reference, with a semicolon or, where HTML 5 has one,
// without: "&lt;", "&lt", "&notit" ("¬it"), "&#233;", "&#xe9".
func Unescape(text string) string {
	if strings.IndexByte(text, '&') < 0 {
		return text
	}
	return reference.ReplaceAllStringFunc(text, func(ref string) string {
		if ref[1] == '#' {
			return numbered(strings.TrimSuffix(ref[2:], ";"))
		}
		return named(ref[1:])
	})
}

// named decodes a name that may go on after its reference: "notit" is "¬it".
func named(name string) string {
	if value, ok := Lookup(name); ok {
		return value
	}
	for end := min(len(name)-1, longestBare); end > 1; end-- {
		if value, ok := Lookup(name[:end]); ok {
			return value + name[end:]
		}
	}
	return "&" + name
}

// longestBare is the length of the longest name that needs no semicolon.
const longestBare = len("Aacute")

// Lookup returns what exactly this name stands for in HTML 5: "amp;" or "amp",
// but "check;" only with its semicolon.
func Lookup(name string) (value string, ok bool) {
	switch name { // the two of HTML 5's 2,231 names that Go leaves out
	case "nLt;":
		return "≪\u20d2", true
	case "nGt;":
		return "≫\u20d2", true
	}
	value = html.UnescapeString("&" + name)
	if strings.HasSuffix(name, ";") {
		// A shorter name found at its start would leave the semicolon.
		return value, name == "semi;" || !strings.HasSuffix(value, ";")
	}
	// Names without a semicolon stand for one character each.
	return value, name != "" && utf8.RuneCountInString(value) == 1
}

// numbered decodes the digits of a numeric reference, "233" or "xe9".
func numbered(digits string) string {
	base := 10
	if digits[0] == 'x' || digits[0] == 'X' {
		base, digits = 16, digits[1:]
	}
	code, err := strconv.ParseUint(digits, base, 32)
	r := rune(min(code, utf8.MaxRune+1))
	switch {
	case err != nil, r == 0, !utf8.ValidRune(r):
		return string(utf8.RuneError)
	case r == '\r':
		return "\r"
	case 0x80 <= r && r < 0xa0: // what they were in Windows-1252
		if was := charmap.Windows1252.DecodeByte(byte(r)); was != utf8.RuneError {
			return string(was)
		}
		return string(r)
	case forbidden(r):
		return ""
	}
	return string(r)
}

// forbidden reports the code points a reference may not name: control
// characters that are no space, and noncharacters.
func forbidden(r rune) bool {
	return r <= 0x08 || r == 0x0b || 0x0e <= r && r <= 0x1f || r == 0x7f ||
		0xfdd0 <= r && r <= 0xfdef || r&0xfffe == 0xfffe
}
