package config

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// bounds tests what the fields' tags say of their values.
func (k *checker) bounds() {
	for l := range leaves(k.Config) {
		if what := broken(l.value, l.tag); what != "" {
			k.refuse(l.path, "%s", what)
		}
	}
}

// broken is what a value must be and is not, "" when it keeps to its tags. Each item of a list is held to them.
func broken(v reflect.Value, tag reflect.StructTag) string {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return ""
		}
		return broken(v.Elem(), tag)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if what := broken(v.Index(i), tag); what != "" {
				return what
			}
		}
	case reflect.Struct:
		return brokenField(v)
	case reflect.String:
		return notOneOf(v.String(), tag.Get("oneof"))
	case reflect.Int:
		if v.Int() > math.MaxInt32 {
			return fmt.Sprintf("it is at most %d", math.MaxInt32)
		}
		return outside(float64(v.Int()), tag)
	case reflect.Float64:
		return outside(v.Float(), tag)
	}
	return ""
}

// brokenField is what the first field of a struct in a list must be and is not, with its name.
func brokenField(v reflect.Value) string {
	for _, f := range fieldsOf(v.Type()) {
		if what := broken(v.FieldByIndex(f.index), f.tag); what != "" {
			return f.name + ": " + what
		}
	}
	return ""
}

// notOneOf names the words that text is not among, and the nearest.
func notOneOf(text, words string) string {
	choices := strings.Fields(words)
	if len(choices) == 0 || slices.Contains(choices, text) {
		return ""
	}
	if best := nearest(text, choices); best != "" && text != "" {
		return "it is " + or(choices) + " (did you mean " + best + "?)"
	}
	return "it is " + or(choices)
}

// outside is the bound that a number breaks.
func outside(number float64, tag reflect.StructTag) string {
	for _, bound := range []struct {
		tag, what string
		sign      int // what comparing with the bound must not give
		strict    bool
	}{
		{"min", "at least ", -1, false},
		{"above", "above ", -1, true},
		{"max", "at most ", 1, false},
		{"below", "below ", 1, true},
	} {
		text, ok := tag.Lookup(bound.tag)
		if !ok {
			continue
		}
		limit, err := strconv.ParseFloat(text, 64)
		if err != nil {
			panic("config: a bound that is no number: " + text)
		}
		if order := cmp.Compare(number, limit); order == bound.sign || bound.strict && order == 0 {
			return "it is " + bound.what + text
		}
	}
	return ""
}
