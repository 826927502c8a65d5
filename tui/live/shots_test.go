package live

import (
	"image"
	"slices"
	"testing"
)

// TestPicturesKeptAreBounded keeps the newest, by number and by size, and one picture however large.
func TestPicturesKeptAreBounded(t *testing.T) {
	shots := func(pixels ...int) []*Shot {
		var all []*Shot
		for step, n := range pixels {
			all = append(all, &Shot{Step: step, Image: &image.Gray{Rect: image.Rect(0, 0, n, 1)}})
		}
		return all
	}
	for _, tc := range []struct {
		name  string
		shots []*Shot
		first int // the step of the oldest that is kept
	}{
		{"a few small ones", shots(1, 1, 1), 0},
		{"many small ones", shots(slices.Repeat([]int{1}, keepShots+5)...), 5},
		{"four of the largest", shots(maxPixels, maxPixels, maxPixels, maxPixels), 1},
		{"one beyond all bounds", shots(1, keepPixels+1), 1},
		{"a small one after it", shots(keepPixels+1, 1), 1},
	} {
		kept := newest(tc.shots)
		if len(kept) != len(tc.shots)-tc.first || kept[0].Step != tc.first {
			t.Errorf("%s: %d kept, from %d", tc.name, len(kept), kept[0].Step)
		}
	}
}
