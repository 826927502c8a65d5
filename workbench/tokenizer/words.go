package tokenizer

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// wordStarts are the alternatives that open_clip's pattern tries before the
// classes of letters, numbers and the rest, in its order. Text is lower case by
// then, so matching without case concerns only ſ, which folds to s.
var wordStarts = []string{startOfText, endOfText, "'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}

// nextWord cuts the first word off text and returns it and the rest; the word
// is nil when there is none. It is open_clip's pattern, written out:
//
//	<start_of_text>|<end_of_text>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+
func nextWord(text []byte) (word, rest []byte) {
	for len(text) > 0 {
		class, size := classify(text)
		if class == space {
			text = text[size:]
			continue
		}
		if text[0] == '\'' || text[0] == '<' {
			if n := matchStart(text); n > 0 {
				return text[:n], text[n:]
			}
		}
		for class != number && size < len(text) {
			next, n := classify(text[size:])
			if next != class {
				break
			}
			size += n
		}
		return text[:size], text[size:]
	}
	return nil, nil
}

// matchStart returns how many bytes of text one of wordStarts takes, or 0.
func matchStart(text []byte) int {
	for _, start := range wordStarts {
		if n := foldedPrefix(text, start); n > 0 {
			return n
		}
	}
	return 0
}

// foldedPrefix returns how many bytes of text match prefix with ſ read as s, or 0.
func foldedPrefix(text []byte, prefix string) int {
	const longS = "ſ"
	n := 0
	for i := range len(prefix) {
		switch {
		case n < len(text) && text[n] == prefix[i]:
			n++
		case prefix[i] == 's' && bytes.HasPrefix(text[n:], []byte(longS)):
			n += len(longS)
		default:
			return 0
		}
	}
	return n
}

// class is what the pattern distinguishes in a character.
type class uint8

const (
	other class = iota // [^\s\p{L}\p{N}]
	letter
	number
	space
)

// classify returns the class of text's first character and its size in bytes.
func classify(text []byte) (class, int) {
	if b := text[0]; b < utf8.RuneSelf {
		return asciiClasses[b], 1
	}
	r, size := utf8.DecodeRune(text)
	return classOf(r), size
}

// ypogegrammeni is a mark whose other case is a letter, ι. Python's regex,
// matching without case, takes it for neither a letter nor the rest, and so
// passes over it. It is the only such character that lower case leaves.
const ypogegrammeni = '\u0345'

func classOf(r rune) class {
	switch {
	case unicode.IsLetter(r), unicode.Is(newLetters, r):
		return letter
	case unicode.IsNumber(r), unicode.Is(newNumbers, r):
		return number
	case unicode.IsSpace(r), r == ypogegrammeni:
		return space
	}
	return other
}

// asciiClasses is classOf of the first 128 characters.
var asciiClasses = func() (classes [utf8.RuneSelf]class) {
	for r := range classes {
		classes[r] = classOf(rune(r))
	}
	return classes
}()
