package evaluate

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"
)

// probeRows is how many rows of features are in one run of the program, which bounds its memory.
const probeRows = 4096

// probeObjective is what a linear probe minimises, in float64: a function of the weights [dim, classes] and behind them
// the biases [classes].
type probeObjective struct {
	exec         *graph.Exec
	parts        []probePart
	dim, classes int
	penalty      float64
	last         probeValue
	err          error // the first that a run came to
}

// probePart are rows that are run at once: features [probeRows, dim], their classes, and how much each counts.
type probePart struct{ features, labels, shares *tensors.Tensor }

// probeValue is the objective at a place.
type probeValue struct {
	place    []float64
	loss     float64
	gradient []float64
}

func newProbeObjective(backend compute.Backend, features Embeddings, labels []int, classes int, c float64) (*probeObjective, error) {
	if c <= 0 {
		return nil, fmt.Errorf("the inverse of its penalty is C=%g, and that is above 0", c)
	}
	p := &probeObjective{dim: len(features[0]), classes: classes, penalty: 1 / (c * float64(len(features)))}
	for start := 0; start < len(features); start += probeRows {
		end := min(start+probeRows, len(features))
		p.parts = append(p.parts, newProbePart(features[start:end], labels[start:end], len(features)))
	}
	var err error
	p.exec, err = graph.NewExec(backend, probeLoss)
	return p, err
}

// newProbePart fills up to probeRows with rows that count nothing, so that one program serves all; few rows of samples
// stay few.
func newProbePart(features Embeddings, labels []int, samples int) probePart {
	rows, dim := len(features), len(features[0])
	if samples > probeRows {
		rows = probeRows
	}
	x, y, share := make([]float64, rows*dim), make([]int32, rows), make([]float64, rows)
	for i, row := range features {
		for k, v := range row {
			x[i*dim+k] = float64(v)
		}
		y[i], share[i] = int32(labels[i]), 1/float64(samples)
	}
	return probePart{
		features: tensors.FromFlatDataAndDimensions(x, rows, dim),
		labels:   tensors.FromFlatDataAndDimensions(y, rows),
		shares:   tensors.FromFlatDataAndDimensions(share, rows),
	}
}

// probeLoss is the cross-entropy of rows of features, each counted by its share, and its gradient by weights and biases.
func probeLoss(features, labels, shares, weights, biases *graph.Node) []*graph.Node {
	logits := graph.DotGeneral(features, []int{1}, nil, weights, []int{0}, nil)
	logits = graph.Add(logits, graph.ExpandAxes(biases, 0))
	truth := graph.OneHot(labels, weights.Shape().Dim(1), dtypes.Float64)
	likelihood := graph.ReduceSum(graph.Mul(truth, graph.LogSoftmax(logits, -1)), -1)
	loss := graph.Neg(graph.ReduceAllSum(graph.Mul(shares, likelihood)))
	return append([]*graph.Node{loss}, graph.Gradient(loss, weights, biases)...)
}

func (p *probeObjective) size() int { return (p.dim + 1) * p.classes }

// at is the objective at a place; the last one is remembered, for value and gradient are asked for one after the other.
func (p *probeObjective) at(place []float64) probeValue {
	if !slices.Equal(place, p.last.place) && p.err == nil {
		p.last, p.err = p.compute(place)
	}
	return p.last
}

func (p *probeObjective) compute(place []float64) (probeValue, error) {
	weights := place[:p.dim*p.classes]
	value := probeValue{place: slices.Clone(place), gradient: make([]float64, len(place))}
	w, b := tensors.FromFlatDataAndDimensions(weights, p.dim, p.classes), tensors.FromFlatDataAndDimensions(place[len(weights):], p.classes)
	for _, part := range p.parts {
		out, err := p.exec.Call(part.features, part.labels, part.shares, w, b)
		if err != nil {
			return value, err
		}
		value.loss += tensors.ToScalar[float64](out[0])
		floats.Add(value.gradient[:len(weights)], tensors.MustCopyFlatData[float64](out[1]))
		floats.Add(value.gradient[len(weights):], tensors.MustCopyFlatData[float64](out[2]))
	}
	value.loss += p.penalty / 2 * floats.Dot(weights, weights)
	floats.AddScaled(value.gradient[:len(weights)], p.penalty, weights)
	return value, nil
}

// probe is the classifier at the minimum.
func (p *probeObjective) probe(result *optimize.Result) *Probe {
	probe := &Probe{Weights: make(Embeddings, p.classes), Biases: make([]float32, p.classes), Iterations: result.MajorIterations}
	for j := range probe.Weights {
		probe.Weights[j] = make([]float32, p.dim)
		for k := range probe.Weights[j] {
			probe.Weights[j][k] = float32(result.X[k*p.classes+j])
		}
		probe.Biases[j] = float32(result.X[p.dim*p.classes+j])
	}
	return probe
}
