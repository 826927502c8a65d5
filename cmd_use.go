package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"clipbench/data"
	"clipbench/workbench"
	"clipbench/workbench/evaluate"
	"clipbench/workbench/tokenizer"

	"github.com/spf13/cobra"
)

func (c *command) eval() *cobra.Command {
	var source, train string
	task, probe := "zeroshot", evaluate.OpenAIProbe
	var cmd *cobra.Command
	cmd = c.verb("eval CKPT|RUN", "evaluate a model on pairs", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		if source == "" {
			return c.wrongUse("--data is missing: emoji:unseen-style, shards, a folder or a table")
		}
		for _, name := range []string{"train", "c"} {
			if task != "linear" && cmd.Flags().Changed(name) {
				return c.wrongUse("--%s: it is for --task linear alone", name)
			}
		}
		if !(probe.C > 0) || math.IsInf(probe.C, 0) {
			return c.wrongUse("--c %g: it is a number above 0", probe.C)
		}
		m, err := c.openModel(args[0])
		if err != nil {
			return err
		}
		defer m.Close()
		pairs, err := workbench.OpenSource(source)
		if err != nil {
			return err
		}
		switch task {
		case "zeroshot":
			hits, err := m.ZeroShot(ctx, pairs)
			return c.result(err, hits, func(w io.Writer) { printHits(w, source, hits) })
		case "retrieval":
			recall, err := m.Retrieval(ctx, pairs)
			return c.result(err, recall, func(w io.Writer) {
				printHits(w, "image to text", recall.ImageToText)
				printHits(w, "text to image", recall.TextToImage)
			})
		case "linear":
			probed, err := c.linear(ctx, m, train, pairs, probe)
			return c.result(err, probed, func(w io.Writer) { printHits(w, source, probed.Hits) })
		}
		return nil
	})
	cmd.Flags().StringVar(&source, "data", "", "the pairs: emoji:SPLIT, tar shards, a folder, a csv, tsv or parquet file")
	choose(cmd.Flags(), &task, "task", "", "retrieval", "zeroshot", "linear")
	cmd.Flags().StringVar(&train, "train", "", "linear: the pairs to learn from (default: four fifths of --data)")
	cmd.Flags().Float64Var(&probe.C, "c", probe.C, "linear: inverse strength of the L2 penalty, as in scikit-learn")
	c.modelFlags(cmd)
	return cmd
}

func (c *command) linear(ctx context.Context, m *workbench.Model, train string, test data.Source, o evaluate.ProbeOptions) (workbench.Probed, error) {
	if train == "" {
		return m.LinearProbe(ctx, nil, test, o)
	}
	source, err := workbench.OpenSource(train)
	if err != nil {
		return workbench.Probed{}, err
	}
	return m.LinearProbe(ctx, source, test, o)
}

// result prints a result unless there is an error.
func (c *command) result(err error, result any, text func(io.Writer)) error {
	if err != nil {
		return err
	}
	return c.print(result, text)
}

func printHits(w io.Writer, what string, h evaluate.Hits) {
	fmt.Fprintf(w, "%-24s top-1 %.3f  top-5 %.3f  top-10 %.3f  mean rank %.1f  (%d questions, %d answers to choose from)\n", what, h.Top1, h.Top5, h.Top10, h.MeanRank, h.Queries, h.Candidates)
}

func (c *command) embed() *cobra.Command {
	var images, texts []string
	cmd := c.verb("embed CKPT|RUN", "embed pictures and texts", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		e, err := c.embedAll(ctx, args[0], images, texts)
		return c.result(err, e, func(w io.Writer) {
			for i, row := range e.Image {
				fmt.Fprintf(w, "%s\t%v\n", images[i], row)
			}
			for i, row := range e.Text {
				fmt.Fprintf(w, "%s\t%v\n", texts[i], row)
			}
		})
	})
	inputFlags(cmd, &images, &texts)
	c.modelFlags(cmd)
	return cmd
}

// embedded is what embed prints: L2-normalised rows.
type embedded struct {
	Image      evaluate.Embeddings `json:"image"`
	Text       evaluate.Embeddings `json:"text"`
	LogitScale float64             `json:"logit_scale"`
}

