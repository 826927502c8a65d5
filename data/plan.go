package data

import "math/rand/v2"

// plan is the order of one epoch: batches of size samples each, and behind them the samples that fill
// no further batch.
type plan struct {
	epoch   int
	size    int
	batches int
	order   []int // every index of the source once
}

// batch returns the indices of batch b.
func (p *plan) batch(b int) []int { return p.order[b*p.size : (b+1)*p.size] }

// substitute returns the k-th sample behind batch b, going round to the samples before it; not ok
// when they are used up. It stands in for a broken sample.
func (p *plan) substitute(b, k int) (index int, ok bool) {
	if k >= len(p.order)-p.size {
		return 0, false
	}
	return p.order[((b+1)*p.size+k)%len(p.order)], true
}

// newPlan orders n samples. With concepts (one number a sample) no batch holds a concept twice.
func newPlan(o *Options, epoch, n int, concepts []int32) *plan {
	p := &plan{epoch: epoch, size: o.Batch}
	if o.Shuffle {
		p.order = randomOf(o.Seed, epoch, -1).Perm(n)
	} else {
		p.order = sequence(n)
	}
	if concepts == nil {
		p.batches = n / o.Batch
	} else {
		p.order, p.batches = withoutRepeats(p.order, concepts, o.Batch)
	}
	return p
}

func sequence(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// withoutRepeats reorders samples so that each batch of size holds every concept at most once: a sample
// whose concept is already in the batch waits for the next one. What cannot fill a batch comes last.
func withoutRepeats(order []int, concepts []int32, size int) (reordered []int, batches int) {
	reordered = make([]int, 0, len(order))
	placed := map[int32]int{} // the last batch (from 1) that a concept was placed in
	var waiting []int
	for {
		batch := batches + 1
		start := len(reordered)
		place := func(i int) bool {
			if placed[concepts[i]] == batch {
				return false
			}
			placed[concepts[i]] = batch
			reordered = append(reordered, i)
			return true
		}
		full := func() bool { return len(reordered)-start == size }
		still := waiting[:0]
		for _, i := range waiting {
			if full() || !place(i) {
				still = append(still, i)
			}
		}
		waiting = still
		for len(order) > 0 && !full() {
			if !place(order[0]) {
				waiting = append(waiting, order[0])
			}
			order = order[1:]
		}
		if !full() {
			return append(reordered, waiting...), batches
		}
		batches++
	}
}

// randomOf is the randomness of one sample in one epoch (index -1: of the epoch's order).
// It depends on nothing else, so that neither workers nor a resumed run can change it.
func randomOf(seed int64, epoch, index int) *rand.Rand {
	return rand.New(rand.NewPCG(scramble(uint64(seed))+uint64(epoch), scramble(uint64(index))))
}

// scramble is the finaliser of SplitMix64 (Steele et al. 2014): near seeds become far ones.
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
