// Package query filters runs: words, fields and their combinations, such as
//
//	emoji state:running model.optim.lr>=1e-3 (loss<2 or not has:val/top1) age<2h
package query

import (
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Subject is what a query looks at: Field gives a field's value as text, false if there is no such field.
// A number is its shortest text, a duration is its seconds. A word alone is looked for in the field "name".
type Subject interface {
	Field(name string) (value string, ok bool)
}

// Query tells whether a subject is wanted.
type Query func(Subject) bool

// Parse reads a query. The empty one takes everything.
func Parse(text string) (Query, error) {
	p := &parser{words: split(text)}
	if len(p.words) == 0 {
		return func(Subject) bool { return true }, nil
	}
	q, err := p.either()
	if err == nil && p.at < len(p.words) {
		err = fmt.Errorf("%q: there is no ( for it", p.words[p.at])
	}
	return q, err
}

// split takes words apart at blanks and brackets; quotes keep blanks together.
func split(text string) []string {
	var words []string
	var word strings.Builder
	quote := rune(0)
	flush := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	for _, r := range text {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote = r
		case unicode.IsSpace(r):
			flush()
		case r == '(' || r == ')':
			flush()
			words = append(words, string(r))
		default:
			word.WriteRune(r)
		}
	}
	flush()
	return words
}

type parser struct {
	words []string
	at    int
	depth int
}

// take steps over a word if it is the next, in any case.
func (p *parser) take(word string) bool {
	if p.at < len(p.words) && strings.EqualFold(p.words[p.at], word) {
		p.at++
		return true
	}
	return false
}

// either is all [or all]…
func (p *parser) either() (Query, error) {
	q, err := p.all()
	for err == nil && p.take("or") {
		a, b := q, Query(nil)
		b, err = p.all()
		q = func(s Subject) bool { return a(s) || b(s) }
	}
	return q, err
}

// all is one [and] [one]…
func (p *parser) all() (Query, error) {
	q, err := p.one()
	for err == nil && p.at < len(p.words) && p.words[p.at] != ")" && !strings.EqualFold(p.words[p.at], "or") {
		p.take("and")
		a, b := q, Query(nil)
		b, err = p.one()
		q = func(s Subject) bool { return a(s) && b(s) }
	}
	return q, err
}

// one is a term, a negated one, or a query in brackets.
func (p *parser) one() (Query, error) {
	if p.depth++; p.depth > 100 {
		return nil, fmt.Errorf("too many brackets")
	}
	defer func() { p.depth-- }()
	switch {
	case p.at == len(p.words):
		return nil, fmt.Errorf("something is missing at the end")
	case p.take("not"):
		q, err := p.one()
		return func(s Subject) bool { return !q(s) }, err
	case p.take("("):
		q, err := p.either()
		if err == nil && !p.take(")") {
			err = fmt.Errorf("a ) is missing")
		}
		return q, err
	}
	word := p.words[p.at]
	p.at++
	if rest, negated := strings.CutPrefix(word, "-"); negated && rest != "" {
		q, err := term(rest)
		return func(s Subject) bool { return !q(s) }, err
	}
	return term(word)
}

// operators, the longer first.
var operators = []string{"!=", ">=", "<=", "=", ":", "<", ">"}

// term is a word of a name, or a field with an operator and a value.
func term(word string) (Query, error) {
	at, operator := len(word), ""
	for _, o := range operators {
		if i := strings.Index(word, o); i > 0 && i < at {
			at, operator = i, o
		}
	}
	if operator == "" {
		word = strings.ToLower(word)
		return func(s Subject) bool {
			name, ok := s.Field("name")
			return ok && matches(name, word)
		}, nil
	}
	field, want := word[:at], strings.ToLower(word[at+len(operator):])
	if want == "" {
		return nil, fmt.Errorf("%s%s: a value is missing", field, operator)
	}
	if field == "has" {
		return func(s Subject) bool { _, ok := s.Field(want); return ok }, nil
	}
	if strings.ContainsAny(operator, "<>") {
		return ordered(field, operator, word[at+len(operator):]) // 5m are minutes, 5M millions
	}
	return equal(field, operator, want), nil
}

// equal compares text: ":" looks for a part or a pattern, "=" and "!=" for the whole, numbers by value.
func equal(field, operator, want string) Query {
	number, isNumber := Number(want)
	return func(s Subject) bool {
		value, ok := s.Field(field)
		if !ok {
			return operator == "!="
		}
		value = strings.ToLower(value)
		if operator == ":" {
			return matches(value, want)
		}
		same := value == want
		if v, ok := Number(value); ok && isNumber {
			same = v == number
		}
		return same == (operator == "=")
	}
}

// ordered compares numbers; a field that is none is never wanted.
func ordered(field, operator, want string) (Query, error) {
	limit, ok := Number(want)
	if !ok {
		return nil, fmt.Errorf("%s%s%s: %q is no number", field, operator, want, want)
	}
	return func(s Subject) bool {
		value, ok := s.Field(field)
		v, isNumber := Number(strings.ToLower(value))
		if !ok || !isNumber || math.IsNaN(v) {
			return false
		}
		switch operator {
		case "<":
			return v < limit
		case "<=":
			return v <= limit
		case ">":
			return v > limit
		}
		return v >= limit
	}, nil
}

// matches looks for a part of text, or for a pattern with * or ?.
func matches(text, want string) bool {
	text = strings.ToLower(text)
	if strings.ContainsAny(want, "*?") {
		ok, err := path.Match(strings.ReplaceAll(want, "/", "\x00"), strings.ReplaceAll(text, "/", "\x00"))
		return err == nil && ok
	}
	return strings.Contains(text, want)
}

// Number reads a number, with k, M or G, or a duration such as 90s, 10m, 2h or 3d in seconds.
func Number(s string) (float64, bool) {
	if v, err := strconv.ParseFloat(s, 64); err == nil {
		return v, true
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if v, err := strconv.ParseFloat(days, 64); err == nil {
			return v * 86400, true
		}
	}
	if d, err := time.ParseDuration(s); err == nil {
		return d.Seconds(), true
	}
	for unit, size := range map[string]float64{"k": 1e3, "M": 1e6, "G": 1e9} {
		if digits, ok := strings.CutSuffix(s, unit); ok {
			if v, err := strconv.ParseFloat(digits, 64); err == nil {
				return v * size, true
			}
		}
	}
	return 0, false
}
