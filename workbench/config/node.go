package config

import (
	"slices"
	"strings"
)

// kind tells the four things a node can be.
type kind int

const (
	null kind = iota
	scalar
	list
	table
)

// node is one value of a document, with the place where it was written.
type node struct {
	kind   kind
	place  Place
	text   string // of a scalar
	quoted bool   // the scalar is text whatever it looks like
	copied bool   // a default took this from another key, where a mistake in it is reported
	items  []*node
	keys   []string // of a table, in order
	fields map[string]*node
}

func newTable(place Place) *node {
	return &node{kind: table, place: place, fields: map[string]*node{}}
}

// set puts child under key, after the keys that are there.
func (n *node) set(key string, child *node) {
	if _, ok := n.fields[key]; !ok {
		n.keys = append(n.keys, key)
	}
	n.fields[key] = child
}

// at is the node that a dotted path leads to, nil if there is none.
func (n *node) at(path string) *node {
	for _, key := range strings.Split(path, ".") {
		if n == nil || n.kind != table {
			return nil
		}
		n = n.fields[key]
	}
	return n
}

// merge lays over on n: tables key by key, everything else replaced. A table that over leaves empty (null) stays as it was.
func (n *node) merge(over *node) *node {
	if n == nil || over == nil {
		return firstOf(over, n)
	}
	if n.kind == table && over.kind == null {
		return n
	}
	if n.kind != table || over.kind != table {
		return over
	}
	merged := &node{kind: table, place: over.place, keys: slices.Clone(n.keys), fields: map[string]*node{}}
	for _, key := range n.keys {
		merged.fields[key] = n.fields[key]
	}
	for _, key := range over.keys {
		merged.set(key, n.fields[key].merge(over.fields[key]))
	}
	return merged
}

// firstOf is the first of the two that is not nil.
func firstOf(a, b *node) *node {
	if a != nil {
		return a
	}
	return b
}

// describe names what a node holds, for messages.
func (n *node) describe() string {
	switch n.kind {
	case null:
		return "null"
	case list:
		return "a list"
	case table:
		return "a table"
	}
	if n.quoted {
		return "the text " + quote(n.text)
	}
	return n.text
}
