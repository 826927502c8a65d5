package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"clipbench/workbench"
	"clipbench/workbench/device"

	"github.com/spf13/cobra"
)

// modelFlags are what a user can say about a model whose files do not.
func (c *command) modelFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.files.Preset, "preset", "", "of weights alone: their sizes, a model by open_clip's name or a recipe's file")
	f.StringVar(&c.files.Activation, "activation", "", "of weights alone: gelu, quick_gelu or openai_gelu")
	f.StringVar(&c.files.Preprocess, "preprocess", "", "mean and standard deviation: openai, imagenet or inception")
	f.StringVar(&c.files.Tokenizer, "tokenizer", "", "clip, a merges file or a tokenizer.json")
	f.Var((*imageSize)(&c.files.ImageSize), "image-size", "resample the image positions to pictures of SIDE or HEIGHTxWIDTH pixels")
	f.Var((*contextLength)(&c.files.Context), "context", "resample the text positions to this many tokens")
}

// openModel opens a model for use and says what opening it found.
func (c *command) openModel(path string) (*workbench.Model, error) {
	device.Tune()
	m, err := workbench.OpenModel(path, c.options())
	if err != nil {
		return nil, err
	}
	note(m.Notices)
	return m, nil
}

// note tells the user what is no result and no error.
func note(notices []string) {
	for _, n := range notices {
		fmt.Fprintln(os.Stderr, "note:", n)
	}
}

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
