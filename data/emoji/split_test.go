package emoji

import (
	"slices"
	"strings"
	"testing"
)

// The hashes behind these are sha1sum's: of "c1F319" it begins with a multiple of 10, of "c1F3B8" the second eight
// digits are a multiple of 20, and of "c1F600" neither.
func TestSplitFollowsFromStyleAndConcept(t *testing.T) {
	const moon, guitar, face = "1F319", "1F3B8", "1F600"
	for _, tc := range []struct {
		style, base string
		tone        bool
		want        string
	}{
		{"noto", face, false, Train},
		{"noto", face, true, "train-tone"},
		{"noto", guitar, false, ValidationConcept},
		{"noto", moon, false, UnseenConcept},
		{"noto", moon, true, "unseen-concept-tone"},
		{"emojione-v1", face, false, ValidationStyle},
		{"emojione-v1", guitar, false, ValidationBoth},
		{"emojione-v1", moon, false, UnseenConcept},
		{"twemoji", face, false, UnseenStyle},
		{"twemoji", guitar, false, UnseenStyle},
		{"twemoji", moon, false, UnseenBoth},
		{"twemoji", moon, true, "unseen-both-tone"},
	} {
		if got := fullRule.split(tc.style, tc.base, tc.tone); got != tc.want {
			t.Errorf("split(%s, %s, %v) = %s, want %s", tc.style, tc.base, tc.tone, got, tc.want)
		}
	}
}

func TestGalleryIsOfConceptsOfTrain(t *testing.T) {
	if len(gallery) != 48 {
		t.Errorf("%d concepts, want 48", len(gallery))
	}
	for i, concept := range gallery {
		if got := fullRule.split("noto", concept, false); got != Train {
			t.Errorf("%s is in %s", concept, got)
		}
		if slices.Contains(gallery[:i], concept) {
			t.Errorf("%s is listed twice", concept)
		}
	}
	if len(Gallery(24)) != 24 || len(Gallery(100)) != 48 || len(Gallery(-1)) != 0 {
		t.Error("Gallery(n) has not n concepts")
	}
}

func TestParseSplits(t *testing.T) {
	known := []string{"train", "train-tone", "validation-both", "validation-concept", "validation-style"}
	for _, tc := range []struct {
		spec, want, wrong string
	}{
		{"train", "train", ""},
		{"train+train-tone", "train train-tone", ""},
		{"train+validation", "train validation-style validation-concept validation-both", ""},
		{"test", "", `no split "test"; there are train, train-tone`},
		{"", "", "a split is missing"},
		{"train+", "", "a split is missing"},
		{"train+train", "", "names the split train twice"},
		{"validation+validation-both", "", "names the split validation-both twice"},
	} {
		got, err := parseSplits(tc.spec, known)
		if strings.Join(got, " ") != tc.want || (err == nil) != (tc.wrong == "") || (err != nil && !strings.Contains(err.Error(), tc.wrong)) {
			t.Errorf("parseSplits(%q) = %v, %v; want %q, %q", tc.spec, got, err, tc.want, tc.wrong)
		}
	}
}
