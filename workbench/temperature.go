package workbench

import (
	"context"
	"fmt"
	"math"
	"slices"

	"clipbench/data"
	"clipbench/workbench/evaluate"
	"clipbench/workbench/plot"
)

// Temperature is what the logit scale, one over the temperature, does to the pairs of a source while the embeddings stay.
type Temperature struct {
	Learned float64 // the model's own scale
	Best    float64 // the scale of the least loss

	Scales     []float64
	Loss       []float64 // contrastive loss in nats, all pairs as one batch
	Confidence []float64 // mean probability of the caption that was chosen
	Right      []float64 // mean probability of the caption that is right
}

// Temperature tries logit scales from 1 to 1,000 on the pairs of a source.
func (m *Model) Temperature(ctx context.Context, source data.Source) (t Temperature, err error) {
	pairs, err := m.EmbedImages(ctx, source)
	if err != nil {
		return t, err
	}
	texts, err := m.EmbedTexts(ctx, pairs.Captions)
	if err != nil {
		return t, err
	}
	if t.Learned, err = m.LogitScale(); err != nil {
		return t, err
	}
	scores := evaluate.Scores(pairs.Images, texts)
	const perDecade = 12
	for i := range 3*perDecade + 1 {
		if err := t.try(math.Pow(10, float64(i)/perDecade), scores); err != nil {
			return t, err
		}
	}
	t.Best = t.Scales[slices.Index(t.Loss, slices.Min(t.Loss))]
	return t, nil
}

// try adds one scale. scores is [pictures][captions].
func (t *Temperature) try(scale float64, scores [][]float32) error {
	loss, err := evaluate.ContrastiveLoss(scores, scale)
	if err != nil {
		return err
	}
	var confidence, right float64
	for i, row := range evaluate.Softmax(scores, scale) {
		confidence += slices.Max(row)
		right += row[i]
	}
	n := float64(len(scores))
	t.Scales, t.Loss = append(t.Scales, scale), append(t.Loss, loss)
	t.Confidence, t.Right = append(t.Confidence, confidence/n), append(t.Right, right/n)
	return nil
}

// Curves are the loss and the probabilities over the logit scale, to be drawn.
func (t Temperature) Curves() plot.Curves {
	return plot.Curves{
		Title: "What the logit scale does", XLabel: "logit scale (1 / temperature)", LogX: true,
		Note:  fmt.Sprintf("least loss at %.1f; the model learned %.1f", t.Best, t.Learned),
		Marks: []plot.Mark{{Name: "learned", X: t.Learned}},
		Panels: []plot.Panel{
			{Title: "contrastive loss (nats)", LogY: true, Series: []plot.Series{{X: t.Scales, Y: t.Loss}}},
			{Title: "mean probability", Series: []plot.Series{
				{Name: "of the chosen caption", X: t.Scales, Y: t.Confidence}, {Name: "of the right caption", X: t.Scales, Y: t.Right},
			}},
		},
	}
}

// AtScale is a matrix of cosines as a softmax makes probabilities of it: each row sums to one.
func AtScale(s plot.Similarity, scale float64) plot.Similarity {
	values := make([][]float64, len(s.Values))
	for i, row := range s.Values {
		cosines := make([]float32, len(row))
		for j, v := range row {
			cosines[j] = float32(v)
		}
		values[i] = evaluate.Softmax([][]float32{cosines}, scale)[0]
	}
	s.Values, s.Legend, s.Min, s.Max = values, "probability of the caption", 0, 1
	s.Title = fmt.Sprintf("Probabilities at a logit scale of %.1f", scale)
	return s
}
