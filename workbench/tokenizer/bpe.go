package tokenizer

import (
	"math"
	"sync"
)

const (
	byteSymbols = 256             // ids 0…255: a byte inside a word
	baseSymbols = 2 * byteSymbols // ids 256…511: a byte at the end of a word
	specials    = 2               // the last two ids: start and end of text

	startOfText = "<start_of_text>"
	endOfText   = "<end_of_text>"
)

// BPE is CLIP's byte-pair encoding: 256 bytes, the same 256 bytes at the end of
// a word, one symbol for each merge, and the two special ids at the end.
// It is open_clip's SimpleTokenizer with clean="lower". Safe for concurrent use.
type BPE struct {
	merges []merge        // in order of rank; merge i makes id baseSymbols+i
	ranks  map[pair]int32 // a pair of neighbouring symbols → the rank of its merge
	bytes  []string       // id → the bytes it stands for, without the end of word
	ends   []bool         // id → whether it ends a word
	words  *wordCache     // word → ids
	rows   sync.Pool      // *[]byte, the cleaned text of one call
}

// pair is two neighbouring symbols.
type pair struct{ left, right int32 }

// merge is one learned rule: the pair becomes one symbol.
type merge = pair

// newBPE builds the tables. Every merge must be of ids below its own.
func newBPE(merges []merge) *BPE {
	t := &BPE{merges: merges, ranks: make(map[pair]int32, len(merges)), words: newWordCache()}
	t.rows.New = func() any { return new([]byte) }
	t.bytes = make([]string, baseSymbols, baseSymbols+len(merges))
	t.ends = make([]bool, baseSymbols, baseSymbols+len(merges))
	for b, id := range byteIDs {
		t.bytes[id], t.bytes[id+byteSymbols] = string([]byte{byte(b)}), string([]byte{byte(b)})
		t.ends[id+byteSymbols] = true
	}
	for rank, m := range merges {
		t.ranks[m] = int32(rank)
		t.bytes = append(t.bytes, t.bytes[m.left]+t.bytes[m.right])
		t.ends = append(t.ends, t.ends[m.right])
	}
	return t
}

// Vocab is 512, the merges, and the two special ids; 49,408 for CLIP.
func (t *BPE) Vocab() int { return baseSymbols + len(t.merges) + specials }

// SOT is the id of the start of a text, the last but one; 49,406 for CLIP.
func (t *BPE) SOT() int32 { return int32(t.Vocab() - 2) }

// EOT is the id of the end of a text, the last one; 49,407 for CLIP.
func (t *BPE) EOT() int32 { return int32(t.Vocab() - 1) }

// Encode fills dst with [sot ids… eot 0…], as open_clip does: a text too long
// is cut and its last id is eot. A dst of length 1 gets eot alone.
func (t *BPE) Encode(text string, dst []int32) {
	if len(dst) == 0 {
		return
	}
	ids := t.append(append(dst[:0], t.SOT()), text, len(dst))
	if len(ids) >= len(dst) {
		dst[len(dst)-1] = t.EOT()
		return
	}
	dst[len(ids)] = t.EOT()
	clear(dst[len(ids)+1:])
}

// Append appends the ids of text, without sot and eot and however many, to ids.
func (t *BPE) Append(ids []int32, text string) []int32 {
	return t.append(ids, text, math.MaxInt)
}

// append appends the ids of text until there are limit of them; it never
// writes beyond limit.
func (t *BPE) append(ids []int32, text string, limit int) []int32 {
	row := t.rows.Get().(*[]byte)
	defer t.rows.Put(row)
	*row = appendClean((*row)[:0], text)
	for rest := *row; len(ids) < limit; {
		var word []byte
		if word, rest = nextWord(rest); word == nil {
			break
		}
		more := t.word(word)
		ids = append(ids, more[:min(len(more), limit-len(ids))]...)
	}
	return ids
}

// word returns the ids of one word as the scanner cut it.
func (t *BPE) word(word []byte) []int32 {
	if ids, ok := t.words.get(word); ok {
		return ids
	}
	var ids []int32
	switch string(word) {
	case startOfText:
		ids = []int32{t.SOT()}
	case endOfText:
		ids = []int32{t.EOT()}
	default:
		ids = t.merge(word)
	}
	t.words.put(word, ids)
	return ids
}
