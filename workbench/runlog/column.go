package runlog

import "math"

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

// Column is one metric's values in the order of their steps.
type Column struct {
	Name   string
	rows   vector[int32] // the row of each value
	values vector[float64]
	levels []vector[Range] // levels[k] has the range of every 8^(k+1) values: a pyramid
	bad    vector[int32]   // where the values are NaN or infinite
}

// Range is the least and the greatest of some values, NaN if there is no finite one.
type Range struct{ Min, Max float64 }

// none is the range of nothing.
func none() Range { return Range{math.NaN(), math.NaN()} }

// with widens r by a finite value.
func (r Range) with(v float64) Range {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return r
	}
	if !(r.Min <= v) {
		r.Min = v
	}
	if !(r.Max >= v) {
		r.Max = v
	}
	return r
}

// join is the range of both's values.
func (r Range) join(o Range) Range { return r.with(o.Min).with(o.Max) }

// fanout is how many ranges of one level make one of the next.
const fanout = 8

// Len is how many values there are.
func (c *Column) Len() int { return c.values.length }

// Value is the i-th value.
func (c *Column) Value(i int) float64 { return c.values.at(i) }

// Row is the row of the history that the i-th value lies in.
func (c *Column) Row(i int) int { return int(c.rows.at(i)) }

// Bad is how many values are NaN or infinite, and Bad(k) below Bads() is where the k-th of them lies.
func (c *Column) Bads() int { return c.bad.length }

// Bad is the place of the k-th value that is NaN or infinite.
func (c *Column) Bad(k int) int { return int(c.bad.at(k)) }

func (c *Column) push(row int32, value float64) {
	i := c.values.length
	c.rows.push(row)
	c.values.push(value)
	if math.IsNaN(value) || math.IsInf(value, 0) {
		c.bad.push(int32(i))
	}
	c.raise(i, value)
}

// raise takes the i-th value into every level above it.
func (c *Column) raise(i int, value float64) {
	for k := 0; ; k++ {
		i /= fanout
		if k == len(c.levels) {
			if i == 0 {
				return
			}
			c.levels = append(c.levels, vector[Range]{})
			c.fill(k)
			continue
		}
		level := &c.levels[k]
		if i == level.length {
			level.push(none().with(value))
		} else {
			level.set(i, level.at(i).with(value))
		}
	}
}

// fill builds level k from the one below.
func (c *Column) fill(k int) {
	for i := range (c.below(k) + fanout - 1) / fanout {
		r := none()
		for j := i * fanout; j < min((i+1)*fanout, c.below(k)); j++ {
			r = r.join(c.rangeBelow(k, j))
		}
		c.levels[k].push(r)
	}
}

// below is the length of what level k is made from.
func (c *Column) below(k int) int {
	if k == 0 {
		return c.values.length
	}
	return c.levels[k-1].length
}

// rangeBelow is the j-th range of what level k is made from.
func (c *Column) rangeBelow(k, j int) Range {
	if k == 0 {
		return none().with(c.values.at(j))
	}
	return c.levels[k-1].at(j)
}

// Range is the exact range of the values from i up to but without j, in O(log) time.
func (c *Column) Range(i, j int) Range {
	r := none()
	for k := 0; i < j; k++ {
		for i < j && (i%fanout != 0 || i+fanout > j || k == len(c.levels)) {
			r = r.join(c.rangeBelow(k, i))
			i++
		}
		for i < j && j%fanout != 0 {
			j--
			r = r.join(c.rangeBelow(k, j))
		}
		i, j = i/fanout, j/fanout
	}
	return r
}

// cut takes off the values that lie in rows from row on.
func (c *Column) cut(row int) {
	n := c.values.length
	for n > 0 && int(c.rows.at(n-1)) >= row {
		n--
	}
	if n == c.values.length {
		return
	}
	c.rows.cut(n)
	c.values.cut(n)
	for c.bad.length > 0 && int(c.bad.at(c.bad.length-1)) >= n {
		c.bad.cut(c.bad.length - 1)
	}
	for k := range c.levels { // the last range of each level is made anew from what is left below it
		length := (c.below(k) + fanout - 1) / fanout
		c.levels[k].cut(length)
		if length > 0 {
			r := none()
			for j := (length - 1) * fanout; j < c.below(k); j++ {
				r = r.join(c.rangeBelow(k, j))
			}
			c.levels[k].set(length-1, r)
		}
	}
}
