package tokenizer

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

func words(text string) []string {
	var out []string
	for word, rest := nextWord([]byte(text)); word != nil; word, rest = nextWord(rest) {
		out = append(out, string(word))
	}
	return out
}

func TestWordsAreCutAsOpenCLIPsPatternCuts(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		"  ":                            "",
		"a photo":                       "a|photo",
		"it's the dogs' bone":           "it|'s|the|dogs|'|bone",
		"!!'s":                          "!!'|s", // the rest is greedy and takes the apostrophe
		"they've won't":                 "they|'ve|won|'t",
		"12 4k":                         "1|2|4|k",
		"a<start_of_text>b":             "a|<start_of_text>|b",
		"!<start_of_text>":              "!<|start|_|of|_|text|>",
		"<end_of_text>!":                "<end_of_text>|!",
		"<ſtart_of_text>":               "<ſtart_of_text>",
		"ſ'ſ":                           "ſ|'ſ",
		"naïve 日本語!":                    "naïve|日本語|!",
		"½²":                            "½|²",
		"e\u0301":                       "e|\u0301",
		"a\u0345b":                      "a|b",
		"👩\u200d🚀x":                     "👩\u200d🚀|x",
		"\u00a0a\u2003b":                "a|b",
		"\xff\xfea":                     "\xff\xfe|a",
		strings.Repeat("x", 300) + " y": strings.Repeat("x", 300) + "|y",
	} {
		if got := strings.Join(words(text), "|"); got != want {
			t.Errorf("%q is cut %q, not %q", text, got, want)
		}
	}
}

// A class differs from regex's in one character, which the pattern passes over.
func TestClassesEqualPythonsRegex(t *testing.T) {
	content, err := os.ReadFile("testdata/classes.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][]int
	if err := json.Unmarshal(content, &want); err != nil {
		t.Fatal(err)
	}
	names := map[class]string{letter: "letter", number: "number", space: "space"}
	got := map[string][]int{"letter": {0, 0}, "number": {0, 0}, "space": {0, 0}}
	for r := rune(0); r <= 0x10ffff; r++ {
		if name := names[classOf(r)]; name != "" && r != ypogegrammeni && (r < 0xd800 || r >= 0xe000) {
			got[name][0]++
			got[name][1] += int(r)
		}
	}
	for name := range want {
		if !slices.Equal(got[name], want[name]) {
			t.Errorf("%s: %v characters and the sum of their code points, not %v", name, got[name], want[name])
		}
	}
}
