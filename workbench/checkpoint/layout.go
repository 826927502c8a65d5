package checkpoint

import (
	"fmt"
	"unsafe"

	"clipbench/workbench/checkpoint/tensorfile"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/dtypes/bfloat16"
	"github.com/gomlx/compute/dtypes/float16"
)

// layout is how a tensor lies in another project's file, next to ours.
type layout int

const (
	asIs       layout = iota // the same values in the same order
	transposed               // PyTorch's Linear: [out, in], ours [in, out]
	patches                  // PyTorch's Conv2d: [width, channel, row, column], ours [row·column·channel, width]
)

// part is a tensor of a file that is one of ours, or one of several that lie side by side in ours: query, key and value.
type part struct {
	name   string
	dims   []int // in the file
	layout layout
	at, of int // this is part at of of
}

// size is the number of values.
func (p part) size() int {
	n := 1
	for _, d := range p.dims {
		n *= d
	}
	return n
}

// read copies the file's values src to their places in ours.
func (p part) read(ours, src []float32) {
	switch p.layout {
	case asIs:
		copy(ours[p.at*p.size():], src)
	case transposed:
		out, in := p.dims[0], p.dims[1]
		transpose(ours[p.at*out:], p.of*out, src, in, out, in)
	case patches:
		width, channels, area := p.dims[0], p.dims[1], p.dims[2]*p.dims[3]
		for c := range channels {
			transpose(ours[c*width:], channels*width, src[c*area:], channels*area, width, area)
		}
	}
}

// write is the inverse of read.
func (p part) write(dst, ours []float32) {
	switch p.layout {
	case asIs:
		copy(dst, ours[p.at*p.size():])
	case transposed:
		out, in := p.dims[0], p.dims[1]
		transpose(dst, in, ours[p.at*out:], p.of*out, in, out)
	case patches:
		width, channels, area := p.dims[0], p.dims[1], p.dims[2]*p.dims[3]
		for c := range channels {
			transpose(dst[c*area:], channels*area, ours[c*width:], channels*width, area, width)
		}
	}
}

// transpose writes the rows × columns matrix src, whose rows are srcStride apart, into the columns of dst, whose rows are
// dstStride apart. It goes block by block, so that both sides stay in the cache.
func transpose(dst []float32, dstStride int, src []float32, srcStride, rows, columns int) {
	const block = 32
	for r := 0; r < rows; r += block {
		for c := 0; c < columns; c += block {
			for i := r; i < min(r+block, rows); i++ {
				line := src[i*srcStride:]
				for j := c; j < min(c+block, columns); j++ {
					dst[j*dstStride+i] = line[j]
				}
			}
		}
	}
}

// readFloats reads a tensor as float32 values. Those of float32 files come as they are; half precision widens exactly,
// float64 is rounded.
func readFloats(t tensorfile.Tensor, dst []float32) error {
	if t.DType == dtypes.Float32 {
		return t.Read(floatBytes(dst))
	}
	if !t.DType.IsFloat() {
		return fmt.Errorf("%s is no floating-point tensor", t.Shape())
	}
	const piece = 1 << 16 // values, so that little is in memory twice
	width := t.DType.Size()
	raw := make([]byte, min(piece, len(dst))*width)
	for at := 0; at < len(dst); at += piece {
		part := dst[at:min(at+piece, len(dst))]
		bytes := raw[:len(part)*width]
		if n, err := t.Data.ReadAt(bytes, int64(at*width)); n < len(bytes) {
			return fmt.Errorf("%s breaks off: %w", t.Shape(), err)
		}
		switch t.DType {
		case dtypes.Float16:
			widen(part, viewAs[float16.Float16](bytes), float16.Float16.Float32)
		case dtypes.BFloat16:
			widen(part, viewAs[bfloat16.BFloat16](bytes), bfloat16.BFloat16.Float32)
		case dtypes.Float64:
			widen(part, viewAs[float64](bytes), func(v float64) float32 { return float32(v) })
		}
	}
	return nil
}

func widen[T any](dst []float32, src []T, float func(T) float32) {
	for i, v := range src {
		dst[i] = float(v)
	}
}

// viewAs reads bytes as values of T. Both sides are little-endian.
func viewAs[T any](raw []byte) []T {
	var one T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(raw))), len(raw)/int(unsafe.Sizeof(one)))
}

func floatBytes(values []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), 4*len(values))
}
