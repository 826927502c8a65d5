package workbench

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"clipbench/data"
	"clipbench/workbench/evaluate"
	"clipbench/workbench/plot"
)

// Predictions are a model's answers to which class each picture of a source shows.
type Predictions struct {
	Classes Classes
	Truth   []int       // [pictures] the class of each
	Cosines [][]float32 // [pictures][classes]
	Scale   float64     // of cosines before the softmax: exp(logit_scale), unless calibrated

	source data.Source
	keys   []string
}

// Predict asks of every picture of a source which of the classes it shows. Its caption is the label of the right one.
func (m *Model) Predict(ctx context.Context, source data.Source, classes Classes) (Predictions, error) {
	texts, err := m.EmbedDescriptions(ctx, classes)
	if err != nil {
		return Predictions{}, err
	}
	pairs, err := m.EmbedImages(ctx, source)
	if err != nil {
		return Predictions{}, err
	}
	p := Predictions{Classes: classes, Cosines: evaluate.Scores(pairs.Images, texts), source: source, keys: pairs.Keys}
	for i, caption := range pairs.Captions {
		class := slices.Index(classes.Labels, caption)
		if class < 0 {
			return Predictions{}, fmt.Errorf("%s: sample %q shows %q, which is none of the %d classes", source.Name(), pairs.Keys[i], caption, len(classes.Labels))
		}
		p.Truth = append(p.Truth, class)
	}
	p.Scale, err = m.LogitScale()
	return p, err
}

// Hits are the shares of pictures whose class is among the first 1, 5 and 10.
func (p Predictions) Hits() (evaluate.Hits, error) { return evaluate.HitsOf(p.Cosines, p.Truth) }

// Probabilities are those of the classes for each picture: [pictures][classes].
func (p Predictions) Probabilities() [][]float64 { return evaluate.Softmax(p.Cosines, p.Scale) }

// answers are the most probable class of each picture, how probable it is, and whether it is right.
func (p Predictions) answers() (class []int, confidence []float64, correct []bool) {
	for i, row := range p.Probabilities() {
		best := slices.Index(row, slices.Max(row))
		class, confidence, correct = append(class, best), append(confidence, row[best]), append(correct, best == p.Truth[i])
	}
	return class, confidence, correct
}

// LogLoss is the mean of −ln p(right class), in nats.
func (p Predictions) LogLoss() float64 { return evaluate.LogLoss(p.Cosines, p.Truth, p.Scale) }

// CalibrationError is the expected calibration error over 15 bins of confidence.
func (p Predictions) CalibrationError() (float64, error) {
	_, confidence, correct := p.answers()
	return evaluate.CalibrationError(confidence, correct, 15)
}

// FitScale is the logit scale at which these answers would have the least LogLoss: temperature scaling. Fit it on
// pictures that nothing else is measured on.
func (p Predictions) FitScale() float64 { return evaluate.FitScale(p.Cosines, p.Truth) }

// AtScale are the same answers, as sure as another logit scale makes them.
func (p Predictions) AtScale(scale float64) Predictions {
	p.Scale = scale
	return p
}

// Reliability shows how far the answers' confidence can be believed.
func (p Predictions) Reliability() plot.Reliability {
	_, confidence, correct := p.answers()
	return plot.Reliability{Confidence: confidence, Correct: correct, Title: fmt.Sprintf("Reliability at a logit scale of %.1f", p.Scale)}
}

// Confusion shows how often each class was taken for each other. With groups, of labels, it counts groups; without, labels.
func (p Predictions) Confusion(groups map[string]string) plot.Confusion {
	group := func(class int) string {
		if label := p.Classes.Labels[class]; groups == nil {
			return label
		} else {
			return groups[label]
		}
	}
	var names []string
	for class := range p.Classes.Labels {
		names = append(names, group(class))
	}
	slices.Sort(names)
	names = slices.Compact(names)
	counts := make([][]float64, len(names))
	for i := range counts {
		counts[i] = make([]float64, len(names))
	}
	answers, _, _ := p.answers()
	for i, answer := range answers {
		counts[sort.SearchStrings(names, group(p.Truth[i]))][sort.SearchStrings(names, group(answer))]++
	}
	return plot.Confusion{Counts: counts, Labels: names, Title: "What is taken for what"}
}

// Mistakes shows the n wrong answers that the model was surest of, with their pictures and the k most probable classes.
func (p Predictions) Mistakes(n, k int) (plot.Nearest, error) {
	_, confidence, correct := p.answers()
	var wrong []int
	for _, i := range evaluate.Nearest(confidence, len(confidence)) {
		if !correct[i] && len(wrong) < n {
			wrong = append(wrong, i)
		}
	}
	pictures, err := picturesOf(p.source, p.keys)
	if err != nil {
		return plot.Nearest{}, err
	}
	drawn := plot.Nearest{Title: fmt.Sprintf("The %d surest mistakes of %d answers", len(wrong), len(correct)), Note: "right class in green where it is among the first"}
	for _, i := range wrong {
		drawn.Items = append(drawn.Items, plot.NearestItem{
			Image: pictures[i], Truth: p.Classes.Labels[p.Truth[i]],
			Captions: mostProbable(p.Classes.Labels, evaluate.Softmax(p.Cosines[i:i+1], p.Scale)[0], p.Truth[i], k),
		})
	}
	return drawn, nil
}

// mostProbable are the k most probable labels.
func mostProbable(labels []string, probabilities []float64, right, k int) []plot.Candidate {
	var best []plot.Candidate
	for _, j := range evaluate.Nearest(probabilities, k) {
		best = append(best, plot.Candidate{Text: labels[j], Probability: probabilities[j], Right: j == right})
	}
	return best
}
