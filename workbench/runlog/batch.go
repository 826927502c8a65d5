package runlog

import (
	"bytes"
	"math"
)

// maxName and maxMetrics bound what a hostile file can make a reader keep.
const (
	maxName    = 256
	maxMetrics = 4096
)

// Batch is a piece of metrics.jsonl, read by a Tail and to be taken in by a History. It is not changed once returned,
// so that one goroutine may read while another shows.
type Batch struct {
	Reset   bool // the file was begun anew: forget what was read before
	More    bool // there is more to read at once
	Read    int64
	Size    int64 // of the file, for progress
	faults  Faults
	names   []string // by column number
	rows    []place
	ends    []int32 // ends[i] is where row i's cells end
	columns []int32
	values  []float64
}

// place is where on every X axis a row lies.
type place struct {
	step    int
	samples float64
	epoch   float64
	time    float64
}

// Faults counts what was wrong in a file, each with what a person should be told.
type Faults struct {
	BadLines   int // no JSON object, or without a step
	FirstBad   int // the number of the first such line, from 1
	Ignored    int // values that are no numbers
	LongNames  int // metrics with a name beyond 256 bytes, or beyond the 4,096th metric
	Superseded int // rows written again by a run that went back
	Backwards  int // times that steps went back
	ClockBack  int // times that the clock went back
}

// Len is how many rows the batch has.
func (b *Batch) Len() int { return len(b.rows) }

// parser turns lines into batches and numbers the metrics as they appear.
type parser struct {
	row    row
	index  map[string]int32
	names  []string
	recent []int32 // the columns of the line before: nearly always those of this one
	rows   int     // of the piece before: the next is about as long
	cells  int
	lines  int
}

func newParser() *parser { return &parser{index: map[string]int32{}} }

// parse takes whole lines.
func (p *parser) parse(text []byte, out *Batch) {
	out.rows, out.ends = make([]place, 0, p.rows+p.rows/16), make([]int32, 0, p.rows+p.rows/16)
	out.columns, out.values = make([]int32, 0, p.cells+p.cells/16), make([]float64, 0, p.cells+p.cells/16)
	for len(text) > 0 {
		end := bytes.IndexByte(text, '\n')
		line := text[:end]
		text = text[end+1:]
		p.lines++
		if len(line) == 0 {
			continue
		}
		p.line(line, out)
	}
	out.names = p.names
	p.rows, p.cells = len(out.rows), len(out.values)
}

func (p *parser) line(line []byte, out *Batch) {
	if err := p.row.scan(line); err != nil {
		p.bad(out)
		return
	}
	r := &p.row
	out.faults.Ignored += r.ignored
	start := len(out.columns)
	for i, name := range r.names {
		column := p.column(i, name)
		if column < 0 {
			out.faults.LongNames++
			continue
		}
		out.put(start, column, r.values[i])
	}
	p.recent = append(p.recent[:0], out.columns[start:]...)
	out.rows = append(out.rows, place{r.step, r.samples, r.epoch, r.time})
	out.ends = append(out.ends, int32(len(out.columns)))
}

// bad counts a line that is none of ours.
func (p *parser) bad(out *Batch) {
	if out.faults.BadLines == 0 {
		out.faults.FirstBad = p.lines
	}
	out.faults.BadLines++
}

// column finds a name's number, first where the line before had it; -1 if it is refused.
func (p *parser) column(i int, name []byte) int32 {
	if i < len(p.recent) && p.names[p.recent[i]] == string(name) {
		return p.recent[i]
	}
	if column, ok := p.index[string(name)]; ok {
		return column
	}
	if len(name) == 0 || len(name) > maxName || len(p.names) >= maxMetrics {
		return -1
	}
	column := int32(len(p.names))
	p.index[string(name)] = column
	p.names = append(p.names, string(name))
	return column
}

// put adds a cell to the row that begins at start; of a name given twice the last counts, as in encoding/json.
func (b *Batch) put(start int, column int32, value float64) {
	for i := start; i < len(b.columns); i++ {
		if b.columns[i] == column {
			b.values[i] = value
			return
		}
	}
	b.columns, b.values = append(b.columns, column), append(b.values, value)
}

// or is v, or the other where v is no finite number.
func or(v, other float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return other
	}
	return v
}
