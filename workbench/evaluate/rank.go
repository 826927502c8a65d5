// Package evaluate judges embeddings: zero-shot classification, retrieval, linear probe and similarity. It sees rows of
// numbers and answers, never a model.
package evaluate

import (
	"cmp"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Embeddings are L2-normalised rows: [rows][dim].
type Embeddings [][]float32

// Scores returns the dot product of every row of a with every row of b: [len(a)][len(b)]. Of L2-normalised rows it is
// the cosine.
func Scores(a, b Embeddings) [][]float32 {
	scores := make([][]float32, len(a))
	each(len(a), func(i int) {
		scores[i] = make([]float32, len(b))
		for j := range b {
			scores[i][j] = dot(a[i], b[j])
		}
	})
	return scores
}

// each calls f for every i below n, on all processors.
func each(n int, f func(i int)) {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	const chunk = 32
	for start := 0; start < n; start += chunk {
		group.Go(func() error {
			for i := start; i < min(start+chunk, n); i++ {
				f(i)
			}
			return nil
		})
	}
	_ = group.Wait() // f returns no error
}

func dot(a, b []float32) float32 {
	var sum float32
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// rank is how many of scores beat the best of the wanted ones: 0 is a hit at 1. A tie counts against, and so does NaN:
// a model that computes nothing else has found nothing.
func rank(scores []float32, wanted []int) int {
	best := slices.MaxFunc(wanted, func(a, b int) int { return cmp.Compare(scores[a], scores[b]) })
	r := 0
	for j, s := range scores {
		if worse := s < scores[best]; !worse && !slices.Contains(wanted, j) {
			r++
		}
	}
	return r
}

// Hits are the shares of queries whose answer is among the first 1, 5 and 10, and the mean and median rank from 1.
type Hits struct {
	Top1       float64 `json:"top1"`
	Top5       float64 `json:"top5"`
	Top10      float64 `json:"top10"`
	MeanRank   float64 `json:"mean_rank"`
	MedianRank float64 `json:"median_rank"`
	Queries    int     `json:"queries"`
	Candidates int     `json:"candidates"`
}

// hitsOf summarises the ranks (from 0) of queries among candidates.
func hitsOf(ranks []int, candidates int) Hits {
	h := Hits{Queries: len(ranks), Candidates: candidates}
	if len(ranks) == 0 {
		return h
	}
	share := func(k int) float64 {
		n := 0
		for _, r := range ranks {
			if r < k {
				n++
			}
		}
		return float64(n) / float64(len(ranks))
	}
	h.Top1, h.Top5, h.Top10 = share(1), share(5), share(10)
	sum := 0
	for _, r := range ranks {
		sum += r + 1
	}
	h.MeanRank = float64(sum) / float64(len(ranks))
	sorted := slices.Sorted(slices.Values(ranks))
	h.MedianRank = float64(sorted[len(sorted)/2]+sorted[(len(sorted)-1)/2])/2 + 1
	return h
}

// Mean is the L2-normalised mean of rows.
func Mean(rows Embeddings) []float32 {
	mean := make([]float32, len(rows[0]))
	for _, row := range rows {
		for k, v := range row {
			mean[k] += v
		}
	}
	length := float32(math.Sqrt(float64(dot(mean, mean))))
	for k := range mean {
		mean[k] /= max(length, 1e-12)
	}
	return mean
}
