package config

import (
	"strings"
)

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	Place string // file:line, "command line" or "preset NAME"; empty when the value is a default
	Key   string // full path, such as model.optim.lr; empty when the document itself cannot be read
	What  string // what is wrong and what to do
}

// String is the problem on one line: place: key: what.
func (p Problem) String() string {
	var parts []string
	for _, part := range []string{p.Place, p.Key, p.What} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ": ")
}

// Problems is everything found wrong with a configuration, in the order of the document. It is never empty when returned as an error.
type Problems []Problem

// Error is one line for each problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// orNil is the error of ps: nil when there is none.
func (ps Problems) orNil() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}
