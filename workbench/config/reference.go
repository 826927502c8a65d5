package config

import (
	"fmt"
	"strconv"
	"strings"
)

// resolver replaces ${…} by what it refers to, as OmegaConf does: ${a.b} from the root, ${.b} beside the key itself,
// ${..b} one table up, and NeMo's ${multiply:x,y} and ${int_div:x,y}.
type resolver struct {
	root     *node
	busy     map[*node]bool // being resolved: meeting one again is a circle
	done     map[*node]*node
	problems Problems
}

// resolve is root without references. Its nodes keep their places.
func resolve(root *node) (*node, error) {
	r := &resolver{root: root, busy: map[*node]bool{}, done: map[*node]*node{}}
	resolved := r.node("", root)
	return resolved, r.problems.orNil()
}

// node is n, which stands at path, without references.
func (r *resolver) node(path string, n *node) *node {
	if known, ok := r.done[n]; ok {
		return known
	}
	if r.busy[n] {
		r.refuse(path, n, "refers to itself in a circle")
		return &node{kind: null, place: n.place}
	}
	r.busy[n] = true
	resolved := r.fresh(path, n)
	delete(r.busy, n)
	r.done[n] = resolved
	return resolved
}

func (r *resolver) fresh(path string, n *node) *node {
	out := *n
	switch n.kind {
	case list:
		out.items = nil
		for _, item := range n.items {
			out.items = append(out.items, r.node(path, item))
		}
	case table:
		out.fields = map[string]*node{}
		for _, key := range n.keys {
			out.fields[key] = r.node(join(path, key), n.fields[key])
		}
	case scalar:
		if strings.Contains(n.text, "${") {
			return r.scalar(path, n)
		}
	}
	return &out
}

// scalar is a text with references in it. One that is nothing but a reference becomes what it refers to, whatever its kind.
func (r *resolver) scalar(path string, n *node) *node {
	var text strings.Builder
	for rest := n.text; rest != ""; {
		before, from, found := strings.Cut(rest, "${")
		text.WriteString(before)
		if !found {
			break
		}
		end := closing(from)
		if end < 0 {
			r.refuse(path, n, quote(n.text)+" opens ${ and does not close it")
			return &node{kind: null, place: n.place}
		}
		value := r.expression(path, n, strings.TrimSpace(from[:end]))
		if before == "" && from[end+1:] == "" && text.Len() == 0 {
			return value
		}
		if value.kind != scalar {
			r.refuse(path, n, fmt.Sprintf("${%s} is %s and cannot stand inside a text", from[:end], value.describe()))
			return &node{kind: null, place: n.place}
		}
		text.WriteString(value.text)
		rest = from[end+1:]
	}
	return &node{kind: scalar, place: n.place, text: text.String(), quoted: true}
}

// closing is the index of the } that ends a reference whose ${ was just read, -1 if there is none.
func closing(text string) int {
	depth := 1
	for i, c := range text {
		switch c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// expression is what stands between ${ and }.
func (r *resolver) expression(path string, n *node, text string) *node {
	if function, arguments, ok := strings.Cut(text, ":"); ok {
		return r.call(path, n, function, arguments)
	}
	target := absolute(path, text)
	found := r.root.at(target)
	if found == nil {
		r.refuse(path, n, fmt.Sprintf("${%s} names no key%s", text, suggestion(target)))
		return &node{kind: null, place: n.place}
	}
	value := *r.node(target, found)
	if n.place != "" {
		value.place = n.place
	}
	return &value
}

// absolute is the path that a reference written at path means.
func absolute(path, reference string) string {
	if !strings.HasPrefix(reference, ".") {
		return reference
	}
	base := strings.Split(path, ".")
	for strings.HasPrefix(reference, ".") {
		reference = reference[1:]
		if len(base) > 0 {
			base = base[:len(base)-1]
		}
	}
	return join(strings.Join(base, "."), reference)
}

// call is NeMo's ${multiply:x,y} or ${int_div:x,y}.
func (r *resolver) call(path string, n *node, function, arguments string) *node {
	numbers, ok := r.numbers(path, n, arguments)
	switch {
	case !ok:
		r.refuse(path, n, fmt.Sprintf("${%s:%s} needs two whole numbers", function, arguments))
	case function == "multiply":
		return whole(n.place, numbers[0]*numbers[1])
	case function == "int_div" && numbers[1] != 0:
		return whole(n.place, numbers[0]/numbers[1])
	case function == "int_div":
		r.refuse(path, n, "divides by 0")
	default:
		r.refuse(path, n, fmt.Sprintf("the resolver %s is not known; multiply and int_div are", function))
	}
	return &node{kind: null, place: n.place}
}

// numbers are the two arguments of a call, each a number or a reference to one.
func (r *resolver) numbers(path string, n *node, arguments string) (out [2]int, ok bool) {
	first, second, _ := strings.Cut(arguments, ",")
	for i, argument := range []string{first, second} {
		argument = strings.TrimSpace(argument)
		if inner, isReference := strings.CutPrefix(argument, "${"); isReference {
			inner, _ = strings.CutSuffix(inner, "}")
			argument = r.expression(path, n, inner).text
		}
		number, err := strconv.Atoi(argument)
		if err != nil {
			return out, false
		}
		out[i] = number
	}
	return out, true
}

func whole(place string, number int) *node {
	return &node{kind: scalar, place: place, text: strconv.Itoa(number)}
}

func (r *resolver) refuse(path string, n *node, what string) {
	r.problems = append(r.problems, Problem{Place: n.place, Key: path, What: what})
}

// join is the path of key below path.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
