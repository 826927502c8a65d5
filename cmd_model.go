package main

import (
	"fmt"
	"os"

	"clipbench/workbench"
	"clipbench/workbench/device"

	"github.com/spf13/cobra"
)

// modelFlags are what a user can say about a model whose files do not.
func (c *command) modelFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.files.Preset, "preset", "", "of weights alone: their sizes, a model by open_clip's name or a recipe's file")
	choose(f, &c.files.Activation, "activation", "of weights alone: ", "gelu", "quick_gelu", "openai_gelu")
	choose(f, &c.files.Preprocess, "preprocess", "mean and standard deviation: ", "openai", "imagenet", "inception")
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
	c.bar = workbench.NewBar(os.Stderr)
	m.Counted = c.bar.Count
	return m, nil
}

// note tells the user what is no result and no error.
func note(notices []string) {
	for _, n := range notices {
		fmt.Fprintln(os.Stderr, "note:", n)
	}
}
