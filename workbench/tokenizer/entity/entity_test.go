package entity

import (
	"encoding/json"
	"os"
	"testing"
)

// The goldens in package tokenizer hold all names and many numbers; these are
// the rules, from Python's documentation of html.unescape and its source.
func TestUnescape(t *testing.T) {
	for text, want := range map[string]string{
		"":                   "",
		"a & b &; &x; && &#": "a & b &; &x; && &#",
		"&lt;&LT;&lt&LT":     "<<<<",
		"&notit; &notin; ":   "¬it; ∉ ",
		"&nLt;&nGt;&semi;":   "≪\u20d2≫\u20d2;",
		"&check &check;":     "&check ✓",
		"&#233;&#xE9;&#Xe9 ": "ééé ",
		"&#233g;&#xg;":       "ég;&#xg;",
		"&#0;&#xD800;":       "\ufffd\ufffd",
		"&#x110000;":         "\ufffd",
		"&#99999999999999;":  "\ufffd",
		"&#128;&#x99;&#129;": "€™\u0081",
		"&#1;&#xb;&#127;":    "",
		"&#xfdd0;&#x1fffe;":  "",
		"&#9;&#10;&#13;&#32": "\t\n\r ",
		"&amp;amp;":          "&amp;",
	} {
		if got := Unescape(text); got != want {
			t.Errorf("Unescape(%q) = %+q, not %+q", text, got, want)
		}
	}
}

// The goldens are Python's html.entities.html5: ../testdata/make_goldens.py.
func TestLookupKnowsEveryName(t *testing.T) {
	content, err := os.ReadFile("../testdata/entities.json")
	if err != nil {
		t.Fatal(err)
	}
	var goldens struct{ HTML5 map[string]string }
	if err := json.Unmarshal(content, &goldens); err != nil {
		t.Fatal(err)
	}
	for name, want := range goldens.HTML5 {
		if got, ok := Lookup(name); got != want || !ok {
			t.Errorf("Lookup(%q) = %+q, %v, not %+q", name, got, ok, want)
		}
	}
	if len(goldens.HTML5) != 2231 {
		t.Errorf("%d names, not 2231", len(goldens.HTML5))
	}
}

func TestLookupIsExact(t *testing.T) {
	for name, want := range map[string]string{"amp;": "&", "amp": "&", "semi;": ";", "check;": "✓", "fjlig;": "fj", "nLt;": "≪\u20d2"} {
		if got, ok := Lookup(name); got != want || !ok {
			t.Errorf("Lookup(%q) = %+q, %v", name, got, ok)
		}
	}
	for _, name := range []string{"", ";", "check", "ampx", "ampx;", "notit;", "fjlig", "AMp", "a", "#59;"} {
		if got, ok := Lookup(name); ok {
			t.Errorf("Lookup(%q) = %+q, but there is no such name", name, got)
		}
	}
}

func FuzzUnescape(f *testing.F) {
	for _, text := range []string{"&", "&#", "&#x", "&#xFFFFFFFFF", "&amp;&#0", "&\xff;", "&notit"} {
		f.Add(text)
	}
	f.Fuzz(func(_ *testing.T, text string) { Unescape(text) })
}
