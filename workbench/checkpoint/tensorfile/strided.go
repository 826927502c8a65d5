package tensorfile

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"sync"
)

// view is the tensor that starts at value offset of a storage and steps through it by strides.
func (s *storage) view(offset int64, dims, strides []int64) (Tensor, error) {
	t := Tensor{DType: s.dtype, Dims: make([]int, len(dims))}
	for i, d := range dims {
		t.Dims[i] = int(d)
	}
	size, ok := byteSize(s.dtype, dims)
	last, inside := lastIndex(offset, dims, strides)
	if !ok || offset < 0 || !inside || size > 0 && last >= s.count || size == 0 && offset > s.count {
		return Tensor{}, fmt.Errorf("the pickle has a tensor %s at %d by %v in a storage of %d values", t.Shape(), offset, strides, s.count)
	}
	width := int64(s.dtype.Size())
	if contiguous(dims, strides) {
		t.Data = io.NewSectionReader(s.data, offset*width, size)
		return t, nil
	}
	if size > s.count*width {
		return Tensor{}, fmt.Errorf("the pickle has a tensor %s that repeats the values of a smaller storage", t.Shape())
	}
	t.Data = &strided{storage: s, offset: offset, dims: dims, strides: strides, size: size}
	return t, nil
}

// lastIndex is the highest value that a view reaches; false when a stride is negative or it does not fit.
func lastIndex(offset int64, dims, strides []int64) (int64, bool) {
	last := offset
	for i, d := range dims {
		if d <= 0 {
			continue
		}
		if strides[i] < 0 || strides[i] > 0 && d-1 > (math.MaxInt64-last)/strides[i] {
			return 0, false
		}
		last += (d - 1) * strides[i]
	}
	return last, true
}

// contiguous tells a view whose values lie row by row.
func contiguous(dims, strides []int64) bool {
	step := int64(1)
	for i := len(dims) - 1; i >= 0; i-- {
		if dims[i] != 1 && strides[i] != step {
			return false
		}
		step *= dims[i]
	}
	return true
}

// strided lays a view's values row by row when they are first read.
type strided struct {
	storage       *storage
	offset        int64
	dims, strides []int64
	size          int64

	once   sync.Once
	values *bytes.Reader
	err    error
}

// ReadAt reads the values row by row.
func (v *strided) ReadAt(dst []byte, at int64) (int, error) {
	v.once.Do(v.gather)
	if v.err != nil {
		return 0, v.err
	}
	return v.values.ReadAt(dst, at)
}

func (v *strided) gather() {
	width := v.storage.dtype.Size()
	from := make([]byte, v.storage.count*int64(width))
	if _, err := v.storage.data.ReadAt(from, 0); err != nil && err != io.EOF {
		v.err = err
		return
	}
	to := make([]byte, 0, v.size)
	index := make([]int64, len(v.dims))
	for int64(len(to)) < v.size {
		at := v.offset
		for i, k := range index {
			at += k * v.strides[i]
		}
		to = append(to, from[at*int64(width):(at+1)*int64(width)]...)
		for i := len(index) - 1; i >= 0; i-- {
			if index[i]++; index[i] < v.dims[i] {
				break
			}
			index[i] = 0
		}
	}
	v.values = bytes.NewReader(to)
}