func (c *command) embedAll(ctx context.Context, path string, images, texts []string) (e embedded, err error) {
	if len(images)+len(texts) == 0 {
		return e, c.wrongUse("nothing to embed: give --image FILE or --text TEXT")
	}
	m, err := c.openModel(path)
	if err != nil {
		return e, err
	}
	defer m.Close()
	return embedInputs(ctx, m, images, texts)
}

// embedInputs embeds what the command line names, and refuses a model that makes no numbers of it.
func embedInputs(ctx context.Context, m *workbench.Model, images, texts []string) (e embedded, err error) {
	e = embedded{Image: evaluate.Embeddings{}, Text: evaluate.Embeddings{}}
	if e.LogitScale, err = m.LogitScale(); err != nil {
		return e, err
	}
	if len(images) > 0 {
		if e.Image, err = m.EmbedFiles(ctx, images); err != nil {
			return e, err
		}
	}
	if len(texts) > 0 {
		if e.Text, err = m.EmbedTexts(ctx, texts); err != nil {
			return e, err
		}
	}
	for i, row := range slices.Concat(e.Image, e.Text) {
		if !finite(row...) {
			return e, fmt.Errorf("%s: the model's features of it are not finite (NaN or infinity); use another checkpoint, or train with a lower rate", slices.Concat(images, texts)[i])
		}
	}
	if scale := e.LogitScale; !finite(float32(scale)) {
		return e, fmt.Errorf("logit_scale: exp of the model's is %g, not finite; use another checkpoint, or train with a lower rate", scale)
	}
	return e, nil
}

func finite(values ...float32) bool {
	return !slices.ContainsFunc(values, func(x float32) bool { return x-x != 0 }) // NaN of NaN and of infinity
}

// classified is what classify prints.
type classified struct {
	Labels        []string    `json:"labels"`
	Probabilities [][]float64 `json:"probs"` // [images][labels]
}

func (c *command) classify() *cobra.Command {
	var images, texts []string
	cmd := c.verb("classify CKPT|RUN", "say which text fits a picture best", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		if len(images) == 0 || len(texts) == 0 {
			return c.wrongUse("classify needs --image FILE and --text TEXT, each at least once")
		}
		e, err := c.embedAll(ctx, args[0], images, texts)
		if err != nil {
			return err
		}
		result := classified{Labels: texts, Probabilities: evaluate.Probabilities(e.Image, e.Text, e.LogitScale)}
		return c.print(result, func(w io.Writer) {
			for i, row := range result.Probabilities {
				fmt.Fprintln(w, images[i])
				for j, p := range row {
					fmt.Fprintf(w, "  %6.2f%%  %s\n", 100*p, texts[j])
				}
			}
		})
	})
	inputFlags(cmd, &images, &texts)
	c.modelFlags(cmd)
	return cmd
}

func inputFlags(cmd *cobra.Command, images, texts *[]string) {
	cmd.Flags().StringArrayVar(images, "image", nil, "a picture's file (may be given again)")
	cmd.Flags().StringArrayVar(texts, "text", nil, "a text (may be given again)")
}

func (c *command) tokenize() *cobra.Command {
	var name string
	length := 77
	cmd := c.verb("tokenize [TEXT…]", "encode texts; with none, one a line from standard input", cobra.ArbitraryArgs, func(ctx context.Context, args []string) error {
		t, err := tokenizer.Load(name)
		if err != nil {
			return err
		}
		if len(args) == 0 {
			lines := bufio.NewScanner(os.Stdin)
			lines.Buffer(nil, 64<<20)
			for lines.Scan() {
				args = append(args, lines.Text())
			}
			if err := lines.Err(); err != nil {
				return fmt.Errorf("standard input: %w", err)
			}
		}
		rows := make([][]int32, len(args))
		for i, text := range args {
			rows[i] = make([]int32, length)
			t.Encode(text, rows[i])
		}
		return c.print(rows, func(w io.Writer) {
			for _, row := range rows {
				fmt.Fprintln(w, row)
			}
		})
	})
	cmd.Flags().StringVar(&name, "tokenizer", "openai/clip-vit-large-patch14", "a name, a merges file or a tokenizer.json")
	cmd.Flags().Var((*contextLength)(&length), "context", "ids in a row")
	return cmd
}
