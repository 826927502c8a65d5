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

// Len is how many rows the batch has.
func (b *Batch) Len() int { return len(b.rows) }

// parser turns lines into batches and numbers the metrics as they appear.
type parser struct {
	row    row
	index  map[string]int32
	names  []string
	recent []int32 // the columns of the line before: nearly always those of this one
	cell   []int   // by column: the cell it had last, in this row if that is not before the row's first
	rows   int     // of the piece before: the next is about as long
	cells  int
	lines  int
}

func newParser() *parser { return &parser{index: map[string]int32{}} }

// parse takes whole lines.
func (p *parser) parse(text []byte, out *Batch) {
	out.rows, out.ends = make([]place, 0, p.rows+p.rows/16), make([]int32, 0, p.rows+p.rows/16)
	out.columns, out.values = make([]int32, 0, p.cells+p.cells/16), make([]float64, 0, p.cells+p.cells/16)
	for i := range p.cell {
		p.cell[i] = -1 // the cells of the piece before are not in this batch
	}
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
		p.put(out, start, column, r.values[i])
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
	p.names, p.cell = append(p.names, string(name)), append(p.cell, -1)
	return column
}

// put adds a cell to the row that begins at start; of a name given twice the last counts, as in encoding/json.
func (p *parser) put(out *Batch, start int, column int32, value float64) {
	if cell := p.cell[column]; cell >= start {
		out.values[cell] = value
		return
	}
	p.cell[column] = len(out.columns)
	out.columns, out.values = append(out.columns, column), append(out.values, value)
}

// or is v, or the other where v is no finite number.
func or(v, other float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return other
	}
	return v
}
