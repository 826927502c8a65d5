package tokenizer

import (
	"container/heap"
	"fmt"
	"iter"
	"slices"
)

// Smallest is the smallest vocabulary: the bytes, the bytes that end a word,
// start and end of text.
const Smallest = baseSymbols + specials

// Train learns a byte-pair encoding of at most size ids from captions, cleaned
// and cut as CLIP does it (Sennrich et al. 2016, with CLIP's end of word). Fewer
// come out when nothing is left to merge: ask Vocab. Equal captions, in whatever
// order, give equal tokenizers. The size must lie in [Smallest, 49408].
func Train(captions iter.Seq[string], size int) (*BPE, error) {
	if size < Smallest || size > Smallest+mostMerges {
		return nil, fmt.Errorf("tokenizer: a vocabulary of %d ids: it must have %d (bytes alone) to %d (CLIP's)", size, Smallest, Smallest+mostMerges)
	}
	corpus := newCorpus(captions)
	var merges []merge
	for len(merges) < size-Smallest {
		best, found := corpus.best()
		if !found {
			break
		}
		corpus.merge(best, int32(baseSymbols+len(merges)))
		merges = append(merges, best)
	}
	return newBPE(merges), nil
}

// corpus is the captions' words, with the pairs that neighbour in them.
type corpus struct {
	words  []countedWord
	counts map[pair]int          // how often a pair occurs
	places map[pair]map[int]bool // the words it occurs in
	queue  candidates            // every pair with its count, and with counts it had
	names  []string              // id → the bytes of the symbol, with </w>
	taken  map[string]bool       // the names in use
}

type countedWord struct {
	symbols []int32
	count   int
}

func newCorpus(captions iter.Seq[string]) *corpus {
	c := &corpus{counts: map[pair]int{}, places: map[pair]map[int]bool{}, taken: map[string]bool{}}
	c.names = make([]string, baseSymbols)
	for b, id := range byteIDs {
		c.names[id], c.names[id+byteSymbols] = string([]byte{byte(b)}), string([]byte{byte(b)})+endOfWord
	}
	counts := countWords(captions)
	for word, count := range counts {
		c.words = append(c.words, countedWord{newSymbols([]byte(word)).ids, count})
	}
	slices.SortFunc(c.words, func(a, b countedWord) int { return slices.Compare(a.symbols, b.symbols) })
	for i := range c.words {
		c.count(i, +1)
	}
	for p, n := range c.counts {
		c.queue = append(c.queue, candidate{p, n})
	}
	heap.Init(&c.queue)
	return c
}

// countWords counts the words of the cleaned captions, without special tokens.
func countWords(captions iter.Seq[string]) map[string]int {
	counts := map[string]int{}
	var row []byte
	for caption := range captions {
		row = appendClean(row[:0], caption)
		for word, rest := nextWord(row); word != nil; word, rest = nextWord(rest) {
			if w := string(word); w != startOfText && w != endOfText {
				counts[w]++
			}
		}
	}
	return counts
}

// count adds (sign +1) or takes away (-1) the pairs of word i.
func (c *corpus) count(i, sign int) {
	word := c.words[i]
	for k := 1; k < len(word.symbols); k++ {
		p := pair{word.symbols[k-1], word.symbols[k]}
		c.counts[p] += sign * word.count
		if c.counts[p] == 0 {
			delete(c.counts, p)
			delete(c.places, p)
			continue
		}
		if c.places[p] == nil {
			c.places[p] = map[int]bool{}
		}
		c.places[p][i] = true
	}
}

// best returns the most frequent pair, and among equals the one whose symbols
// come first: the choice depends on the counts alone. A pair whose joint name
// is taken, made of other parts, is passed over: every id has its own name.
func (c *corpus) best() (best pair, found bool) {
	for len(c.queue) > 0 {
		top := heap.Pop(&c.queue).(candidate)
		if top.count == c.counts[top.pair] && !c.taken[c.names[top.left]+c.names[top.right]] {
			return top.pair, true
		}
	}
	return pair{}, false
}

// merge replaces the pair by id wherever it occurs.
func (c *corpus) merge(p pair, id int32) {
	c.names = append(c.names, c.names[p.left]+c.names[p.right])
	c.taken[c.names[id]] = true
	changed := map[pair]bool{}
	for i := range c.places[p] {
		c.note(i, changed)
		c.count(i, -1)
		c.words[i].symbols = joined(c.words[i].symbols, p, id)
		c.count(i, +1)
		c.note(i, changed)
	}
	for p := range changed {
		if n := c.counts[p]; n > 0 {
			heap.Push(&c.queue, candidate{p, n})
		}
	}
}

// note adds the pairs of word i to changed.
func (c *corpus) note(i int, changed map[pair]bool) {
	for k, symbols := 1, c.words[i].symbols; k < len(symbols); k++ {
		changed[pair{symbols[k-1], symbols[k]}] = true
	}
}

// joined returns word with every occurrence of p, from the left, replaced by id.
func joined(word []int32, p pair, id int32) []int32 {
	out := word[:0]
	for i := 0; i < len(word); i++ {
		if i+1 < len(word) && (pair{word[i], word[i+1]}) == p {
			out = append(out, id)
			i++
			continue
		}
		out = append(out, word[i])
	}
	return out
}

// candidate is a pair with a count that it had when it was queued.
type candidate struct {
	pair
	count int
}

// candidates is a heap (container/heap), the best at the top.
type candidates []candidate

func (c candidates) Len() int      { return len(c) }
func (c candidates) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c candidates) Less(i, j int) bool {
	return c[i].count > c[j].count || c[i].count == c[j].count && before(c[i].pair, c[j].pair)
}

// Push is for package heap.
func (c *candidates) Push(x any) { *c = append(*c, x.(candidate)) }

// Pop is for package heap.
func (c *candidates) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}

func before(a, b pair) bool {
	return a.left < b.left || a.left == b.left && a.right < b.right
}
