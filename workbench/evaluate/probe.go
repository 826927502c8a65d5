package evaluate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/gomlx/compute"
	"gonum.org/v1/gonum/optimize"
)

// ProbeOptions are those of a linear probe.
type ProbeOptions struct {
	C             float64 // inverse strength of the L2 penalty, as scikit-learn has it
	MaxIterations int     // of L-BFGS
}

// OpenAIProbe are the options of the example in OpenAI's repository.
var OpenAIProbe = ProbeOptions{C: 0.316, MaxIterations: 1000}

// Probe is a linear classifier on frozen features: the multinomial logistic regression by which Radford et al. 2021, §3.2,
// judge an image tower. It minimises the mean cross-entropy plus ‖weights‖² / (2·C·samples); the biases are free.
type Probe struct {
	Weights    Embeddings // [classes][dim]
	Biases     []float32  // [classes]
	Iterations int
}

// FitProbe learns to tell the classes of features from one another; labels[i] is the class of row i, below classes. It
// starts from zero and takes the rows in their order, so the result is a function of its arguments.
func FitProbe(ctx context.Context, backend compute.Backend, features Embeddings, labels []int, classes int, o ProbeOptions) (*Probe, error) {
	if len(features) == 0 || len(features) != len(labels) {
		return nil, fmt.Errorf("linear probe: %d rows and %d labels; it needs one for each", len(features), len(labels))
	}
	for i, label := range labels {
		if label < 0 || label >= classes {
			return nil, fmt.Errorf("linear probe: row %d belongs to class %d of %d", i, label, classes)
		}
	}
	objective, err := newProbeObjective(backend, features, labels, classes, o.C)
	if err != nil {
		return nil, fmt.Errorf("linear probe: %w", err)
	}
	result, err := objective.minimize(ctx, o.MaxIterations)
	if err != nil {
		return nil, fmt.Errorf("linear probe: %w", err)
	}
	return objective.probe(result), nil
}

// minimize runs L-BFGS from zero until no slope is left.
func (p *probeObjective) minimize(ctx context.Context, iterations int) (*optimize.Result, error) {
	problem := optimize.Problem{
		Func: func(at []float64) float64 { return p.at(at).loss },
		Grad: func(gradient, at []float64) { copy(gradient, p.at(at).gradient) },
		Status: func() (optimize.Status, error) {
			if err := errors.Join(p.err, ctx.Err()); err != nil {
				return optimize.Failure, err
			}
			return optimize.NotTerminated, nil
		},
	}
	settings := &optimize.Settings{GradientThreshold: 1e-6, MajorIterations: iterations, Converger: &optimize.FunctionConverge{Relative: 1e-12, Iterations: 20}}
	result, err := optimize.Minimize(problem, make([]float64, p.size()), settings, &optimize.LBFGS{})
	if err := errors.Join(p.err, ctx.Err()); err != nil {
		return nil, err
	}
	if result == nil {
		return nil, err
	}
	return result, nil // what is left of err is a line search that rounding ends: the minimum is reached
}

// Test asks of each row of features for its class; answers[i] is that of row i.
func (p *Probe) Test(features Embeddings, answers []int) (Hits, error) {
	if len(features) != len(answers) {
		return Hits{}, fmt.Errorf("linear probe: %d rows and %d answers", len(features), len(answers))
	}
	ranks := make([]int, len(features))
	each(len(features), func(i int) {
		scores := make([]float32, len(p.Weights))
		for j, w := range p.Weights {
			scores[j] = dot(features[i], w) + p.Biases[j]
		}
		ranks[i] = rank(scores, answers[i:i+1])
	})
	return hitsOf(ranks, len(p.Weights)), nil
}

// HoldOut divides samples into those that a probe learns from and those that it is asked about: of each class a fifth is
// asked, one at least unless there is no other. Which ones is the same every time.
func HoldOut(labels []int) (train, test []int) {
	of := map[int][]int{}
	for i, label := range labels {
		of[label] = append(of[label], i)
	}
	asked := make([]bool, len(labels))
	for label, members := range of {
		n := max(1, len(members)/5)
		if len(members) < 2 {
			n = 0
		}
		for _, k := range rand.New(rand.NewPCG(0, uint64(label))).Perm(len(members))[:n] {
			asked[members[k]] = true
		}
	}
	for i, isAsked := range asked {
		if isAsked {
			test = append(test, i)
		} else {
			train = append(train, i)
		}
	}
	return train, test
}
