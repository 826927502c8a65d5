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

// resolve is root without references, and the references that lead nowhere. Its nodes keep their places.
func resolve(root *node) (*node, Problems) {
	r := &resolver{root: root, busy: map[*node]bool{}, done: map[*node]*node{}}
	return r.node("", root), r.problems
}

// node is n, which stands at path, without references.
func (r *resolver) node(path string, n *node) *node {
	if known, ok := r.done[n]; ok {
		return known
	}
	if r.busy[n] {
		return r.refuse(path, n, "it refers to itself in a circle")
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
			return r.refuse(path, n, quote(n.text)+" opens ${ and does not close it")
		}
		value := r.expression(path, n, strings.TrimSpace(from[:end]))
		if before == "" && from[end+1:] == "" && text.Len() == 0 {
			return value
		}
		if value.kind == null && value.copied {
			return value // refused already
		}
		if value.kind != scalar {
			return r.refuse(path, n, fmt.Sprintf("${%s} is %s and cannot stand inside a text", from[:end], value.describe()))
		}
		text.WriteString(value.text)
		if text.Len() > longest {
			return r.refuse(path, n, "its references make a text that is too long")
		}
		rest = from[end+1:]
	}
	return &node{kind: scalar, place: n.place, text: text.String(), quoted: true}
}

// longest is the most that a text with references in it may grow to, in bytes: references in references double quickly.
const longest = 1 << 16

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
		return r.refuse(path, n, fmt.Sprintf("${%s} names no key%s", text, suggestion(target)))
	}
	value := *r.node(target, found)
	if n.place == (Place{}) {
		value.copied = true
	} else {
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
	case function != "multiply" && function != "int_div":
		return r.refuse(path, n, fmt.Sprintf("the resolver %s is not known; multiply and int_div are", quote(function)))
	case !ok:
		return r.refuse(path, n, fmt.Sprintf("${%s:%s} needs two whole numbers", function, arguments))
	case function == "multiply":
		return whole(n.place, numbers[0]*numbers[1])
	case numbers[1] == 0:
		return r.refuse(path, n, fmt.Sprintf("${%s:%s} divides by 0", function, arguments))
	}
	return whole(n.place, numbers[0]/numbers[1])
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

func whole(place Place, number int) *node {
	return &node{kind: scalar, place: place, text: strconv.Itoa(number)}
}

// refuse records what is wrong at path, unless a default says it: then the key that it names is wrong, and is reported
// itself. The node returned is passed over by what comes after.
func (r *resolver) refuse(path string, n *node, what string) *node {
	if n.place != (Place{}) {
		r.problems = append(r.problems, Problem{Place: n.place, Key: path, What: what})
	}
	return &node{kind: null, place: n.place, copied: true}
}

// join is the path of key below path.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
