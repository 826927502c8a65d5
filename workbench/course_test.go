package workbench

import (
	"math"
	"slices"
	"testing"

	"clipbench/workbench/evaluate"
	"clipbench/workbench/plot"
)

func TestSeparationIsTheMeanOfTheDiagonalAndOfTheRest(t *testing.T) {
	run, source := untrained(t, "unseen-style")
	got, err := run.Separation(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	matrix, err := run.Similarity(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	var matched, others, n float64
	for i, row := range matrix.Values {
		for j, v := range row {
			if i == j {
				matched, n = matched+v, n+1
			} else {
				others += v
			}
		}
	}
	if math.Abs(got.Matched-matched/n) > 1e-6 || math.Abs(got.Others-others/(n*(n-1))) > 1e-6 {
		t.Errorf("%+v, the matrix has %g and %g", got, matched/n, others/(n*(n-1)))
	}
}

func TestACourseMeasuresEachCheckpointAsOpeningItDoes(t *testing.T) {
	source, err := OpenSource("emoji-small:unseen-style")
	if err != nil {
		t.Fatal(err)
	}
	for _, override := range []string{"exp_manager.ema.enable=false", "exp_manager.ema.enable=true"} {
		run := tiny(t, t.TempDir(), &recorder{}, override)
		if _, err := run.Train(t.Context()); err != nil {
			t.Fatal(err)
		}
		course, err := run.Course(t.Context(), source)
		if err != nil || !slices.Equal(course.Steps, []int{4, 8, 12}) {
			t.Fatalf("%s: steps %v, %v", override, course.Steps, err)
		}
		if now, err := run.Separation(t.Context(), source); err != nil || course.Points[2] != now {
			t.Errorf("%s: the course ends with %+v, the run with %+v, %v", override, course.Points[2], now, err)
		}
		paths, err := run.Checkpoints()
		if err != nil {
			t.Fatal(err)
		}
		for i, path := range paths {
			m, err := OpenModel(path, Options{Backend: "go"})
			if err != nil {
				t.Fatal(err)
			}
			if alone, err := m.Separation(t.Context(), source); err != nil || course.Points[i] != alone {
				t.Errorf("%s: %s is %+v in the course, %+v alone, %v", override, path, course.Points[i], alone, err)
			}
			m.Close()
		}
		if course.Points[0] == course.Points[1] || course.Points[1] == course.Points[2] {
			t.Errorf("%s: nothing was learned: %+v", override, course.Points)
		}
	}
}

func TestSelectionsKeepWhatTheyName(t *testing.T) {
	source, err := OpenSource("emoji-small:train")
	if err != nil {
		t.Fatal(err)
	}
	groups, all := map[string]int{}, 0
	var order []string
	for i := range source.Len() {
		s, _ := source.Sample(i)
		groups[s.Meta["group"].(string)]++
	}
	sorted := SortedBy(source, "group")
	for i := range sorted.Len() {
		s, _ := sorted.Sample(i)
		order = append(order, s.Meta["group"].(string))
	}
	if !slices.IsSorted(order) || len(order) != source.Len() {
		t.Errorf("%d of %d, in the order %q", len(order), source.Len(), order)
	}
	some := Evenly(sorted, 45) // a third
	for i := range some.Len() {
		s, _ := some.Sample(i)
		groups["some "+s.Meta["group"].(string)]++
	}
	for _, group := range slices.Compact(order) {
		if n := groups["some "+group]; 3*n < groups[group]-3 || 3*n > groups[group]+3 {
			t.Errorf("%s: %d of %d samples, want a third", group, n, groups[group])
		}
		delete(groups, "some "+group)
	}
	for group, n := range groups {
		if got := Where(source, "group", group).Len(); got != n {
			t.Errorf("%s: %d samples, want %d", group, got, n)
		}
		all += n
	}
	if all != source.Len() || Head(source, 7).Len() != 7 || Head(source, 1e6).Len() != source.Len() {
		t.Error("samples are lost")
	}
}

func TestAtScaleMakesEachRowAProbability(t *testing.T) {
	s := AtScale(plot.Similarity{Values: [][]float64{{1, 0}, {.5, .5}}}, 2)
	want := evaluate.Probabilities(evaluate.Embeddings{{1, 0}, {.5, .5}}, evaluate.Embeddings{{1, 0}, {0, 1}}, 2)
	for i := range want {
		if math.Abs(s.Values[i][0]-want[i][0]) > 1e-12 || math.Abs(s.Values[i][0]+s.Values[i][1]-1) > 1e-12 {
			t.Errorf("row %d: %v, want %v", i, s.Values[i], want[i])
		}
	}
}
