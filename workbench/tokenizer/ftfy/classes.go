package ftfy

import (
	"unicode"
	"unicode/utf8"
)

// class says in which company a character is suspicious. The letters, signs and
// so on are those that UTF-8 becomes when it is read in another encoding.
type class uint64

const (
	c1            class    = 1 << iota // U+0080…9F, of no other use
	bad                                // of hardly any other use
	common                             // in place anywhere
	law                                // of legal texts
	currency                           //
	opening                            // punctuation before a word
	closing                            // punctuation after a word
	numeric                            // of numbers and mathematics
	kaomoji                            // of faces made of letters
	upperAccented                      // capital letters with a mark
	lowerAccented                      // small letters with a mark
	upperCommon                        // capital letters that stand anywhere, Greek and Cyrillic
	lowerCommon                        // small ones
	box                                // lines and blocks
	asciiUpper                         // A…Z
	asciiLower                         // a…z
	blank                              // white space
	word                               // letters, numbers and _
	notLatin                           // anything but A…Z and a…z
	inLine                             // anything but a newline
	lastClass     = inLine             // the bits above are for lists

	accented   = upperAccented | lowerAccented
	suspicious = c1 | bad | common | law | currency | opening | closing | numeric | kaomoji |
		upperAccented | lowerAccented | upperCommon | lowerCommon | box
)

// members lists the classes' characters; a-b is a range.
var members = map[class]string{
	c1:            "\u0080-\u009f",
	bad:           "¤¦¨ª¬¯¸ºƒˆˇ˘˛˜†‡‰⌐◊\ufffd",
	common:        "\u00a0\u00ad´·–—―’…",
	law:           "§¶",
	currency:      "¢£¥₧€",
	opening:       "¡©«¿΄΅‘‚“„•‹\uf8ff",
	closing:       "®»˝”›™",
	numeric:       "±²³µ¹¼½¾×÷⁄№∂∆∏∑√∞∩∫≈≠≡≤≥",
	kaomoji:       "°Ò-ÖÙ-Üò-öø-üŌŐŪŲ",
	upperAccented: "À-ÑØÜÝĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŒŘŚŞŠŢŤŮŰŸŹŻŽҐ",
	lowerAccented: "ßà-ñüāăąćčďđēėęěğģīįķĺļľłœŕśşšťźżžґﬁﬂ",
	upperCommon:   "ÞΆΈΉΊΌΎΏΑ-ΫЁ-Я",
	lowerCommon:   "άέήίΰα-ωа-џ",
	box:           "│┌┐┘├┤┬┼═-╬▀▄█▌▐░▒▓",
}

// lowClasses are the classes of the characters below U+2600, highClasses of the rest.
var lowClasses, highClasses = classTables()

func classTables() (low [0x2600]class, high map[rune]class) {
	high = map[rune]class{}
	for r := range low {
		low[r] = generalClasses(rune(r))
	}
	for _, table := range []map[class]string{members, lists} {
		for class, list := range table {
			for _, r := range expand(list) {
				if int(r) < len(low) {
					low[r] |= class
				} else {
					high[r] |= class | generalClasses(r)
				}
			}
		}
	}
	return low, high
}

// expand spells out the ranges of a list.
func expand(list string) []rune {
	var out []rune
	characters := []rune(list)
	for i := 0; i < len(characters); i++ {
		if characters[i] != '-' {
			out = append(out, characters[i])
			continue
		}
		for r := characters[i-1] + 1; r < characters[i+1]; r++ {
			out = append(out, r)
		}
	}
	return out
}

func classOf(r rune) class {
	switch {
	case int(r) < len(lowClasses):
		return lowClasses[r]
	case r < 0xf8ff || r > utf8.RuneError:
		return generalClasses(r)
	}
	if class, ok := highClasses[r]; ok {
		return class
	}
	return generalClasses(r)
}

// generalClasses are the classes that any character may have.
func generalClasses(r rune) (of class) {
	for _, test := range []struct {
		class class
		is    bool
	}{
		{asciiUpper, 'A' <= r && r <= 'Z'},
		{asciiLower, 'a' <= r && r <= 'z'},
		{blank, unicode.IsSpace(r) || 0x1c <= r && r <= 0x1f},
		{word, unicode.IsLetter(r) || unicode.IsNumber(r) || r == '_'},
		{notLatin, r >= utf8.RuneSelf || !unicode.IsLetter(r)},
		{inLine, r != '\n'},
	} {
		if test.is {
			of |= test.class
		}
	}
	return of
}
