package ftfy

import (
	"regexp"
	"strings"

	"clipbench/workbench/tokenizer/entity"
)

var entityWithSemicolon = regexp.MustCompile(`&#?[0-9A-Za-z]{1,24};`)

// unescapeHTML decodes the references that end in a semicolon and so are no
// accident, and names that somebody put in capitals ("P&EACUTE;REZ").
func unescapeHTML(text string) string {
	if strings.IndexByte(text, '&') < 0 {
		return text
	}
	return entityWithSemicolon.ReplaceAllStringFunc(text, unescapeOne)
}

func unescapeOne(ref string) string {
	name := ref[1:]
	if name[0] == '#' {
		if value := entity.Unescape(ref); !strings.Contains(value, ";") {
			return value
		}
		return ref // only its beginning is a number
	}
	if value, ok := entity.Lookup(name); ok {
		return value
	}
	if value, ok := entity.Lookup(strings.ToLower(name)); ok && strings.ToUpper(name) == name && entity.Unescape(ref) == ref {
		return upper(value)
	}
	return ref
}

// upper is Python's str.upper on the characters that have entities: where Go's
// is one character for one, Unicode's may be several.
func upper(value string) string { return strings.ToUpper(severalCapitals.Replace(value)) }

var severalCapitals = strings.NewReplacer("ß", "SS", "ŉ", "ʼN", "ﬀ", "FF", "ﬁ", "FI", "ﬂ", "FL", "ﬃ", "FFI", "ﬄ", "FFL")
