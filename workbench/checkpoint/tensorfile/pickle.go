package tensorfile

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/big"
)

// A pickle is a program for a small stack machine. This one builds numbers, texts, lists, tuples, dicts and the tensors
// that torch.save describes, and nothing else: names in the pickle are never looked up, only compared with a short list,
// and any other is refused. Python's Lib/pickletools.py describes the opcodes.

// The machine's values besides nil, bool, int64, float64, string and []byte.
type (
	pickleList  struct{ items []any }
	pickleTuple []any
	pickleDict  struct{ keys, values []any }
	// pickleGlobal is a name of Python's, module.name. It is only ever compared.
	pickleGlobal struct{ module, name string }
	// pickleObject is an instance of a TorchScript class: its attributes.
	pickleObject struct{ attributes any }
	pickleMark   struct{}
)

func (g pickleGlobal) String() string { return g.module + "." + g.name }

// builder gives meaning to what is not plain data. Both refuse by name what they do not know.
type builder interface {
	// persistent is the value of a persistent id: a storage.
	persistent(id any) (any, error)
	// reduce is the value of function(arguments…).
	reduce(function pickleGlobal, arguments pickleTuple) (any, error)
}

// machine runs one pickle.
type machine struct {
	in    *bufio.Reader
	build builder
	stack []any
	memo  map[int64]any
}

const (
	maxPickleText  = 1 << 20 // bytes of one text or number
	maxPickleStack = 1 << 24
	opStop         = '.'
)

// unpickle runs the pickle in r and returns what it leaves.
func unpickle(r io.Reader, build builder) (value any, err error) {
	m := &machine{in: bufio.NewReader(r), build: build, memo: map[int64]any{}}
	for {
		op, err := m.in.ReadByte()
		if err != nil {
			return nil, fmt.Errorf("the pickle breaks off: %w", err)
		}
		if op == opStop {
			return m.pop()
		}
		run, ok := opcodes[op]
		if !ok {
			return nil, fmt.Errorf("the pickle has the instruction 0x%02x, which no tensors need", op)
		}
		if err := run(m); err != nil {
			return nil, err
		}
		if len(m.stack) > maxPickleStack {
			return nil, fmt.Errorf("the pickle piles up more than %d values", maxPickleStack)
		}
	}
}

func (m *machine) push(v any) error { m.stack = append(m.stack, v); return nil }

func (m *machine) pop() (any, error) {
	if len(m.stack) == 0 {
		return nil, fmt.Errorf("the pickle takes from an empty stack")
	}
	v := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return v, nil
}

// pops takes n values, the deepest first.
func (m *machine) pops(n int) ([]any, error) {
	if len(m.stack) < n {
		return nil, fmt.Errorf("the pickle takes from an empty stack")
	}
	at := len(m.stack) - n
	values := append([]any(nil), m.stack[at:]...)
	m.stack = m.stack[:at]
	return values, nil
}

// popMark takes all values down to the last mark, and the mark.
func (m *machine) popMark() ([]any, error) {
	for n := range m.stack {
		if _, ok := m.stack[len(m.stack)-1-n].(pickleMark); !ok {
			continue
		}
		values, err := m.pops(n)
		if err != nil {
			return nil, err
		}
		_, err = m.pop()
		return values, err
	}
	return nil, fmt.Errorf("the pickle lacks a mark")
}

// number reads size bytes as a little-endian whole number without a sign.
func (m *machine) number(size int) (int64, error) {
	var bytes [8]byte
	if _, err := io.ReadFull(m.in, bytes[:size]); err != nil {
		return 0, fmt.Errorf("the pickle breaks off: %w", err)
	}
	return int64(binary.LittleEndian.Uint64(bytes[:])), nil
}

// text reads a length of size bytes and as many bytes.
func (m *machine) text(size int) ([]byte, error) {
	length, err := m.number(size)
	if err != nil {
		return nil, err
	}
	if length < 0 || length > maxPickleText {
		return nil, fmt.Errorf("the pickle has a text of %d bytes", uint64(length))
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(m.in, text); err != nil {
		return nil, fmt.Errorf("the pickle breaks off: %w", err)
	}
	return text, nil
}

// line reads to the end of a line.
func (m *machine) line() (string, error) {
	var line []byte
	for len(line) < maxPickleText {
		c, err := m.in.ReadByte()
		if err != nil {
			return "", fmt.Errorf("the pickle breaks off: %w", err)
		}
		if c == '\n' {
			return string(line), nil
		}
		line = append(line, c)
	}
	return "", fmt.Errorf("the pickle has a line of more than %d bytes", maxPickleText)
}

// long reads a whole number of any size in two's complement; only those of 64 bits are taken.
func (m *machine) long(size int) (any, error) {
	text, err := m.text(size)
	if err != nil {
		return nil, err
	}
	reversed := make([]byte, len(text))
	for i, b := range text {
		reversed[len(text)-1-i] = b
	}
	n := new(big.Int).SetBytes(reversed)
	if len(reversed) > 0 && reversed[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(reversed))))
	}
	if !n.IsInt64() {
		return nil, fmt.Errorf("the pickle has a number of %d bytes", len(text))
	}
	return n.Int64(), nil
}

func (m *machine) float() (any, error) {
	var bytes [8]byte
	if _, err := io.ReadFull(m.in, bytes[:]); err != nil {
		return nil, fmt.Errorf("the pickle breaks off: %w", err)
	}
	return math.Float64frombits(binary.BigEndian.Uint64(bytes[:])), nil
}

// remember keeps the top value under a key.
func (m *machine) remember(key int64) error {
	if len(m.stack) == 0 {
		return fmt.Errorf("the pickle takes from an empty stack")
	}
	m.memo[key] = m.stack[len(m.stack)-1]
	return nil
}

func (m *machine) recall(key int64) error {
	v, ok := m.memo[key]
	if !ok {
		return fmt.Errorf("the pickle names value %d, which it has not kept", key)
	}
	return m.push(v)
}
