package pane

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"clipbench/workbench/runlog"
)

// TestGridFillsItsAreaWithoutOverlap lays out charts of random groups.
func TestGridFillsItsAreaWithoutOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var groups []string
		for g := range rapid.IntRange(1, 6).Draw(t, "groups") {
			for range rapid.IntRange(1, 9).Draw(t, "charts") {
				groups = append(groups, fmt.Sprint("g", g))
			}
		}
		w, h := rapid.IntRange(8, 300).Draw(t, "w"), rapid.IntRange(2, 100).Draw(t, "h")
		_, _, page := grid(groups, w, h, 0)
		seen := 0
		for first := 0; first < len(groups); first += page {
			areas, sections, _ := grid(groups, w, h, first)
			seen += len(areas)
			covered := len(sections) * w
			for i, a := range areas {
				if a.X < 0 || a.Y < 0 || a.X+a.W > w || a.Y+a.H > h {
					t.Fatalf("chart %d at %v is outside %d×%d", i, a, w, h)
				}
				for _, b := range areas[:i] {
					if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
						t.Fatalf("charts at %v and %v overlap", a, b)
					}
				}
				covered += a.W * a.H
			}
			if covered != w*h {
				t.Fatalf("%d of %d cells are used", covered, w*h)
			}
			if sections != nil {
				break // all are on one page
			}
		}
		if seen != len(groups) {
			t.Fatalf("%d of %d charts are on a page", seen, len(groups))
		}
	})
}

func TestGroupsOfMetrics(t *testing.T) {
	for metric, want := range map[string]string{
		"loss": "training", "train/loss": "training", "val/top1": "validation", "val_top1": "validation", "val/emoji:unseen/top1": "validation/emoji:unseen",
		"lr": "optimizer", "logit_scale": "optimizer", "grad_norm": "optimizer", "pairs_per_s": "speed", "data_wait": "speed", "sys/cpu": "system",
		"i2t/recall@1": "i2t", "recall@5": "validation", "strange": "other",
	} {
		if got := GroupOf(metric); got != want {
			t.Errorf("%s is of group %q, want %q", metric, got, want)
		}
	}
	names := []string{"sys/cpu", "val/top10", "val/top5", "lr", "val/loss", "loss_image", "loss", "zebra/a", "pairs_per_s"}
	slices.SortStableFunc(names, byGroup)
	want := []string{"loss", "loss_image", "val/loss", "val/top5", "val/top10", "lr", "zebra/a", "pairs_per_s", "sys/cpu"}
	if !slices.Equal(names, want) {
		t.Errorf("the order is %v, want %v", names, want)
	}
}

// TestZoomAndPanStayInside moves about at random: what is shown lies inside the whole and has an extent, zooming out
// far enough shows everything, and what reaches the end follows it.
func TestZoomAndPanStayInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := runlog.Range{Min: rapid.Float64Range(0, 1e4).Draw(t, "min")}
		whole.Max = whole.Min + rapid.Float64Range(1, 1e6).Draw(t, "span")
		l := NewLook()
		l.LogX = rapid.Bool().Draw(t, "log")
		slack := 1e-9 * (whole.Max - whole.Min)
		for range rapid.IntRange(1, 20).Draw(t, "moves") {
			switch rapid.IntRange(0, 2).Draw(t, "move") {
			case 0:
				l.Zoom(rapid.SampledFrom([]float64{0.5, 2, 1.3}).Draw(t, "factor"), whole)
			case 1:
				l.Pan(rapid.Float64Range(-2, 2).Draw(t, "by"), whole)
			case 2:
				l.Cursor = rapid.Float64Range(whole.Min, whole.Max).Draw(t, "cursor")
			}
			w := l.window(whole)
			if !(w.Min < w.Max) || w.Min < whole.Min-slack || w.Max > whole.Max+slack {
				t.Fatalf("%v is shown of %v", w, whole)
			}
			if math.IsInf(l.X1, 1) {
				longer := runlog.Range{Min: whole.Min, Max: whole.Max * 2}
				if l.window(longer).Max != longer.Max {
					t.Fatal("the end is not followed")
				}
			}
		}
		for range 80 {
			l.Zoom(2, whole)
		}
		if l.Zoomed() {
			t.Fatalf("zoomed out, %v is shown of %v", l.window(whole), whole)
		}
	})
}

func TestColumnsOfTheTableFit(t *testing.T) {
	for w := 40; w <= 320; w++ {
		for _, longest := range []int{4, 12, 20, 60} {
			shown, widths := fitColumns(w, longest)
			used := 2
			for _, width := range widths {
				used += width + 1
			}
			if used-1 > w || shown[0].title != "RUN" {
				t.Fatalf("%d cells of %d are used, the first column is %s", used-1, w, shown[0].title)
			}
		}
	}
}
