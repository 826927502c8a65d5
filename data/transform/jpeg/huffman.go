package jpeg

import (
	"errors"
	"io"
)

// huffman is a table of codes, §C.2. Codes of up to 8 bits are looked up, longer ones compared.
type huffman struct {
	short  [256]uint16 // by the next 8 bits: length of the code << 8 | value; 0 for longer codes
	limit  [17]int32   // by length: one more than the largest code, -1 without codes
	offset [17]int32   // by length: what to add to a code for the place of its value
	values []byte
}

// readHuffman reads the tables of a DHT segment, §B.2.4.2.
func (d *decoder) readHuffman(body []byte) error {
	for len(body) > 0 {
		if len(body) < 17 {
			return errors.New("a Huffman table is cut short")
		}
		class, id := body[0]>>4, body[0]&15
		total := 0
		for _, n := range body[1:17] {
			total += int(n)
		}
		if class > 1 || id > 3 || total > 256 || len(body) < 17+total {
			return errors.New("a Huffman table is misshapen")
		}
		table, err := newHuffman(body[1:17], body[17:17+total])
		if err != nil {
			return err
		}
		if class == 0 {
			d.dc[id] = table
		} else {
			d.ac[id] = table
		}
		body = body[17+total:]
	}
	return nil
}

func newHuffman(counts, values []byte) (*huffman, error) {
	h := &huffman{values: values}
	code, k := int32(0), int32(0)
	for length := 1; length <= 16; length++ {
		n := int32(counts[length-1])
		if code+n > 1<<length {
			return nil, errors.New("a Huffman table has more codes than bits")
		}
		h.limit[length] = -1
		h.offset[length] = k - code
		if n > 0 {
			h.limit[length] = code + n
		}
		for ; n > 0; n-- {
			if length <= 8 {
				first := code << (8 - length)
				for i := range int32(1) << (8 - length) {
					h.short[first+i] = uint16(length)<<8 | uint16(values[k])
				}
			}
			code++
			k++
		}
		code <<= 1
	}
	return h, nil
}

// bits reads the entropy-coded data of a scan, §F.2.2.5. At a marker, or the end of the file, it goes
// on with zeros and remembers how many were invented.
type bits struct {
	data     []byte
	pos      int
	buffer   uint64 // the next bits, at its top
	count    int    // bits in the buffer
	invented int    // of which were never in the file
}

// fill brings the buffer to at least 32 bits.
func (b *bits) fill() {
	for b.count <= 56 {
		next := byte(0)
		switch {
		case b.pos >= len(b.data):
			b.invented += 8
		case b.data[b.pos] != 0xff:
			next = b.data[b.pos]
			b.pos++
		case b.pos+1 < len(b.data) && b.data[b.pos+1] == 0:
			next = 0xff
			b.pos += 2
		default:
			b.invented += 8
		}
		b.buffer |= uint64(next) << (56 - b.count)
		b.count += 8
	}
}

// check reports whether bits were used that the file does not hold.
func (b *bits) check() error {
	if b.count >= b.invented {
		return nil
	}
	if b.pos+1 >= len(b.data) {
		return io.ErrUnexpectedEOF
	}
	return errors.New("the data of a scan end early")
}

// take reads n bits, at most 16.
func (b *bits) take(n int) int32 {
	if b.count < n {
		b.fill()
	}
	v := int32(b.buffer >> (64 - n))
	b.buffer <<= n
	b.count -= n
	return v
}

// signed reads a number of n bits whose first bit tells its sign, §F.2.2.1.
func (b *bits) signed(n int) int32 {
	if n == 0 {
		return 0
	}
	v := b.take(n)
	if v < 1<<(n-1) {
		v -= 1<<n - 1
	}
	return v
}

// value reads one code of the table and returns what it stands for; -1 for a code not in the table.
func (b *bits) value(h *huffman) int {
	if b.count < 16 {
		b.fill()
	}
	if s := h.short[b.buffer>>56]; s != 0 {
		length := int(s >> 8)
		b.buffer <<= length
		b.count -= length
		return int(s & 255)
	}
	for length := 9; length <= 16; length++ {
		code := int32(b.buffer >> (64 - length))
		if code < h.limit[length] {
			b.buffer <<= length
			b.count -= length
			return int(h.values[code+h.offset[length]])
		}
	}
	return -1
}
