package ftfy

import "strings"

// isBad reports whether text holds a sequence of characters that mixed-up
// encodings make and people do not write.
func isBad(text string) bool {
	if strings.IndexFunc(text, func(r rune) bool { return classOf(r)&suspicious != 0 }) < 0 {
		return false
	}
	characters := []rune(text)
	if len(characters) > 1 && strings.ContainsRune("ÃÂ", characters[0]) && characters[1] == ' ' {
		return true
	}
	classes := make([]class, len(characters))
	for i, r := range characters {
		classes[i] = classOf(r)
	}
	for i := range classes {
		for _, p := range patterns {
			if p.matches(classes[i:]) {
				return true
			}
		}
	}
	return false
}

// element is one place in a sequence: a character of these classes or of this list.
type element struct {
	classes class
	list    string
}

type sequence []element

// pattern is a sequence whose lists have become classes.
type pattern []class

func (p pattern) matches(classes []class) bool {
	if len(classes) < len(p) {
		return false
	}
	for i, c := range p {
		if classes[i]&c == 0 {
			return false
		}
	}
	return true
}

// patterns are badSequences, and lists the classes made for their lists.
var patterns, lists = compile(badSequences)

func compile(sequences []sequence) (patterns []pattern, lists map[class]string) {
	classOfList, next := map[string]class{}, lastClass
	for _, s := range sequences {
		var p pattern
		for _, e := range s {
			if _, known := classOfList[e.list]; e.list != "" && !known {
				next <<= 1
				classOfList[e.list] = next
			}
			p = append(p, e.classes|classOfList[e.list])
		}
		patterns = append(patterns, p)
	}
	lists = map[class]string{}
	for list, c := range classOfList {
		lists[c] = list
	}
	return patterns, lists
}
