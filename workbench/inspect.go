package workbench

import (
	"math"

	"clipbench/workbench/checkpoint"
	"clipbench/workbench/clip"

	"github.com/gomlx/gomlx/core/tensors"
)

// Inspected is what a tensor of a model looks like from outside.
type Inspected struct {
	Path string
	Dims []int
	Mean float64
	RMS  float64 // root mean square
}

// Inspect looks at every tensor of a model, in the order of the model. Zeros, NaN or a size out of all proportion show here.
func Inspect(m *checkpoint.Model) []Inspected {
	var all []Inspected
	for _, t := range clip.New(&m.Config.Model, 0).Tensors() {
		seen := Inspected{Path: t.Path, Dims: t.Dims}
		values := tensors.MustCopyFlatData[float32](m.Weights[t.Path])
		for _, v := range values {
			seen.Mean += float64(v) / float64(len(values))
			seen.RMS += float64(v) * float64(v) / float64(len(values))
		}
		seen.RMS = math.Sqrt(seen.RMS)
		all = append(all, seen)
	}
	return all
}
