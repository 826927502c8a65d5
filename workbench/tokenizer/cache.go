package tokenizer

import "sync"

const (
	cachedWords    = 1 << 16 // some 8 MB when full
	cachedWordSize = 64      // bytes; longer words are rare and not worth keeping
)

// wordCache remembers the ids of words. When it is full it starts anew, which
// costs little: a caption's words follow Zipf's law and are back at once.
type wordCache struct {
	mu  sync.RWMutex
	ids map[string][]int32
}

func newWordCache() *wordCache { return &wordCache{ids: map[string][]int32{}} }

func (c *wordCache) get(word []byte) ([]int32, bool) {
	c.mu.RLock()
	ids, ok := c.ids[string(word)]
	c.mu.RUnlock()
	return ids, ok
}

func (c *wordCache) put(word []byte, ids []int32) {
	if len(word) > cachedWordSize {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.ids) >= cachedWords {
		clear(c.ids)
	}
	c.ids[string(word)] = ids
}
