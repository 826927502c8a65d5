package train

import (
	"fmt"

	"clipbench/workbench/clip"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/dtypes/bfloat16"
	"github.com/gomlx/compute/dtypes/float16"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Weights reads the model's weights of a store inside a graph, as float32: the trained ones, or with EMAPath their moving
// average.
func Weights(g *graph.Graph, store *model.Store, prefix string) clip.Weights {
	return func(path string) *graph.Node {
		v := store.GetVariable(prefix + path)
		if v == nil {
			panic(fmt.Errorf("the state holds no tensor %s%s", prefix, path))
		}
		return graph.ConvertDType(v.NodeValue(g), dtypes.Float32)
	}
}

// Weight is a copy of a weight in float32, from where it is kept most exactly.
func Weight(store *model.Store, path string) (*tensors.Tensor, error) {
	v := store.GetVariable(MasterPath + path)
	if v == nil {
		v = store.GetVariable(WeightPath + path)
	}
	if v == nil {
		return nil, fmt.Errorf("the state holds no tensor %s%s", WeightPath, path)
	}
	value, err := v.Value()
	if err != nil {
		return nil, fmt.Errorf("tensor %s: %w", v.Path(), err)
	}
	if value.DType() == dtypes.Float32 {
		return value.LocalClone()
	}
	return single(value), nil
}

// SetWeight makes values, float32, the weight before the first step: the weight itself, the optimizer's copy of it and where
// its moving average starts.
func SetWeight(store *model.Store, path string, values *tensors.Tensor) error {
	if store.GetVariable(WeightPath+path) == nil {
		return fmt.Errorf("the state holds no tensor %s%s", WeightPath, path)
	}
	for _, prefix := range []string{WeightPath, MasterPath, EMAPath} {
		v := store.GetVariable(prefix + path)
		if v == nil {
			continue
		}
		if err := v.SetValue(converted(values, v.DType())); err != nil {
			return fmt.Errorf("tensor %s: %w", v.Path(), err)
		}
	}
	return nil
}

// converted is a copy of float32 values in another dtype of floating point.
func converted(values *tensors.Tensor, dtype dtypes.DType) *tensors.Tensor {
	flat, dims := tensors.MustCopyFlatData[float32](values), values.Shape().Dimensions
	switch dtype {
	case dtypes.BFloat16:
		return tensors.FromFlatDataAndDimensions(bfloat16.FromFloat32s(flat...), dims...)
	case dtypes.Float16:
		return tensors.FromFlatDataAndDimensions(float16.FromFloat32s(flat...), dims...)
	}
	return tensors.FromFlatDataAndDimensions(flat, dims...)
}

// single is a copy of values of half precision in float32.
func single(values *tensors.Tensor) *tensors.Tensor {
	flat := make([]float32, values.Shape().Size())
	switch values.DType() {
	case dtypes.BFloat16:
		for i, v := range tensors.MustCopyFlatData[bfloat16.BFloat16](values) {
			flat[i] = v.Float32()
		}
	case dtypes.Float16:
		for i, v := range tensors.MustCopyFlatData[float16.Float16](values) {
			flat[i] = v.Float32()
		}
	}
	return tensors.FromFlatDataAndDimensions(flat, values.Shape().Dimensions...)
}
