package jpeg

import (
	"errors"
	"fmt"
)

// scan is one pass over the image that carries some coefficients of some components, §B.2.3.
type scan struct {
	bits
	parts       []part
	first, last int // coefficients, in the order of the file
	high, low   int // successive approximation: bit positions before and now, §G.1.2.1
	eobRun      int // blocks still to come without coefficients
}

// part is a component's share in a scan.
type part struct {
	*component
	dc, ac *huffman
	before int32 // the last DC coefficient
}

var (
	errCode    = errors.New("its data hold an impossible code")
	errMissing = errors.New("a component has no data")
)

func (d *decoder) readScan(header []byte) error {
	s, err := d.newScan(header)
	if err != nil {
		return err
	}
	if !d.scanned {
		d.allocate()
		d.scanned = true
	}
	s.bits = bits{data: d.data, pos: d.pos}
	if len(s.parts) == 1 {
		err = d.single(s)
	} else {
		err = d.interleaved(s)
	}
	d.pos = s.pos
	return err
}

func (d *decoder) newScan(header []byte) (*scan, error) {
	if len(header) < 1 || len(header) != 4+2*int(header[0]) || header[0] < 1 || int(header[0]) > len(d.components) {
		return nil, errors.New("a scan header is misshapen or comes before the frame")
	}
	n := int(header[0])
	tail := header[1+2*n:]
	s := &scan{first: int(tail[0]), last: int(tail[1]), high: int(tail[2] >> 4), low: int(tail[2] & 15)}
	if !d.progressive {
		s.first, s.last, s.high, s.low = 0, 63, 0, 0
	}
	if s.first > s.last || s.last > 63 || s.low > 13 || d.progressive && (s.first == 0 && s.last != 0 || s.first > 0 && n > 1) {
		return nil, fmt.Errorf("a scan of coefficients %d to %d is impossible", s.first, s.last)
	}
	for i := range n {
		p, err := d.newPart(s, header[1+2*i], header[2+2*i])
		if err != nil {
			return nil, err
		}
		s.parts = append(s.parts, p)
	}
	return s, nil
}

// newPart finds the component of a scan by its id, and its tables.
func (d *decoder) newPart(s *scan, id, tables byte) (part, error) {
	for i := range d.components {
		c := &d.components[i]
		if c.id != id {
			continue
		}
		p := part{component: c, dc: d.dc[tables>>4&3], ac: d.ac[tables&3]}
		if c.quantisation == nil {
			c.quantisation = d.quantisation[c.table]
		}
		needsDC, needsAC := s.first == 0 && s.high == 0, s.last > 0
		if needsDC && p.dc == nil || needsAC && p.ac == nil || c.quantisation == nil {
			return p, fmt.Errorf("a table of component %d is missing", id)
		}
		return p, nil
	}
	return part{}, fmt.Errorf("a scan names the component %d, which the frame lacks", id)
}

// single reads a scan of one component: its blocks without those that only pad an MCU, §A.2.2.
func (d *decoder) single(s *scan) error {
	p := &s.parts[0]
	width, height := ceil(p.width, 8), ceil(p.height, 8)
	for i := range width * height {
		if err := d.synchronise(s, i); err != nil {
			return err
		}
		if err := d.block(s, p, i%width, i/width); err != nil {
			return err
		}
	}
	return nil
}

// interleaved reads a scan of several components, MCU by MCU, §A.2.3.
func (d *decoder) interleaved(s *scan) error {
	for i := range d.mcusX * d.mcusY {
		if err := d.synchronise(s, i); err != nil {
			return err
		}
		for k := range s.parts {
			p := &s.parts[k]
			for j := range p.h * p.v {
				if err := d.block(s, p, i%d.mcusX*p.h+j%p.h, i/d.mcusX*p.v+j/p.h); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// synchronise passes the restart marker that is due before MCU i, §F.2.1.3.1.
func (d *decoder) synchronise(s *scan, i int) error {
	if d.restart == 0 || i == 0 || i%d.restart != 0 {
		return nil
	}
	d.pos = s.pos
	marker, err := d.marker()
	if err != nil {
		return err
	}
	if want := byte(rst0 + (i/d.restart-1)%8); marker != want {
		return fmt.Errorf("the restart marker before MCU %d is missing", i)
	}
	s.bits = bits{data: d.data, pos: d.pos}
	s.eobRun = 0
	for k := range s.parts {
		s.parts[k].before = 0
	}
	return nil
}

// block reads what the scan says about one block.
func (d *decoder) block(s *scan, p *part, x, y int) error {
	b := &p.blocks[y*p.stride+x]
	var err error
	switch {
	case !d.progressive:
		err = s.sequential(p, b)
	case s.first == 0 && s.high == 0:
		err = s.firstDC(p, b)
	case s.first == 0:
		b[0] |= int16(s.take(1) << s.low)
	case s.high == 0:
		err = s.firstAC(p, b)
	default:
		err = s.refineAC(p, b)
	}
	if err != nil {
		return err
	}
	return s.check()
}
