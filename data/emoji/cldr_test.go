package emoji

import (
	"reflect"
	"testing"
)

func TestEmojiKeyLeavesOutVariationSelectors(t *testing.T) {
	for hexcode, want := range map[string]string{
		"1f600":                     "1F600",
		"2764-FE0F":                 "2764",
		"1F3F3-FE0F-200D-1F308":     "1F3F3-200D-1F308",
		"1f468-200d-2764-fe0f-200d": "1F468-200D-2764-200D",
		"FE0F-20E3":                 "20E3",
		"0023-FE0F-20E3":            "0023-20E3",
	} {
		if got := emojiKey(hexcode); got != want {
			t.Errorf("emojiKey(%q) = %q, want %q", hexcode, got, want)
		}
	}
}

func TestSkinTonesShareTheirBase(t *testing.T) {
	people, open := 1, 16
	entries := []emojibaseEntry{
		{
			Hexcode: "270B-FE0F", Label: "raised hand", Tags: []string{"five"}, Group: &people, Subgroup: &open,
			Skins: []emojibaseEntry{{Hexcode: "270B-1F3FF", Label: "raised hand: dark skin tone"}},
		},
		{Hexcode: "1F1E6", Label: "regional indicator A"},
	}
	all := newEmojis(entries, emojibaseMessages{
		Groups:    []emojibaseMessage{{1, "people & body"}},
		Subgroups: []emojibaseMessage{{16, "open hand"}},
	})
	all.translate("de", []emojibaseEntry{{Hexcode: "270B", Label: "erhobene Hand"}, {Hexcode: "1F355", Label: "Pizza"}})
	if want := []string{"270B", "270B-1F3FF", "1F1E6"}; !reflect.DeepEqual(all.keys, want) {
		t.Fatalf("keys %v, want %v", all.keys, want)
	}
	for _, want := range []emojiRecord{
		{"270B-FE0F", "raised hand", []string{"five"}, "people & body", "open hand", false, "270B", map[string]string{"de": "erhobene Hand"}},
		{"270B-1F3FF", "raised hand: dark skin tone", []string{}, "people & body", "open hand", true, "270B", map[string]string{}},
		{"1F1E6", "regional indicator A", []string{}, "component", "component", false, "1F1E6", map[string]string{}},
	} {
		if got := *all.byKey[emojiKey(want.Hexcode)]; !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}
