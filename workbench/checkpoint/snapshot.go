package checkpoint

import (
	"fmt"

	"clipbench/workbench/checkpoint/tensorfile"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Snapshot is a training state in host memory, and what one must know to go on from it.
type Snapshot struct {
	Meta                                    // the caller's; Version, Written, Files and Checksum are filled in when it is written
	Tensors    map[string]tensorfile.Tensor // by path in the store
	Config     []byte                       // config.yaml
	Vocabulary []byte                       // the content of Meta.Tokenizer.File, if there is one
}

// Capture copies every variable of a store off its device. The store may go on changing while the snapshot is written.
func Capture(store *model.Store) (Snapshot, error) {
	s := Snapshot{Tensors: make(map[string]tensorfile.Tensor, store.NumVariables())}
	for v := range store.IterVariables() {
		value, err := v.Value()
		if err != nil {
			return Snapshot{}, fmt.Errorf("state %s: %w", v.Path(), err)
		}
		data, err := hostCopy(value)
		if err != nil {
			return Snapshot{}, fmt.Errorf("state %s: %w", v.Path(), err)
		}
		s.Tensors[v.Path()] = tensorfile.New(value.DType(), value.Shape().Dimensions, data)
	}
	return s, nil
}

// hostCopy is a copy of a tensor's bytes. What lies on a device comes straight into it, and leaves no second copy behind
// in the tensor.
func hostCopy(t *tensors.Tensor) ([]byte, error) {
	if !t.HasLocal() && !t.IsShared() && t.IsOnAnyDevice() {
		return deviceCopy(t)
	}
	data := make([]byte, t.ByteSize())
	err := t.ConstBytes(func(from []byte) { copy(data, from) })
	return data, err
}

func deviceCopy(t *tensors.Tensor) ([]byte, error) {
	backend, err := t.Backend()
	if err != nil {
		return nil, err
	}
	device, err := t.Device()
	if err != nil {
		return nil, err
	}
	buffer, err := t.Buffer(backend, device)
	if err != nil {
		return nil, err
	}
	flat := dtypes.MakeAnySlice(t.DType(), t.Size())
	if err := buffer.ToFlatData(flat); err != nil {
		return nil, err
	}
	return dtypes.UnsafeByteSliceFromAny(flat), nil
}
