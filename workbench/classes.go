package workbench

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"clipbench/data"
	"clipbench/workbench/evaluate"
)

// Classes are what a picture may show. Each has a label and the texts that describe it; the mean of the texts' embeddings
// stands for the class. Radford et al. 2021, §3.1.4.
type Classes struct {
	Labels []string   // sorted
	Texts  [][]string // [labels], one or more of each
}

// ClassesOf are the distinct captions of a source, each described by itself. Broken samples have none.
func ClassesOf(source data.Source) Classes {
	var labels []string
	for i := range source.Len() {
		if s, err := source.Sample(i); err == nil {
			labels = append(labels, s.Captions[0])
		}
	}
	return Classes{Labels: slices.Compact(slices.Sorted(slices.Values(labels)))}.Prompted("%s")
}

// Prompted describes each class by its label in each of the prompts, which have %s for it: "a photo of a %s".
func (c Classes) Prompted(prompts ...string) Classes {
	texts := make([][]string, len(c.Labels))
	for i, label := range c.Labels {
		for _, prompt := range prompts {
			texts[i] = append(texts[i], fmt.Sprintf(prompt, label))
		}
	}
	return Classes{c.Labels, texts}
}

// Tagged adds, for each class, its label followed by each tag that the source knows for it.
func (c Classes) Tagged(source data.Source) Classes {
	tags := map[string][]string{}
	for i := range source.Len() {
		if s, err := source.Sample(i); err == nil {
			tags[s.Captions[0]] = s.Tags
		}
	}
	texts := make([][]string, len(c.Labels))
	for i, label := range c.Labels {
		texts[i] = slices.Clone(c.Texts[i])
		for _, tag := range tags[label] {
			texts[i] = append(texts[i], label+" "+tag)
		}
	}
	return Classes{c.Labels, texts}
}

// EmbedDescriptions embeds each class as the mean of its texts: L2-normalised [labels][output_dim].
func (m *Model) EmbedDescriptions(ctx context.Context, c Classes) (evaluate.Embeddings, error) {
	if len(c.Labels) == 0 {
		return nil, errors.New("no classes; name at least one")
	}
	all, err := m.EmbedTexts(ctx, slices.Concat(c.Texts...))
	if err != nil {
		return nil, err
	}
	means := make(evaluate.Embeddings, len(c.Labels))
	for i, texts := range c.Texts {
		means[i] = evaluate.Mean(all[:len(texts)])
		all = all[len(texts):]
	}
	return means, nil
}

// FieldOf is what a field of the samples' meta data, such as "group", says of each caption of a source.
func FieldOf(source data.Source, field string) map[string]string {
	values := map[string]string{}
	for i := range source.Len() {
		if s, err := source.Sample(i); err == nil && s.Meta[field] != nil {
			values[s.Captions[0]] = fmt.Sprint(s.Meta[field])
		}
	}
	return values
}
