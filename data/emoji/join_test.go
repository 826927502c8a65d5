package emoji

import (
	"maps"
	"testing"
)

func TestSlugSpellsLabelsAsIconifyDoes(t *testing.T) {
	for label, want := range map[string]string{
		"waving hand":               "waving-hand",
		"waving hand: light skin":   "waving-hand-light-skin",
		"man’s shoe":                "man-s-shoe",
		"flag: Côte d’Ivoire":       "flag-cote-d-ivoire",
		"flag: Åland Islands":       "flag-aland-islands",
		"“ok” button":               "ok-button",
		"keycap: *":                 "keycap",
		"Japanese “free” button!":   "japanese-free-button",
		"woman, man (both)":         "woman-man-both",
		"A/B_c":                     "a-b-c",
		"  twice  -- hyphenated  ":  "twice-hyphenated",
		"piñata":                    "pinata",
		"face with open eyes & co.": "face-with-open-eyes-co",
	} {
		if got := slug(label); got != want {
			t.Errorf("slug(%q) = %q, want %q", label, got, want)
		}
	}
}

// testEmojis are a hand, its light skin tone, a pizza, and the letters A and Z.
func testEmojis() *emojis {
	return newEmojis([]emojibaseEntry{
		{Hexcode: "1F44B", Label: "waving hand", Tags: []string{"hello"}, Skins: []emojibaseEntry{
			{Hexcode: "1F44B-1F3FB", Label: "waving hand: light skin tone"},
		}},
		{Hexcode: "1F355", Label: "pizza"},
		{Hexcode: "2764-FE0F", Label: "red heart"},
	}, emojibaseMessages{})
}

func TestIconNamesPreferLabelsThenCharactersThenAliases(t *testing.T) {
	naming := &artwork{
		Chars:   map[string]string{"1f44b": "wave", "2764": "pizza", "1F9FF": "nazar"},
		Aliases: map[string]string{"hello-hand": "wave", "greeting": "hello-hand", "slice": "unknown"},
	}
	names := newIconNames(testEmojis(), []*artwork{naming})
	for name, want := range map[string]string{
		"waving-hand":                 "1F44B",
		"wavinghand":                  "1F44B", // without hyphens
		"waving-hand-light-skin-tone": "1F44B-1F3FB",
		"wave":                        "1F44B",
		"pizza":                       "1F355", // the label outweighs the character of another set
		"hello-hand":                  "1F44B", // an alias
		"nazar":                       "",      // an emoji that CLDR does not list
		"slice":                       "",      // an alias of nothing known
		"unheard-of":                  "",
	} {
		if got := names.find(name); got != want {
			t.Errorf("find(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestJoinIconsByCharacterBeforeName(t *testing.T) {
	all := testEmojis()
	names := newIconNames(all, nil)
	art := &artwork{
		Chars: map[string]string{"2764-fe0f": "heart", "1f355": "gone"},
		Icons: map[string]icon{"heart": {}, "red-heart": {}, "Pizza": {}, "pizza": {}, "waving-hand-light-skin-tone": {}, "logo": {}},
	}
	got := joinIcons(all, names, art)
	want := map[string]string{"2764": "heart", "1F355": "pizza", "1F44B-1F3FB": "waving-hand-light-skin-tone"}
	if !maps.Equal(got, want) {
		t.Errorf("joined %v, want %v", got, want)
	}
}
