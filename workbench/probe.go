package workbench

import (
	"context"
	"errors"
	"slices"

	"clipbench/data"
	"clipbench/workbench/evaluate"
)

// Probed is what a linear probe came to.
type Probed struct {
	evaluate.Hits
	Train      int     `json:"train"` // pictures that the probe learned from
	C          float64 `json:"c"`
	Iterations int     `json:"iterations"`
}

// LinearProbe asks which caption a picture has, of a logistic regression on the image tower's features before they are
// normalised. It learns from train and is asked about test; when train is nil, a fifth of test's pictures is held out to
// be asked. Radford et al. 2021, §3.2; OpenAI's repository, "Linear-probe evaluation".
func (m *Model) LinearProbe(ctx context.Context, train, test data.Source, o evaluate.ProbeOptions) (Probed, error) {
	asked, err := m.features(ctx, test)
	if err != nil {
		return Probed{}, err
	}
	var learned Pairs
	if train == nil {
		learned, asked, err = heldOut(asked)
	} else {
		learned, err = m.features(ctx, train)
	}
	if err != nil {
		return Probed{}, err
	}
	labels, numbers := labelsOf(slices.Concat(learned.Captions, asked.Captions))
	answers := numbers[len(learned.Captions):]
	probe, err := evaluate.FitProbe(ctx, m.Device.Backend, learned.Images, numbers[:len(learned.Captions)], len(labels), o)
	if err != nil {
		return Probed{}, err
	}
	hits, err := probe.Test(asked.Images, answers)
	return Probed{Hits: hits, Train: len(learned.Images), C: o.C, Iterations: probe.Iterations}, err
}

// heldOut divides pairs for a linear probe.
func heldOut(all Pairs) (learned, asked Pairs, err error) {
	_, numbers := labelsOf(all.Captions)
	train, test := evaluate.HoldOut(numbers)
	if len(test) == 0 {
		return learned, asked, errors.New("no caption is there twice, so none can be learned and asked; name other pictures of them with --train")
	}
	pick := func(places []int) (p Pairs) {
		for _, i := range places {
			p.Images, p.Captions = append(p.Images, all.Images[i]), append(p.Captions, all.Captions[i])
		}
		return p
	}
	return pick(train), pick(test), nil
}
