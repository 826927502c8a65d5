package tensorfile

import (
	"fmt"
	"strings"
)

// Modules nest a few levels deep; a pickle that makes a module its own attribute has no end.
const (
	maxDepth   = 32
	maxModules = 1 << 16
)

// stateDict finds the named tensors in what a pickle left: a dict of them, one under the key state_dict, or modules.
func stateDict(value any) (map[string]Tensor, error) {
	if inner, ok := entry(value, "state_dict"); ok {
		value = inner
	}
	c := collector{found: map[string]Tensor{}}
	var err error
	switch value := value.(type) {
	case *pickleDict:
		err = c.dict("", value, 0)
	case *pickleObject:
		err = c.object("", value, 0)
	default:
		return nil, fmt.Errorf("the pickle holds no state dict")
	}
	if err == nil && len(c.found) == 0 {
		err = fmt.Errorf("the pickle holds no tensors under names")
	}
	return c.found, err
}

// entry is the value at a key of a dict.
func entry(value any, key string) (any, bool) {
	dict, _ := value.(*pickleDict)
	if dict == nil {
		return nil, false
	}
	for i, k := range dict.keys {
		if k == key {
			return dict.values[i], true
		}
	}
	return nil, false
}

// collector gathers tensors by name.
type collector struct {
	found   map[string]Tensor
	modules int // seen so far
}

// object gathers a module's tensors, and those of the modules in it under name.inner.
func (c *collector) object(prefix string, object *pickleObject, depth int) error {
	if c.modules++; depth > maxDepth || c.modules > maxModules {
		return fmt.Errorf("the pickle nests modules without end")
	}
	attributes, _ := object.attributes.(*pickleDict)
	if attributes == nil {
		return nil
	}
	return c.dict(prefix, attributes, depth)
}

func (c *collector) dict(prefix string, dict *pickleDict, depth int) error {
	for i, key := range dict.keys {
		name, isText := key.(string)
		if !isText {
			continue
		}
		if _, twice := c.found[prefix+name]; twice {
			return fmt.Errorf("tensor %q stands there twice", prefix+name)
		}
		switch v := dict.values[i].(type) {
		case Tensor:
			c.found[prefix+name] = v
		case *pickleObject:
			if err := c.object(prefix+name+".", v, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// TrimPrefix takes prefix off the tensors' names if every one has it, as "module." of torch's DataParallel.
func TrimPrefix(tensors map[string]Tensor, prefix string) map[string]Tensor {
	trimmed := make(map[string]Tensor, len(tensors))
	for name, t := range tensors {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			return tensors
		}
		trimmed[rest] = t
	}
	return trimmed
}
