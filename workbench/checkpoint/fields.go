package checkpoint

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
)

// fields reads the keys of another project's JSON object and collects what it cannot use. A key is used by reading it.
type fields struct {
	path   string // of the object, for messages
	values map[string]any
	used   map[string]bool
	errs   *[]error
}

// readFields reads a JSON file whose root is an object.
func readFields(path string) (*fields, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := &fields{path: path, used: map[string]bool{}, errs: new([]error)}
	if err := json.Unmarshal(text, &f.values); err != nil {
		return nil, fmt.Errorf("%s: not a JSON object: %w", path, err)
	}
	return f, nil
}

// err is the first thing that could not be used.
func (f *fields) err() error {
	if len(*f.errs) == 0 {
		return nil
	}
	return (*f.errs)[0]
}

func (f *fields) refuse(key, format string, args ...any) {
	*f.errs = append(*f.errs, fmt.Errorf("%s: %s: %s", f.path, key, fmt.Sprintf(format, args...)))
}

// value reads a key; one that is absent or null is not there.
func (f *fields) value(key string) (any, bool) {
	f.used[key] = true
	v, ok := f.values[key]
	return v, ok && v != nil
}

// object reads an object; an empty one if it is not there.
func (f *fields) object(key string) *fields {
	inner := &fields{path: f.path + ": " + key, used: map[string]bool{}, errs: f.errs}
	if v, ok := f.value(key); ok {
		if inner.values, ok = v.(map[string]any); !ok {
			f.refuse(key, "wants an object, has %v", v)
		}
	}
	return inner
}

func (f *fields) number(key string, otherwise float64) float64 {
	return read(f, key, otherwise, "a number")
}

func (f *fields) text(key, otherwise string) string { return read(f, key, otherwise, "a text") }

func (f *fields) yes(key string, otherwise bool) bool {
	return read(f, key, otherwise, "true or false")
}

func (f *fields) whole(key string, otherwise int) int {
	v := f.number(key, float64(otherwise))
	if v != float64(int(v)) || v < 0 || v > 1<<31 {
		f.refuse(key, "wants a whole number, has %v", v)
		return otherwise
	}
	return int(v)
}

// pair reads a whole number that stands for both, or a list of two.
func (f *fields) pair(key string, otherwise int) [2]int {
	v, _ := f.value(key)
	list, ok := v.([]any)
	if !ok {
		side := f.whole(key, otherwise)
		return [2]int{side, side}
	}
	numbers := f.numbers(key)
	if len(list) != 2 || len(numbers) != 2 {
		f.refuse(key, "wants one or two numbers, has %v", v)
		return [2]int{otherwise, otherwise}
	}
	return [2]int{int(numbers[0]), int(numbers[1])}
}

// numbers reads a list of numbers; nil if it is not there.
func (f *fields) numbers(key string) []float64 {
	v, ok := f.value(key)
	if !ok {
		return nil
	}
	list, _ := v.([]any)
	var numbers []float64
	for _, item := range list {
		if n, ok := item.(float64); ok {
			numbers = append(numbers, n)
		}
	}
	if len(list) == 0 || len(numbers) != len(list) {
		f.refuse(key, "wants a list of numbers, has %v", v)
	}
	return numbers
}

func read[T any](f *fields, key string, otherwise T, kind string) T {
	v, ok := f.value(key)
	if !ok {
		return otherwise
	}
	typed, ok := v.(T)
	if !ok {
		f.refuse(key, "wants %s, has %v", kind, v)
		return otherwise
	}
	return typed
}

// only refuses a key with another value than the one it has in the models that this project knows.
func (f *fields) only(key string, value any, why string) {
	if v, ok := f.value(key); ok && !reflect.DeepEqual(v, value) {
		f.refuse(key, "%v is not this family of models: %s", v, why)
	}
}

// ignore marks keys that change nothing about the embeddings.
func (f *fields) ignore(keys ...string) {
	for _, key := range keys {
		f.used[key] = true
	}
}

// done refuses the keys that nobody used, unless their value says nothing.
func (f *fields) done() {
	for _, key := range slices.Sorted(maps.Keys(f.values)) {
		switch v := f.values[key]; {
		case f.used[key], v == nil, v == false:
		default:
			f.refuse(key, "unknown key with the value %v; the weights may need what it says", v)
		}
	}
}
