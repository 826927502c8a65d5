package evaluate

import (
	"cmp"
	"slices"
)

// Nearest are the places of the k highest scores, the highest first; equal ones stay in their order.
func Nearest[T cmp.Ordered](scores []T, k int) []int {
	places := make([]int, len(scores))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	return places[:min(k, len(places))]
}
