package config

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// field is one key of a struct: its name in the tree and where the value lies.
type field struct {
	name  string
	index []int
	tag   reflect.StructTag
	typ   reflect.Type
}

// fieldsOf lists the keys of a struct in order, those of inlined structs in their place.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if option == "inline" {
			for _, inner := range fieldsOf(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				fields = append(fields, inner)
			}
			continue
		}
		fields = append(fields, field{name: name, index: f.Index, tag: f.Tag, typ: f.Type})
	}
	return fields
}

// leaf is a key that holds a value, with that value.
type leaf struct {
	path  string
	tag   reflect.StructTag
	value reflect.Value
}

// leaves walks every key of c that holds a value, in the order of the tree.
func leaves(c *Config) iter.Seq[leaf] {
	return func(yield func(leaf) bool) { walk("", reflect.ValueOf(c).Elem(), yield) }
}

func walk(path string, v reflect.Value, yield func(leaf) bool) bool {
	for _, f := range fieldsOf(v.Type()) {
		at, child := join(path, f.name), v.FieldByIndex(f.index)
		if child.Kind() == reflect.Struct {
			if !walk(at, child, yield) {
				return false
			}
			continue
		}
		if !yield(leaf{path: at, tag: f.tag, value: child}) {
			return false
		}
	}
	return true
}

// Keys is the full path of every key that has an effect, in the order of the tree.
func Keys() []string {
	var keys []string
	for l := range leaves(&Config{}) {
		keys = append(keys, l.path)
	}
	return keys
}

// Get is the value of a key as YAML would show it, such as Get("model.optim.lr") = "0.001".
func (c *Config) Get(key string) (string, error) {
	for l := range leaves(c) {
		if l.path == key {
			return l.yaml(), nil
		}
	}
	return "", fmt.Errorf("%s: unknown key%s", key, suggestion(key))
}

// Change is a key whose value differs between two configurations.
type Change struct {
	Key, Old, New string
}

// String is the change as it is told: model.optim.lr (0.001, now 0.002).
func (c Change) String() string {
	return fmt.Sprintf("%s (%s, now %s)", c.Key, c.Old, c.New)
}

// Diff lists the keys in which after differs from before, in the order of the tree.
func Diff(before, after *Config) []Change {
	was := map[string]string{}
	for l := range leaves(before) {
		was[l.path] = l.yaml()
	}
	var changes []Change
	for l := range leaves(after) {
		if now := l.yaml(); now != was[l.path] {
			changes = append(changes, Change{Key: l.path, Old: was[l.path], New: now})
		}
	}
	return changes
}

// known is every path a configuration may name, sorted: keys with an effect, keys of NeMo without one, and the tables
// above them.
var known = sync.OnceValue(func() []string {
	keys := slices.Concat(Keys(), noEffectKeys())
	for _, f := range fieldsOf(reflect.TypeFor[Rule]()) {
		keys = append(keys, "model.optim.rules."+f.name)
	}
	for _, key := range slices.Clone(keys) {
		for i := strings.LastIndexByte(key, '.'); i > 0; i = strings.LastIndexByte(key[:i], '.') {
			keys = append(keys, key[:i])
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
})
