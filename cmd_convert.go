package main

import (
	"context"
	"fmt"
	"io"

	"clipbench/workbench"
	"clipbench/workbench/checkpoint"

	"github.com/spf13/cobra"
)

// converted is what convert prints.
type converted struct {
	Path       string            `json:"path"`
	From       checkpoint.Format `json:"from"`
	To         checkpoint.Format `json:"to"`
	Parameters int               `json:"params"`
	Notices    []string          `json:"notices"`
}

func (c *command) convert() *cobra.Command {
	var to string
	formats := []string{string(checkpoint.Native), string(checkpoint.OpenCLIP), string(checkpoint.HuggingFace)}
	cmd := c.verb("convert IN OUT", "write a model in another project's files, or in our own", cobra.ExactArgs(2), func(_ context.Context, args []string) error {
		if to == "" {
			return c.wrongUse("--to is missing: %s", list(formats))
		}
		m, err := workbench.ReadModel(args[0], c.options())
		if err != nil {
			return err
		}
		if m.Config.Model.Tokenizer.Type == "" {
			m.Notices = append(m.Notices, m.Path+": it names no tokenizer, and neither will "+args[1]+"; --tokenizer clip, or a file, records one")
		}
		note(m.Notices)
		if err := checkpoint.Export(args[1], checkpoint.Format(to), m); err != nil {
			return err
		}
		done := converted{Path: args[1], From: m.Format, To: checkpoint.Format(to), Notices: append([]string{}, m.Notices...)}
		for _, w := range m.Weights {
			done.Parameters += w.Size()
		}
		return c.print(done, func(w io.Writer) {
			fmt.Fprintf(w, "%s: %d parameters, from %s to %s\n", done.Path, done.Parameters, done.From, done.To)
		})
	})
	choose(cmd.Flags(), &to, "to", "", formats...)
	cmd.Flags().BoolVar(&c.files.Original, "original", false, "of a run that keeps their moving average: the weights themselves")
	c.modelFlags(cmd)
	return cmd
}
