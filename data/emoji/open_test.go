package emoji

import (
	"slices"
	"strings"
	"testing"
)

func TestOpenWithoutASetSaysHowToBuildOne(t *testing.T) {
	t.Setenv(dataVariable, t.TempDir())
	_, err := Open(Train)
	if err == nil || !strings.Contains(err.Error(), "the emoji set is not built; run `clipbench data emoji`") {
		t.Errorf("got %v", err)
	}
}

func TestTestdataAnswersTheSameQuestions(t *testing.T) {
	for split, want := range map[string]int{
		Train: 135, ValidationStyle: 45, ValidationConcept: 18, ValidationBoth: 6, UnseenStyle: 51, UnseenConcept: 36, UnseenBoth: 9,
		"train+validation": 204,
	} {
		source, err := OpenTestdata(split)
		if err != nil {
			t.Fatal(err)
		}
		if source.Len() != want || source.Name() != "emoji-small:"+split {
			t.Errorf("%s has %d samples, want %d of %s", source.Name(), source.Len(), want, split)
		}
	}
	if _, err := OpenTestdata("test"); err == nil || !strings.Contains(err.Error(), `emoji-small: no split "test"; there are train, `) {
		t.Errorf("got %v", err)
	}
}

func TestLabelsAreTheDistinctCaptionsInOrder(t *testing.T) {
	source, err := OpenTestdata(UnseenConcept)
	if err != nil {
		t.Fatal(err)
	}
	labels, err := Labels(source)
	if err != nil {
		t.Fatal(err)
	}
	if len(labels) != 9 || !slices.IsSorted(labels) || len(slices.Compact(labels)) != 9 {
		t.Errorf("labels %q, want 9 distinct ones in order", labels)
	}
}

func TestShowingKeepsTheOrderOfTheGallery(t *testing.T) {
	source, err := OpenTestdata(UnseenStyle)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := Showing(source, Gallery(48))
	if err != nil {
		t.Fatal(err)
	}
	if shown.Len() < 24 {
		t.Errorf("%d pictures of the gallery in the small set, want 24 at least", shown.Len())
	}
	last := -1
	for i := range shown.Len() {
		at := slices.Index(gallery, sampleOf(t, shown, i).Concept)
		if at <= last {
			t.Errorf("picture %d shows concept %d of the gallery, after concept %d", i, at, last)
		}
		last = at
	}
}
