package config

import (
	"errors"
	"slices"
	"strings"
)

// blame names, for each problem of a key that the command line leaves alone, the override that brought it about: a rule
// between two keys may be broken by either. It is the last one before which there was no such problem; without any, the
// document itself is to blame. load loads the document with the first of the overrides.
func blame(err error, overrides []string, load func([]string) error) error {
	var problems Problems
	if !errors.As(err, &problems) {
		return err
	}
	for n := len(overrides) - 1; n >= 0 && slices.ContainsFunc(problems, Problem.elsewhere); n-- {
		var before Problems
		errors.As(load(overrides[:n]), &before)
		for i, p := range problems {
			same := func(b Problem) bool { return b.path() == p.path() }
			if p.elsewhere() && !slices.ContainsFunc(before, same) {
				problems[i] = Problem{Place: commandLine, Key: strings.TrimLeft(overrides[n], "+"), What: p.String()}
			}
		}
	}
	return problems.orNil()
}

// elsewhere tells that it was not written on the command line.
func (p Problem) elsewhere() bool { return p.Place != commandLine }
