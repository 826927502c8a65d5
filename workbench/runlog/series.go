package runlog

import "math"

// Series is a list of values that grows at its end and knows the range of any stretch of them: above the values lies
// a pyramid of least and greatest values, so that a curve of any length is drawn without losing a spike.
// The zero Series is empty.
type Series struct {
	values vector[float64]
	levels []vector[Range] // levels[k] has the range of every fanout^(k+1) values
	bad    vector[int32]   // where the values are NaN or infinite
	cuts   int
}

// fanout is how many ranges of one level make one of the next.
const fanout = 8

// Range is the least and the greatest of some values; both are NaN where there is no finite one.
type Range struct{ Min, Max float64 }

// Nothing is the range of no values.
func Nothing() Range { return Range{math.NaN(), math.NaN()} }

// Empty reports that no finite value was taken in.
func (r Range) Empty() bool { return math.IsNaN(r.Min) }

// With widens r by v if that is finite.
func (r Range) With(v float64) Range {
	if !finite(v) {
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

// Join is the range of the values of both.
func (r Range) Join(o Range) Range { return r.With(o.Min).With(o.Max) }

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Len is how many values there are.
func (s *Series) Len() int { return s.values.length }

// Value is the i-th value.
func (s *Series) Value(i int) float64 { return s.values.at(i) }

// Bads is how many values are NaN or infinite.
func (s *Series) Bads() int { return s.bad.length }

// Bad is the place of the k-th value that is NaN or infinite, k below Bads.
func (s *Series) Bad(k int) int { return int(s.bad.at(k)) }

// Cuts is how often values were taken away: what is derived from a series must then be made anew.
func (s *Series) Cuts() int { return s.cuts }

// Push appends a value.
func (s *Series) Push(value float64) {
	i := s.values.length
	s.values.push(value)
	if !finite(value) {
		s.bad.push(int32(i))
	}
	s.raise(i, value)
}

// raise takes the i-th value into every level above it.
func (s *Series) raise(i int, value float64) {
	for k := range s.levels {
		i /= fanout
		level := &s.levels[k]
		if i == level.length {
			level.push(Nothing().With(value))
		} else {
			level.set(i, level.at(i).With(value))
		}
	}
	if i >= fanout { // the topmost level has become too long: one more goes above it
		s.levels = append(s.levels, vector[Range]{})
		s.fill(len(s.levels) - 1)
	}
}

// fill builds level k from what is below it.
func (s *Series) fill(k int) {
	for i := range ranges(s.below(k)) {
		s.levels[k].push(s.gather(k, i))
	}
}

// gather is the i-th range of level k, from what is below it.
func (s *Series) gather(k, i int) Range {
	r := Nothing()
	for j := i * fanout; j < min((i+1)*fanout, s.below(k)); j++ {
		r = r.Join(s.rangeBelow(k, j))
	}
	return r
}

// ranges is how many ranges a level over n entries has.
func ranges(n int) int { return (n + fanout - 1) / fanout }

// below is the length of what level k is made from.
func (s *Series) below(k int) int {
	if k == 0 {
		return s.values.length
	}
	return s.levels[k-1].length
}

// rangeBelow is the j-th range of what level k is made from.
func (s *Series) rangeBelow(k, j int) Range {
	if k == 0 {
		return Nothing().With(s.values.at(j))
	}
	return s.levels[k-1].at(j)
}

// Range is the exact range of the finite values from i up to but without j, in logarithmic time.
func (s *Series) Range(i, j int) Range {
	r := Nothing()
	for k := 0; i < j; k++ {
		for i < j && (i%fanout != 0 || i+fanout > j || k == len(s.levels)) {
			r = r.Join(s.rangeBelow(k, i))
			i++
		}
		for i < j && j%fanout != 0 {
			j--
			r = r.Join(s.rangeBelow(k, j))
		}
		i, j = i/fanout, j/fanout
	}
	return r
}

// Cut keeps the first n values.
func (s *Series) Cut(n int) {
	if n >= s.values.length {
		return
	}
	s.cuts++
	s.values.cut(n)
	for s.bad.length > 0 && int(s.bad.at(s.bad.length-1)) >= n {
		s.bad.cut(s.bad.length - 1)
	}
	for k := range s.levels {
		length := ranges(s.below(k))
		s.levels[k].cut(length)
		if length > 0 { // the last range may have been of values that are gone
			s.levels[k].set(length-1, s.gather(k, length-1))
		}
	}
}

// Best is the place of the first least (or greatest) finite value; -1 if there is none.
func (s *Series) Best(least bool) int {
	whole := s.Range(0, s.Len())
	if whole.Empty() {
		return -1
	}
	want := whole.Max
	if least {
		want = whole.Min
	}
	at, span := 0, 1 // descend to the value, one level at a time
	for range s.levels {
		span *= fanout
	}
	for ; span > 0; span /= fanout {
		for ; at < s.Len(); at += span {
			if r := s.Range(at, min(at+span, s.Len())); least && r.Min == want || !least && r.Max == want {
				break
			}
		}
	}
	return at
}
