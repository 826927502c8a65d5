package config

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// YAML is the whole configuration, references resolved, every key in the order of the tree. Load reads it back equal.
func (c *Config) YAML() []byte {
	var out bytes.Buffer
	writeTable(&out, "", reflect.ValueOf(c).Elem())
	return out.Bytes()
}

func writeTable(out *bytes.Buffer, indent string, v reflect.Value) {
	for _, f := range fieldsOf(v.Type()) {
		child := v.FieldByIndex(f.index)
		if child.Kind() == reflect.Struct {
			out.WriteString(indent + f.name + ":\n")
			writeTable(out, indent+"  ", child)
			continue
		}
		out.WriteString(indent + f.name + ": " + leaf{value: child}.yaml() + "\n")
	}
}

// yaml is a value on one line; an empty text is null.
func (l leaf) yaml() string {
	if l.value.Kind() == reflect.String && l.value.String() == "" {
		return "null"
	}
	return inline(l.value)
}

// inlineNumber writes whole numbers as such and the rest as short as they read back.
func inlineNumber(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// inline is a value in YAML's flow style.
func inline(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return "null"
		}
		return inline(v.Elem())
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Float64:
		return inlineNumber(v.Float())
	case reflect.String:
		return inlineText(v.String())
	case reflect.Slice, reflect.Array:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = inline(v.Index(i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case reflect.Struct:
		var items []string
		for _, f := range fieldsOf(v.Type()) {
			items = append(items, f.name+": "+inline(v.FieldByIndex(f.index)))
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	return ""
}

// plain are the texts that YAML reads as text without quotes, numbers and words of its own aside.
var plain = regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9_./-]*$`)

func inlineText(text string) string {
	if plain.MatchString(text) && !reserved(text) {
		return text
	}
	if _, err := strconv.Atoi(text); err == nil {
		return text // precision: 32
	}
	return quote(text)
}

// reserved are words that YAML 1.1 or 1.2 reads as something other than text.
func reserved(text string) bool {
	switch strings.ToLower(text) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf":
		return true
	}
	return false
}

// quote is text in double quotes with JSON's escapes, which YAML reads.
func quote(text string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		return strconv.Quote(text)
	}
	return strings.TrimSuffix(out.String(), "\n")
}
