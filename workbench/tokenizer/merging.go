package tokenizer

// mergeQueue is a binary heap of candidate merges, the lowest rank first and
// the leftmost first among equals. A key is rank<<32 | position.
type mergeQueue []uint64

func (q *mergeQueue) push(rank int32, position int) {
	*q = append(*q, uint64(rank)<<32|uint64(position))
	h := *q
	for i := len(h) - 1; i > 0 && h[i] < h[(i-1)/2]; i = (i - 1) / 2 {
		h[i], h[(i-1)/2] = h[(i-1)/2], h[i]
	}
}

func (q *mergeQueue) pop() (rank int32, position int) {
	h := *q
	top, last := h[0], len(h)-1
	h[0] = h[last]
	h = h[:last]
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if h[child] < h[least] {
				least = child
			}
		}
		if least == i {
			break
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
	*q = h
	return int32(top >> 32), int(uint32(top))
}

// symbols is a word being merged: a doubly linked list in arrays, so that a
// merge costs the same wherever it happens. An absorbed symbol has id -1.
type symbols struct {
	ids        []int32
	prev, next []int32
}

func newSymbols(word []byte) symbols {
	n := len(word)
	links := make([]int32, 3*n)
	s := symbols{links[:n], links[n : 2*n], links[2*n:]}
	for i, b := range word {
		s.ids[i], s.prev[i], s.next[i] = byteIDs[b], int32(i-1), int32(i+1)
	}
	s.ids[n-1] += byteSymbols // the last byte carries the end of the word
	return s
}

// absorb makes symbol i the given id and takes its right neighbour out.
func (s symbols) absorb(i int, id int32) {
	right := s.next[i]
	s.ids[i], s.ids[right] = id, -1
	s.next[i] = s.next[right]
	if after := s.next[i]; int(after) < len(s.ids) {
		s.prev[after] = int32(i)
	}
}

// merge applies the merges to one word, the lowest rank first: Sennrich et al.
// 2016. It takes n·log n, so a word of a million letters is no weapon.
func (t *BPE) merge(word []byte) []int32 {
	s, queue := newSymbols(word), mergeQueue(nil)
	offer := func(i int) {
		if i < 0 || int(s.next[i]) >= len(s.ids) {
			return
		}
		if rank, ok := t.ranks[pair{s.ids[i], s.ids[s.next[i]]}]; ok {
			queue.push(rank, i)
		}
	}
	for i := range s.ids {
		offer(i)
	}
	for len(queue) > 0 {
		rank, i := queue.pop()
		right := int(s.next[i])
		if right >= len(s.ids) || t.merges[rank] != (pair{s.ids[i], s.ids[right]}) {
			continue // a neighbour merged first
		}
		s.absorb(i, baseSymbols+rank)
		offer(int(s.prev[i]))
		offer(i)
	}
	return s.kept()
}

// kept returns the ids that remain, from the left.
func (s symbols) kept() []int32 {
	var ids []int32
	for i := 0; i < len(s.ids); i = int(s.next[i]) {
		ids = append(ids, s.ids[i])
	}
	return ids
}
