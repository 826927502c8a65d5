package config

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// reader turns a YAML document into nodes and collects what it cannot read.
type reader struct {
	place    func(line int) Place
	problems Problems
}

// readDocument reads YAML whose root is a table. An empty document is an empty table.
func readDocument(name string, data []byte) (*node, error) {
	r := &reader{place: func(line int) Place { return Place{name, line} }}
	root, err := r.read(data)
	if err != nil {
		return nil, err
	}
	if root == nil || root.kind == null {
		root = newTable(Place{Name: name})
	}
	if root.kind != table {
		return nil, Problems{{Place: root.place, What: "a configuration is keys and values, as in trainer: {max_steps: 100}; this is " + root.describe()}}
	}
	return root, nil
}

// readValue reads the value of an override, as YAML on one line.
func readValue(place Place, text string) (*node, error) {
	r := &reader{place: func(int) Place { return place }}
	n, err := r.read([]byte(text))
	if n == nil && err == nil {
		n = &node{kind: null, place: place}
	}
	return n, err
}

// largest is the size of the largest document that is read, in bytes.
const largest = 1 << 16

// read is the whole document as one node, nil when there is nothing in it.
func (r *reader) read(data []byte) (*node, error) {
	if len(data) > largest {
		return nil, Problems{{Place: r.place(1), What: fmt.Sprintf("%d bytes; a configuration has at most %d", len(data), largest)}}
	}
	if !utf8.Valid(data) {
		return nil, Problems{{Place: r.place(1), What: "not UTF-8 text"}}
	}
	file, err := parser.ParseBytes(bytes.TrimPrefix(data, []byte("\ufeff")), 0)
	if err != nil {
		return nil, Problems{r.syntax(err)}
	}
	if len(file.Docs) > 1 && file.Docs[1].Body != nil {
		at := file.Docs[1].Body.GetToken().Position.Line
		return nil, Problems{{Place: r.place(at), What: "a second document (after ---); a configuration is one document"}}
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, nil
	}
	n := r.node(file.Docs[0].Body)
	return n, r.problems.orNil()
}

// syntax is the parser's complaint without its picture of the source.
func (r *reader) syntax(err error) Problem {
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) {
		what := duplicate.ReplaceAllString(syntax.GetMessage(), "the key $1 stands in line $2 already")
		return Problem{Place: r.place(line(syntax.GetToken())), What: "not YAML: " + what}
	}
	return Problem{Place: r.place(1), What: "not YAML: " + err.Error()}
}

// duplicate is the parser's message about a key that stands twice in a table.
var duplicate = regexp.MustCompile(`mapping key "(.*)" already defined at \[(\d+):\d+\]`)

// line is where a token stands, 1 when it does not say.
func line(t *token.Token) int {
	if t == nil || t.Position == nil {
		return 1
	}
	return t.Position.Line
}

// node turns one YAML node into ours.
func (r *reader) node(from ast.Node) *node {
	if from == nil {
		return &node{kind: null}
	}
	place := r.place(line(from.GetToken()))
	switch from := from.(type) {
	case *ast.NullNode:
		return &node{kind: null, place: place}
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return &node{kind: scalar, place: place, text: from.GetToken().Value}
	case *ast.StringNode:
		quoted := from.Token.Type == token.SingleQuoteType || from.Token.Type == token.DoubleQuoteType
		return &node{kind: scalar, place: place, text: from.Value, quoted: quoted}
	case *ast.LiteralNode:
		return &node{kind: scalar, place: place, text: from.Value.Value, quoted: true}
	case *ast.SequenceNode:
		return r.list(place, from)
	case *ast.MappingNode:
		return r.table(place, from.Values)
	case *ast.MappingValueNode:
		return r.table(place, []*ast.MappingValueNode{from})
	case *ast.AnchorNode, *ast.AliasNode:
		return r.refuse(place, "anchors (&) and aliases (*) are not read; name the key instead, as in ${model.output_dim}")
	case *ast.TagNode:
		return r.refuse(place, "tags (!) are not read; write the value alone")
	}
	return r.refuse(place, "this kind of YAML is not read")
}

func (r *reader) list(place Place, from *ast.SequenceNode) *node {
	n := &node{kind: list, place: place}
	for _, item := range from.Values {
		n.items = append(n.items, r.node(item))
	}
	return n
}

func (r *reader) table(place Place, values []*ast.MappingValueNode) *node {
	n := newTable(place)
	for _, value := range values {
		keyPlace := r.place(line(value.Key.GetToken()))
		key, ok := keyText(value.Key)
		if !ok {
			r.refuse(keyPlace, "a key is a plain word; << and ? are not read")
			continue
		}
		if _, ok := n.fields[key]; ok {
			r.refuse(keyPlace, "not YAML: the key "+key+" stands here already")
			continue
		}
		child := r.node(value.Value)
		child.place = keyPlace
		n.set(key, child)
	}
	return n
}

// keyText is the name that a key spells; false for merge keys, anchors and keys that are not scalars.
func keyText(key ast.MapKeyNode) (string, bool) {
	switch key := key.(type) {
	case *ast.StringNode:
		return key.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		return key.GetToken().Value, true
	}
	return "", false
}

func (r *reader) refuse(place Place, what string) *node {
	r.problems = append(r.problems, Problem{Place: place, What: what})
	return &node{kind: null, place: place}
}
