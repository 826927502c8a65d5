package workbench

import (
	"context"
	"fmt"
	"slices"

	"clipbench/data"
	"clipbench/workbench/evaluate"
)

// ZeroShot asks of every image of a source which of the source's distinct captions it shows. The prompts, with %s for a
// caption, are averaged; none means the caption alone. Radford et al. 2021, §3.1.4.
func (m *Model) ZeroShot(ctx context.Context, source data.Source, prompts ...string) (evaluate.Hits, error) {
	pairs, err := m.EmbedImages(ctx, source)
	if err != nil {
		return evaluate.Hits{}, err
	}
	labels, answers := labelsOf(pairs.Captions)
	classes, err := m.EmbedClasses(ctx, labels, prompts...)
	if err != nil {
		return evaluate.Hits{}, err
	}
	return evaluate.ZeroShot(pairs.Images, classes, answers)
}

// labelsOf are the distinct captions, sorted, and for each caption its place among them.
func labelsOf(captions []string) (labels []string, answers []int) {
	labels = slices.Compact(slices.Sorted(slices.Values(captions)))
	answers = make([]int, len(captions))
	for i, caption := range captions {
		answers[i], _ = slices.BinarySearch(labels, caption)
	}
	return labels, answers
}

// EmbedClasses embeds each label in all prompts and averages: L2-normalised [labels][output_dim].
func (m *Model) EmbedClasses(ctx context.Context, labels []string, prompts ...string) (evaluate.Embeddings, error) {
	if len(prompts) == 0 {
		return m.EmbedTexts(ctx, labels)
	}
	var texts []string
	for _, label := range labels {
		for _, prompt := range prompts {
			texts = append(texts, fmt.Sprintf(prompt, label))
		}
	}
	all, err := m.EmbedTexts(ctx, texts)
	if err != nil {
		return nil, err
	}
	classes := make(evaluate.Embeddings, len(labels))
	for i := range classes {
		classes[i] = evaluate.Mean(all[i*len(prompts) : (i+1)*len(prompts)])
	}
	return classes, nil
}

// Retrieval asks of every image of a source for its caption among all captions, and the other way round.
func (m *Model) Retrieval(ctx context.Context, source data.Source) (evaluate.Recall, error) {
	pairs, err := m.EmbedImages(ctx, source)
	if err != nil {
		return evaluate.Recall{}, err
	}
	texts, err := m.EmbedTexts(ctx, pairs.Captions)
	if err != nil {
		return evaluate.Recall{}, err
	}
	return evaluate.Retrieval(pairs.Images, texts, captionNumbers(pairs.Captions))
}

// captionNumbers numbers captions so that equal ones have equal numbers.
func captionNumbers(captions []string) []int32 {
	numbers, known := make([]int32, len(captions)), map[string]int32{}
	for i, c := range captions {
		if _, ok := known[c]; !ok {
			known[c] = int32(len(known))
		}
		numbers[i] = known[c]
	}
	return numbers
}
