package checkpoint

import (
	"fmt"
	"slices"

	"clipbench/workbench/checkpoint/tensorfile"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Restore sets every variable of a store to its value in the checkpoint. The two must hold the same paths with the same
// types and shapes; if they do not, an error names those that differ and the store is as it was. Which variables are
// trainable, and how they lie on a mesh, stays as the store has it.
func (s *Saved) Restore(store *model.Store) error {
	if err := s.fits(store); err != nil {
		return fmt.Errorf("%s: %w", s.Path, err)
	}
	values := make(map[string]*tensors.Tensor, len(s.Tensors))
	for path, t := range s.Tensors {
		value, err := load(t)
		if err != nil {
			return fmt.Errorf("%s: tensor %s: %w", s.Path, path, err)
		}
		values[path] = value
	}
	for v := range store.IterVariables() {
		if err := v.SetValue(values[v.Path()]); err != nil {
			return fmt.Errorf("%s: tensor %s: %w", s.Path, v.Path(), err)
		}
	}
	return nil
}

// fits compares the store's paths, types and shapes with the checkpoint's.
func (s *Saved) fits(store *model.Store) error {
	want := map[string]string{}
	for v := range store.IterVariables() {
		want[v.Path()] = tensorfile.Shape(v.DType(), v.Shape().Dimensions)
	}
	have := map[string]string{}
	for path, t := range s.Tensors {
		have[path] = t.Shape()
	}
	return compare(want, have)
}

// compare tells how the shapes that a file has differ from those wanted: nil when they are the same.
func compare(want, have map[string]string) error {
	var missing, extra, differ []string
	for path, shape := range want {
		switch found, ok := have[path]; {
		case !ok:
			missing = append(missing, path+" "+shape)
		case found != shape:
			differ = append(differ, fmt.Sprintf("%s is %s, and %s is wanted", path, found, shape))
		}
	}
	for path, shape := range have {
		if _, ok := want[path]; !ok {
			extra = append(extra, path+" "+shape)
		}
	}
	switch {
	case len(differ) > 0:
		return fmt.Errorf("tensor %s", few(differ))
	case len(missing) > 0:
		return fmt.Errorf("it lacks tensor %s", few(missing))
	case len(extra) > 0:
		return fmt.Errorf("it holds tensor %s, for which there is no place", few(extra))
	}
	return nil
}

// few names the first of many, in order.
func few(names []string) string {
	slices.Sort(names)
	if len(names) == 1 {
		return names[0]
	}
	return fmt.Sprintf("%s (and %d more)", names[0], len(names)-1)
}

// load reads a tensor into host memory of its own.
func load(t tensorfile.Tensor) (value *tensors.Tensor, err error) {
	value = tensors.FromShape(shapes.Make(t.DType, t.Dims...))
	accessErr := value.MutableBytes(func(data []byte) { err = t.Read(data) })
	if err == nil {
		err = accessErr
	}
	return value, err
}
