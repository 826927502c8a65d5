package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"clipbench/workbench/device"

	"github.com/spf13/pflag"
)

// choose defines a flag that takes one of a few words.
func choose(flags *pflag.FlagSet, value *string, name, what string, words ...string) {
	flags.Var(&choice{value, words}, name, what+list(words))
}

// choice is one of a few words, as a flag.
type choice struct {
	value *string
	words []string
}

// String is the word.
func (c *choice) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}

// Set takes one of the words.
func (c *choice) Set(text string) error {
	if !slices.Contains(c.words, text) {
		return fmt.Errorf("it is %s", list(c.words))
	}
	*c.value = text
	return nil
}

// Type names the flag's value in the help.
func (c *choice) Type() string { return "string" }

// list is words as a sentence has them: a, b or c.
func list(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// backendName is the name of a backend, as a flag.
type backendName string

// String is what Set took.
func (b *backendName) String() string { return string(*b) }

// Set refuses what can be no backend on any machine.
func (b *backendName) Set(text string) error {
	*b = backendName(text)
	return device.CheckName(text)
}

// Type names the flag's value in the help.
func (b *backendName) Type() string { return "string" }

// longest is the most pixels of a side, and tokens of a text, that a flag takes: an encoder's memory grows faster still.
const longest = 4096

// imageSize is height and width in pixels, as a flag.
type imageSize [2]int

// String is what Set reads.
func (s *imageSize) String() string {
	if *s == (imageSize{}) {
		return ""
	}
	return fmt.Sprintf("%dx%d", s[0], s[1])
}

// Set reads SIDE or HEIGHTxWIDTH.
func (s *imageSize) Set(text string) error {
	height, width, oblong := strings.Cut(text, "x")
	if !oblong {
		width = height
	}
	for i, side := range []string{height, width} {
		pixels, err := strconv.Atoi(side)
		if err != nil || pixels < 1 || pixels > longest {
			return fmt.Errorf("it is SIDE or HEIGHTxWIDTH in pixels, such as 336 or 224x320, up to %d", longest)
		}
		s[i] = pixels
	}
	return nil
}

// Type names the flag's value in the help.
func (s *imageSize) Type() string { return "pixels" }

// contextLength is the tokens of a text, as a flag.
type contextLength int

// String is what Set reads.
func (l *contextLength) String() string { return strconv.Itoa(int(*l)) }

// Set reads a number of tokens that has room for a text's start and end.
func (l *contextLength) Set(text string) error {
	tokens, err := strconv.Atoi(text)
	if err != nil || tokens < 2 || tokens > longest {
		return fmt.Errorf("it is a number of tokens, start and end among them: 2 to %d", longest)
	}
	*l = contextLength(tokens)
	return nil
}

// Type names the flag's value in the help.
func (l *contextLength) Type() string { return "tokens" }
