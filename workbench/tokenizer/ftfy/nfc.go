package ftfy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longestRun is how many marks in a row x/text normalises as Unicode says;
// after that many it inserts a U+034F of its own.
const longestRun = 30

// nfc composes letters and their marks (Unicode's NFC).
func nfc(text string) string {
	if !stacked(text) {
		return norm.NFC.String(text)
	}
	var out strings.Builder
	for _, r := range compose(reorder([]rune(decompose(text)))) {
		out.WriteRune(r)
	}
	return out.String()
}

// stacked reports text with so many marks on a letter that x/text would not do.
// A character may decompose into several marks, four at most.
func stacked(text string) bool {
	run := 0
	for _, r := range text {
		switch {
		case r < 0x300 || !unicode.Is(unicode.M, r):
			run = 0
		case run == longestRun/4:
			return true
		default:
			run++
		}
	}
	return false
}

func decompose(text string) string {
	var out strings.Builder
	for _, r := range text {
		out.WriteString(norm.NFD.String(string(r)))
	}
	return out.String()
}

// combiningClass is 0 for a letter; marks of unlike classes may change places.
func combiningClass(r rune) uint8 {
	return norm.NFD.PropertiesString(string(r)).CCC()
}

// reorder sorts each run of marks by its classes.
func reorder(characters []rune) []rune {
	for start := 0; start < len(characters); start++ {
		end := start
		for end < len(characters) && combiningClass(characters[end]) != 0 {
			end++
		}
		slices.SortStableFunc(characters[start:end], func(a, b rune) int {
			return int(combiningClass(a)) - int(combiningClass(b))
		})
		start = max(start, end-1)
	}
	return characters
}

// compose joins each letter with the marks after it that are not blocked, which
// is what a mark of the same class in between does (UAX #15, D117).
func compose(characters []rune) []rune {
	out := characters[:0]
	letter, blocking := -1, uint8(0) // the letter's place, the class of the mark before
	for _, r := range characters {
		class := combiningClass(r)
		if letter >= 0 && (letter == len(out)-1 || blocking < class) {
			joint := norm.NFC.String(string([]rune{out[letter], r}))
			if utf8.RuneCountInString(joint) == 1 {
				out[letter], _ = utf8.DecodeRuneInString(joint)
				continue
			}
		}
		if class == 0 {
			letter = len(out)
		}
		out, blocking = append(out, r), class
	}
	return out
}
