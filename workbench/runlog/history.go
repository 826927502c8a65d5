package runlog

import (
	"math"
	"sort"
)

// History is what a metrics file has said so far, by column. Its steps never go back: when a file's do, because the
// run resumed without taking lines back, the rows from there on are superseded, as if they had been taken back.
// A History belongs to one goroutine.
type History struct {
	Faults  Faults
	places  vector[place]
	columns []*Column
	index   map[string]*Column
	byBatch []*Column // by the reader's own column numbers
	shift   float64   // seconds by which the writer's clock is behind the time shown
	version int
}

// NewHistory is empty.
func NewHistory() *History { return &History{index: map[string]*Column{}} }

// Version changes whenever the content does.
func (h *History) Version() int { return h.version }

// Len is how many rows there are.
func (h *History) Len() int { return h.places.length }

// Columns are the metrics in the order of their first appearance. The slice must not be changed.
func (h *History) Columns() []*Column { return h.columns }

// Column is the metric of that name, or nil.
func (h *History) Column(name string) *Column { return h.index[name] }

// Step is the step of a row.
func (h *History) Step(row int) int { return h.places.at(row).step }

// Samples is the number of samples consumed at a row; it never goes back.
func (h *History) Samples(row int) float64 { return h.places.at(row).samples }

// Epoch is the epochs consumed at a row; it never goes back.
func (h *History) Epoch(row int) float64 { return h.places.at(row).epoch }

// Time is when a row was written, in seconds since 1970. It never goes back: where the writer's clock did, what follows is
// moved on by as much, until the clock has caught up.
func (h *History) Time(row int) float64 { return h.places.at(row).time }

// RowAt is the first row whose step is at least step.
func (h *History) RowAt(step int) int {
	return sort.Search(h.places.length, func(i int) bool { return h.places.at(i).step >= step })
}

// Add takes in a batch, after the ones before it from the same Tail.
func (h *History) Add(b *Batch) {
	if b.Reset {
		*h = History{index: map[string]*Column{}, version: h.version + 1}
	}
	h.Faults.add(b.faults)
	for len(h.byBatch) < len(b.names) {
		h.byBatch = append(h.byBatch, h.column(b.names[len(h.byBatch)]))
	}
	cell := int32(0)
	for i, at := range b.rows {
		h.place(at)
		row := int32(h.places.length - 1)
		for ; cell < b.ends[i]; cell++ {
			h.byBatch[b.columns[cell]].push(row, b.values[cell])
		}
	}
	if len(b.rows) > 0 || b.faults != (Faults{}) {
		h.version++
	}
}

// column finds or makes a metric.
func (h *History) column(name string) *Column {
	c := h.index[name]
	if c == nil {
		c = &Column{Name: name}
		h.index[name] = c
		h.columns = append(h.columns, c)
	}
	return c
}

// place adds a row, first taking away what it supersedes.
func (h *History) place(at place) {
	if n := h.places.length; n > 0 && at.step < h.places.at(n-1).step {
		h.supersede(at.step)
	}
	if n := h.places.length; n > 0 {
		last := h.places.at(n - 1)
		at.samples = math.Max(or(at.samples, last.samples), last.samples)
		at.epoch = math.Max(or(at.epoch, last.epoch), last.epoch)
		at.time = h.steady(or(at.time, last.time), last.time)
	}
	h.places.push(place{at.step, or(at.samples, 0), or(at.epoch, 0), or(at.time, 0)})
}

// steady is the time to show for one that was written after last was shown.
func (h *History) steady(written, last float64) float64 {
	if written >= last {
		h.shift = 0
		return written
	}
	if back := last - (written + h.shift); back > 0 {
		h.shift += back
		if back > 1 {
			h.Faults.ClockBack++
		}
	}
	return math.Max(written+h.shift, last)
}

// supersede takes away the rows at step and beyond.
func (h *History) supersede(step int) {
	row := h.RowAt(step)
	h.Faults.Backwards++
	h.Faults.Superseded += h.places.length - row
	h.places.cut(row)
	for _, c := range h.columns {
		c.cut(row)
	}
}

// Extreme sums up one metric over the whole history.
func (h *History) Extreme(c *Column) Extreme {
	e := newExtreme()
	if n := c.Len(); n > 0 {
		e.Last, e.LastStep = Number(c.Value(n-1)), h.Step(c.Row(n-1))
	}
	if i := c.Best(true); i >= 0 {
		e.Min, e.MinStep = Number(c.Value(i)), h.Step(c.Row(i))
	}
	if i := c.Best(false); i >= 0 {
		e.Max, e.MaxStep = Number(c.Value(i)), h.Step(c.Row(i))
	}
	if e.Bad = c.Bads(); e.Bad > 0 {
		e.BadStep = h.Step(c.Row(c.Bad(0)))
	}
	return e
}
