package checkpoint

import (
	"fmt"
	"runtime"
	"sync"

	"clipbench/workbench/checkpoint/tensorfile"
	"clipbench/workbench/clip"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"golang.org/x/sync/errgroup"
)

// read fills the weights from a file that names them its own way. Values go straight to their places; beyond the weights
// themselves there is never more in memory than the few tensors being turned around.
func (m *Model) read(file *tensorfile.File, names naming) error {
	list := m.clip().Tensors()
	if err := m.describes(file, list, names); err != nil {
		return fmt.Errorf("%s: %w", file.Path, err)
	}
	m.Weights = make(map[string]*tensors.Tensor, len(list))
	var scratch sync.Pool // *[]float32: what one tensor is read into before it is turned around
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, t := range list {
		weight := tensors.FromShape(shapes.Make(dtypes.Float32, t.Dims...))
		m.Weights[t.Path] = weight
		group.Go(func() error {
			for _, p := range names(&m.Config.Model, t) {
				if err := readPart(weight, p, file.Tensors[p.name], &scratch); err != nil {
					return fmt.Errorf("%s: tensor %s: %w", file.Path, p.name, err)
				}
			}
			return nil
		})
	}
	return group.Wait()
}

func readPart(weight *tensors.Tensor, p part, from tensorfile.Tensor, scratch *sync.Pool) error {
	var readErr error
	err := tensors.MutableFlatData(weight, func(ours []float32) {
		if p.layout == asIs {
			readErr = readFloats(from, ours[p.at*p.size():][:p.size()])
			return
		}
		values, _ := scratch.Get().(*[]float32)
		if values == nil || cap(*values) < p.size() {
			values = new([]float32)
			*values = make([]float32, p.size())
		}
		defer scratch.Put(values)
		if readErr = readFloats(from, (*values)[:p.size()]); readErr == nil {
			p.read(ours, (*values)[:p.size()])
		}
	})
	if readErr != nil {
		return readErr
	}
	return err
}

// describes compares the shapes that the configuration asks for with those in the file.
func (m *Model) describes(file *tensorfile.File, list []clip.Tensor, names naming) error {
	want, have := map[string]string{}, map[string]string{}
	for _, t := range list {
		for _, p := range names(&m.Config.Model, t) {
			want[p.name] = tensorfile.Dims(p.dims)
		}
	}
	for name, t := range file.Tensors {
		dims := t.Dims
		if len(dims) == 1 && dims[0] == 1 && want[name] == "[]" {
			dims = nil // open_clip's nonscalar_logit_scale
		}
		have[name] = tensorfile.Dims(dims)
	}
	return compare(want, have)
}
