package evaluate

import (
	"fmt"
	"math"
)

// CKA says how alike two models see the same pictures, from 0 to 1, whatever the width and the orientation of their
// embeddings: linear centred kernel alignment (Kornblith et al. 2019, equation 3). Row i of a and of b is picture i.
func CKA(a, b Embeddings) (float64, error) {
	if len(a) != len(b) || len(a) < 2 {
		return 0, fmt.Errorf("CKA: %d and %d embeddings; the same pictures are needed, two or more", len(a), len(b))
	}
	x, y := centred(a), centred(b)
	// Kernels are pictures × pictures, so that the embeddings' widths may differ: ⟨XXᵀ, YYᵀ⟩ / (‖XXᵀ‖ ‖YYᵀ‖).
	products := make([][3]float64, len(x))
	each(len(x), func(i int) {
		for j := range x {
			k, l := inner(x[i], x[j]), inner(y[i], y[j])
			products[i][0] += k * l
			products[i][1] += k * k
			products[i][2] += l * l
		}
	})
	var sum [3]float64
	for _, p := range products {
		for k, v := range p {
			sum[k] += v
		}
	}
	if sum[1] == 0 || sum[2] == 0 {
		return 0, fmt.Errorf("CKA: a model has the same embedding for every picture")
	}
	return sum[0] / math.Sqrt(sum[1]*sum[2]), nil
}

// centred takes the mean of all rows from each.
func centred(rows Embeddings) [][]float64 {
	mean := make([]float64, len(rows[0]))
	for _, row := range rows {
		for k, v := range row {
			mean[k] += float64(v) / float64(len(rows))
		}
	}
	all := make([][]float64, len(rows))
	for i, row := range rows {
		all[i] = make([]float64, len(row))
		for k, v := range row {
			all[i][k] = float64(v) - mean[k]
		}
	}
	return all
}

func inner(a, b []float64) float64 {
	var sum float64
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}
