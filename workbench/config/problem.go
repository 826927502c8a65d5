package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Place is where a value was written: a line of a file, the command line or a preset. The zero Place is a default.
type Place struct {
	Name string
	Line int // from 1; 0 where there are no lines
}

// commandLine is the place of overrides.
var commandLine = Place{Name: "command line"}

// String is name:line, or the name alone.
func (p Place) String() string {
	if p.Line == 0 {
		return p.Name
	}
	return fmt.Sprintf("%s:%d", p.Name, p.Line)
}

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	Place Place
	Key   string // full path, such as model.optim.lr, with =value where the value is what is wrong; empty when the document cannot be read
	What  string // what is wrong and what to do
}

// String is the problem on one line: place: key: what.
func (p Problem) String() string {
	parts := []string{p.Place.String(), p.Key, p.What}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ": ")
}

// path is the key alone.
func (p Problem) path() string {
	key, _, _ := strings.Cut(p.Key, "=")
	return key
}

// Problems is everything found wrong with a configuration, by line. It is never empty when returned as an error.
type Problems []Problem

// Error is one line for each problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// OnCommandLine tells that one of them was written on the command line.
func (ps Problems) OnCommandLine() bool {
	return slices.ContainsFunc(ps, func(p Problem) bool { return p.Place == commandLine })
}

// orNil is ps as an error, nil when there is no problem, in the order of the lines; what has no line comes last.
func (ps Problems) orNil() error {
	if len(ps) == 0 {
		return nil
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Compare(uint(a.Place.Line)-1, uint(b.Place.Line)-1) // 0 becomes the largest
	})
	return ps
}
