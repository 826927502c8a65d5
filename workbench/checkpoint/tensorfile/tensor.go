// Package tensorfile reads and writes files of named tensors: safetensors both ways, and the archives of torch.save and
// torch.jit.save without running what is in them. Nothing in a file is believed before it is checked.
package tensorfile

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
)

// Tensor is a tensor's type, shape and where its values lie: little-endian, row by row.
type Tensor struct {
	DType dtypes.DType
	Dims  []int       // empty: a scalar
	Data  io.ReaderAt // Size bytes from 0
}

// New is a tensor in memory.
func New(dtype dtypes.DType, dims []int, data []byte) Tensor {
	return Tensor{DType: dtype, Dims: dims, Data: bytes.NewReader(data)}
}

// Size is the number of bytes.
func (t Tensor) Size() int64 {
	size := int64(t.DType.Size())
	for _, d := range t.Dims {
		size *= int64(d)
	}
	return size
}

// Shape is type and dimensions as messages show them, such as float32[512,768].
func (t Tensor) Shape() string { return Shape(t.DType, t.Dims) }

// Shape is type and dimensions as messages show them, such as float32[512,768].
func Shape(dtype dtypes.DType, dims []int) string { return lower(dtype) + Dims(dims) }

// Dims is dimensions as messages show them, such as [512,768]; a scalar's are [].
func Dims(dims []int) string { return strings.ReplaceAll(fmt.Sprint(dims), " ", ",") }

// Read fills dst, whose length is Size, with the tensor's bytes.
func (t Tensor) Read(dst []byte) error {
	if int64(len(dst)) != t.Size() {
		return fmt.Errorf("%s takes %d bytes, not %d", t.Shape(), t.Size(), len(dst))
	}
	if n, err := t.Data.ReadAt(dst, 0); n < len(dst) {
		return fmt.Errorf("%s: only %d of its %d bytes can be read: %w", t.Shape(), n, len(dst), err)
	}
	return nil
}

// File is an open file of tensors. Its tensors are read from it on demand, so it stays open as long as they are used.
type File struct {
	Path     string
	Tensors  map[string]Tensor
	Metadata map[string]string // of a safetensors file: free texts
	closer   io.Closer
}

// Names are the tensors' names, sorted.
func (f *File) Names() []string { return slices.Sorted(maps.Keys(f.Tensors)) }

// Close closes the file.
func (f *File) Close() error { return f.closer.Close() }

// openSized opens a file for reading and tells its size.
func openSized(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s: not a regular file", path)
	}
	if err != nil {
		_ = f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// byteSize is the bytes of a shape; false when it is negative or does not fit.
func byteSize(dtype dtypes.DType, dims []int64) (int64, bool) {
	size := int64(dtype.Size())
	for _, d := range dims {
		if d < 0 || d > math.MaxInt32 || d > 0 && size > math.MaxInt64/d {
			return 0, false
		}
		size *= d
	}
	return size, true
}
