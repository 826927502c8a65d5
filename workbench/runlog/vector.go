package runlog

// chunk is how many values lie together: growing by chunks leaves no garbage behind, whatever a run's length.
const (
	chunkBits = 12
	chunk     = 1 << chunkBits
)

// vector is a list that grows at its end and can be cut there.
type vector[T any] struct {
	chunks [][]T
	length int
}

func (v *vector[T]) at(i int) T { return v.chunks[i>>chunkBits][i&(chunk-1)] }

func (v *vector[T]) set(i int, value T) { v.chunks[i>>chunkBits][i&(chunk-1)] = value }

func (v *vector[T]) push(value T) {
	if v.length&(chunk-1) == 0 {
		var fresh []T
		if v.length > 0 {
			fresh = make([]T, 0, chunk) // the first chunk grows by itself: most runs are short
		}
		v.chunks = append(v.chunks, fresh)
	}
	last := &v.chunks[len(v.chunks)-1]
	*last = append(*last, value)
	v.length++
}

func (v *vector[T]) cut(length int) {
	v.length = length
	v.chunks = v.chunks[:(length+chunk-1)>>chunkBits]
	if rest := length & (chunk - 1); rest > 0 {
		last := &v.chunks[len(v.chunks)-1]
		*last = (*last)[:rest]
	}
}
