package config

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// decoder writes nodes into Go values and collects what does not fit.
type decoder struct {
	problems Problems
}

// enough problems are told at once: what has more is no configuration of ours.
const enough = 30

// decode is the configuration that root describes, and everything in root that does not fit one.
func decode(root *node) (*Config, Problems) {
	d, c := &decoder{}, &Config{}
	d.table("", root, reflect.ValueOf(c).Elem())
	return c, d.problems
}

// table writes the keys of n into the struct v.
func (d *decoder) table(path string, n *node, v reflect.Value) {
	if n.kind == null {
		return
	}
	if n.kind != table {
		d.refuse(path, n, "wants keys below it, has "+n.describe())
		return
	}
	fields := fieldsOf(v.Type())
	for _, key := range n.keys {
		if len(d.problems) >= enough {
			return
		}
		at, child := join(path, key), n.fields[key]
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == key })
		if i >= 0 {
			d.value(at, child, v.FieldByIndex(fields[i].index), fields[i].tag)
			continue
		}
		if strings.Contains(key, ".") {
			d.refuse(at, child, "unknown key; a name with dots is for the command line, in a file each table has its own line")
			continue
		}
		d.noEffect(at, child)
	}
}

// noEffect judges a key that is not in the struct: unknown, or one of NeMo's that must keep the value that changes nothing.
func (d *decoder) noEffect(path string, n *node) {
	rule, ok := noEffectAt(path)
	switch {
	case !ok && n.kind == table && isTable(path):
		for _, key := range n.keys {
			d.noEffect(join(path, key), n.fields[key])
		}
	case !ok && n.kind == null && isTable(path):
	case !ok:
		d.refuse(path, n, "unknown key"+suggestion(path))
	case !rule.allows(n):
		d.refuse(path+"="+n.describe(), n, rule.refusal())
	}
}

// value writes n into v, which is no table of the tree unless its kind is struct.
func (d *decoder) value(path string, n *node, v reflect.Value, tag reflect.StructTag) {
	if n.kind == null {
		d.null(path, n, v, tag)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.table(path, n, v)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(path, n, v.Elem(), tag)
	case reflect.Slice, reflect.Array:
		d.list(path, n, v)
	default:
		d.scalar(path, n, v, tag)
	}
}

// null leaves pointers nil, texts and lists empty, and writes a number's `null` tag: what null means for that key.
func (d *decoder) null(path string, n *node, v reflect.Value, tag reflect.StructTag) {
	meaning, ok := tag.Lookup("null")
	switch {
	case ok:
		d.scalar(path, &node{kind: scalar, place: n.place, text: meaning}, v, tag)
	case slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Slice, reflect.String, reflect.Struct}, v.Kind()):
		v.SetZero()
	default:
		d.refuse(path, n, wants(v)+", has null")
	}
}

// list writes a list; a lone value is a list of one.
func (d *decoder) list(path string, n *node, v reflect.Value) {
	items := n.items
	if n.kind != list {
		items = []*node{n}
	}
	if v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	}
	if len(items) != v.Len() || n.kind != list && v.Kind() == reflect.Array {
		d.refuse(path, n, fmt.Sprintf("wants a list of %d numbers, has %s", v.Len(), describeList(n)))
		return
	}
	for i, item := range items {
		d.value(fmt.Sprintf("%s[%d]", path, i), item, v.Index(i), "")
	}
}

func describeList(n *node) string {
	if n.kind == list {
		return fmt.Sprintf("a list of %d", len(n.items))
	}
	return n.describe()
}

// scalar writes one text, number or truth.
func (d *decoder) scalar(path string, n *node, v reflect.Value, tag reflect.StructTag) {
	if n.kind != scalar || !assign(n, v, tag) {
		d.refuse(path, n, wants(v)+", has "+n.describe())
	}
}

// assign is false when n is not what v holds.
func assign(n *node, v reflect.Value, tag reflect.StructTag) bool {
	switch v.Kind() {
	case reflect.String:
		if _, isBool := truth(n); isBool {
			return false
		}
		v.SetString(n.text)
		return true
	case reflect.Bool:
		yes, ok := truth(n)
		v.SetBool(yes)
		return ok
	case reflect.Int, reflect.Int64:
		whole, ok := wholeNumber(n)
		v.SetInt(whole)
		return ok
	case reflect.Float64:
		number, ok := number(n, tag)
		v.SetFloat(number)
		return ok
	}
	return false
}

// truth reads the words that YAML 1.1, and so NeMo, takes for true and false.
func truth(n *node) (yes, ok bool) {
	if n.quoted {
		return false, false
	}
	switch strings.ToLower(n.text) {
	case "true", "yes", "on":
		return true, true
	case "false", "no", "off":
		return false, true
	}
	return false, false
}

// wholeNumber reads 12, 1_000 and 1e5. It refuses 1.0, which Lightning's limit_val_batches takes for "all of it".
func wholeNumber(n *node) (int64, bool) {
	if n.quoted || strings.ContainsAny(n.text, ".xXnN") {
		return 0, false
	}
	text := strings.ReplaceAll(n.text, "_", "")
	if whole, err := strconv.ParseInt(text, 10, 64); err == nil {
		return whole, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// number reads a finite number, and true or false where the key's tag says what true means.
func number(n *node, tag reflect.StructTag) (float64, bool) {
	if meaning, ok := tag.Lookup("true"); ok {
		if yes, isBool := truth(n); isBool && yes {
			n = &node{kind: scalar, text: meaning}
		} else if isBool {
			return 0, true
		}
	}
	if n.quoted || strings.ContainsAny(n.text, "xXpP") {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(n.text, "_", ""), 64)
	return f, err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
}

// wants says what a key of this kind takes.
func wants(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		return "wants a text"
	case reflect.Bool:
		return "wants true or false"
	case reflect.Int, reflect.Int64:
		return "wants a whole number"
	case reflect.Float64:
		return "wants a number"
	}
	return "wants a list"
}

func (d *decoder) refuse(path string, n *node, what string) {
	if !n.copied {
		d.problems = append(d.problems, Problem{Place: n.place, Key: path, What: what})
	}
}
