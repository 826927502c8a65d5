package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"clipbench/workbench"

	"github.com/spf13/cobra"
)

// searched is what search prints for each question.
type searched struct {
	Text    string            `json:"text,omitempty"`
	Image   string            `json:"image,omitempty"`
	Nearest []workbench.Found `json:"nearest"`
}

func (c *command) search() *cobra.Command {
	var source string
	var images, texts []string
	var count int
	cmd := c.verb("search CKPT|RUN", "find the pictures of a source that are nearest to a text or a picture", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		switch {
		case source == "":
			return c.wrongUse("--data is missing: emoji:unseen-style, shards, a folder or a table")
		case len(images)+len(texts) == 0:
			return c.wrongUse("nothing to search for: give --text TEXT or --image FILE")
		case count < 1:
			return c.wrongUse("--count %d: it is 1 or more", count)
		}
		questions, err := c.searchAll(ctx, args[0], source, images, texts, count)
		return c.result(err, questions, func(w io.Writer) {
			for _, q := range questions {
				fmt.Fprintln(w, q.Text+q.Image)
				for _, found := range q.Nearest {
					fmt.Fprintf(w, "  %.4f  %s  %s\n", found.Score, found.Key, found.Caption)
				}
			}
		})
	})
	inputFlags(cmd, &images, &texts)
	cmd.Flags().StringVar(&source, "data", "", "the pictures: emoji:SPLIT, tar shards, a folder, a csv, tsv or parquet file")
	cmd.Flags().IntVar(&count, "count", 10, "how many to find")
	c.modelFlags(cmd)
	return cmd
}

// searchAll answers the texts and then the pictures.
func (c *command) searchAll(ctx context.Context, path, spec string, images, texts []string, count int) ([]searched, error) {
	source, err := workbench.OpenSource(spec)
	if err != nil {
		return nil, err
	}
	m, err := c.openModel(path)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	asked, err := embedInputs(ctx, m, images, texts)
	if err != nil {
		return nil, err
	}
	answers, err := m.Find(ctx, source, slices.Concat(asked.Text, asked.Image), count)
	if err != nil {
		return nil, err
	}
	var questions []searched
	for i, answer := range answers {
		q := searched{Nearest: answer}
		if i < len(texts) {
			q.Text = texts[i]
		} else {
			q.Image = images[i-len(texts)]
		}
		questions = append(questions, q)
	}
	return questions, nil
}
