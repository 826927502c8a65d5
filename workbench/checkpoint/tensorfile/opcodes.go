package tensorfile

import (
	"fmt"
)

// opcodes are the instructions that torch.save and torch.jit.save use, and those of later protocols for the same data.
var opcodes = map[byte]func(*machine) error{
	0x80: func(m *machine) error { _, err := m.number(1); return err }, // PROTO
	0x95: func(m *machine) error { _, err := m.number(8); return err }, // FRAME

	'(':  func(m *machine) error { return m.push(pickleMark{}) },
	'0':  func(m *machine) error { _, err := m.pop(); return err },
	'N':  func(m *machine) error { return m.push(nil) },
	0x88: func(m *machine) error { return m.push(true) },
	0x89: func(m *machine) error { return m.push(false) },

	'K':  integer(1, 0),
	'M':  integer(2, 0),
	'J':  integer(4, 32),
	0x8a: pushed(func(m *machine) (any, error) { return m.long(1) }),
	0x8b: pushed(func(m *machine) (any, error) { return m.long(4) }),
	'G':  pushed((*machine).float),
	'X':  unicode(4),
	0x8c: unicode(1),
	0x8d: unicode(8),
	'U':  unicode(1), // Python 2's texts
	'T':  unicode(4),
	'C':  binaryText(1),
	'B':  binaryText(4),
	0x8e: binaryText(8),

	'q':  memory((*machine).remember, 1),
	'r':  memory((*machine).remember, 4),
	0x94: func(m *machine) error { return m.remember(int64(len(m.memo))) }, // MEMOIZE
	'h':  memory((*machine).recall, 1),
	'j':  memory((*machine).recall, 4),

	']':  func(m *machine) error { return m.push(&pickleList{}) },
	'}':  func(m *machine) error { return m.push(&pickleDict{}) },
	')':  func(m *machine) error { return m.push(pickleTuple{}) },
	0x85: tuple(1),
	0x86: tuple(2),
	0x87: tuple(3),
	't':  marked(func(m *machine, values []any) error { return m.push(pickleTuple(values)) }),
	'l':  marked(func(m *machine, values []any) error { return m.push(&pickleList{items: values}) }),
	'd': marked(func(m *machine, values []any) error {
		d := &pickleDict{}
		if err := d.set(values); err != nil {
			return err
		}
		return m.push(d)
	}),
	'a': func(m *machine) error {
		values, err := m.pops(1)
		if err != nil {
			return err
		}
		return m.extend(values)
	},
	'e': marked((*machine).extend),
	's': func(m *machine) error {
		values, err := m.pops(2)
		if err != nil {
			return err
		}
		return m.update(values)
	},
	'u': marked((*machine).update),

	'c':  (*machine).global,
	0x93: (*machine).stackGlobal,
	'Q':  (*machine).persistent,
	'R':  (*machine).reduce,
	0x81: (*machine).newObject,
	'b':  (*machine).setState,
}

func pushed(read func(*machine) (any, error)) func(*machine) error {
	return func(m *machine) error {
		v, err := read(m)
		if err != nil {
			return err
		}
		return m.push(v)
	}
}

// integer reads size bytes; signed is the number of bits of a number with a sign, 0 for one without.
func integer(size, signed int) func(*machine) error {
	return func(m *machine) error {
		n, err := m.number(size)
		if err != nil {
			return err
		}
		if signed == 32 {
			n = int64(int32(n))
		}
		return m.push(n)
	}
}

func unicode(size int) func(*machine) error {
	return pushed(func(m *machine) (any, error) { text, err := m.text(size); return string(text), err })
}

func binaryText(size int) func(*machine) error {
	return pushed(func(m *machine) (any, error) { text, err := m.text(size); return text, err })
}

func memory(use func(*machine, int64) error, size int) func(*machine) error {
	return func(m *machine) error {
		key, err := m.number(size)
		if err != nil {
			return err
		}
		return use(m, key)
	}
}

func tuple(n int) func(*machine) error {
	return func(m *machine) error {
		values, err := m.pops(n)
		if err != nil {
			return err
		}
		return m.push(pickleTuple(values))
	}
}

func marked(use func(*machine, []any) error) func(*machine) error {
	return func(m *machine) error {
		values, err := m.popMark()
		if err != nil {
			return err
		}
		return use(m, values)
	}
}

// extend appends to the list on top.
func (m *machine) extend(values []any) error {
	top, err := m.pop()
	if err != nil {
		return err
	}
	list, ok := top.(*pickleList)
	if !ok {
		return fmt.Errorf("the pickle appends to what is no list")
	}
	list.items = append(list.items, values...)
	return m.push(list)
}

// update sets keys of the dict on top.
func (m *machine) update(values []any) error {
	top, err := m.pop()
	if err != nil {
		return err
	}
	dict, ok := top.(*pickleDict)
	if !ok {
		return fmt.Errorf("the pickle sets a key of what is no dict")
	}
	if err := dict.set(values); err != nil {
		return err
	}
	return m.push(dict)
}

// set adds keys and values in turn.
func (d *pickleDict) set(values []any) error {
	if len(values)%2 != 0 {
		return fmt.Errorf("the pickle has a key without a value")
	}
	for i := 0; i < len(values); i += 2 {
		d.keys, d.values = append(d.keys, values[i]), append(d.values, values[i+1])
	}
	return nil
}

func (m *machine) global() error {
	module, err := m.line()
	if err != nil {
		return err
	}
	name, err := m.line()
	if err != nil {
		return err
	}
	return m.push(pickleGlobal{module, name})
}

func (m *machine) stackGlobal() error {
	values, err := m.pops(2)
	if err != nil {
		return err
	}
	module, isText := values[0].(string)
	name, isName := values[1].(string)
	if !isText || !isName {
		return fmt.Errorf("the pickle names a global by what is no text")
	}
	return m.push(pickleGlobal{module, name})
}

func (m *machine) persistent() error {
	id, err := m.pop()
	if err != nil {
		return err
	}
	v, err := m.build.persistent(id)
	if err != nil {
		return err
	}
	return m.push(v)
}

// call takes a name and its arguments from the stack.
func (m *machine) call() (pickleGlobal, pickleTuple, error) {
	values, err := m.pops(2)
	if err != nil {
		return pickleGlobal{}, nil, err
	}
	function, isGlobal := values[0].(pickleGlobal)
	arguments, isTuple := values[1].(pickleTuple)
	if !isGlobal || !isTuple {
		return pickleGlobal{}, nil, fmt.Errorf("the pickle calls what is no name")
	}
	return function, arguments, nil
}

func (m *machine) reduce() error {
	function, arguments, err := m.call()
	if err != nil {
		return err
	}
	v, err := m.build.reduce(function, arguments)
	if err != nil {
		return err
	}
	return m.push(v)
}

// newObject makes an instance of a TorchScript class, without attributes yet.
func (m *machine) newObject() error {
	class, arguments, err := m.call()
	if err != nil {
		return err
	}
	if !class.isScript() || len(arguments) > 0 {
		return class.refusal()
	}
	return m.push(&pickleObject{})
}

// setState gives an object its attributes. Those of a dict (PyTorch's _metadata) say nothing about tensors.
func (m *machine) setState() error {
	values, err := m.pops(2)
	if err != nil {
		return err
	}
	switch object := values[0].(type) {
	case *pickleObject:
		object.attributes = values[1]
	case *pickleDict:
	default:
		return fmt.Errorf("the pickle gives attributes to a %T", values[0])
	}
	return m.push(values[0])
}
