package ftfy

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The package tokenizer compares Fix with the real ftfy on hundreds of texts;
// here are one of each kind, and what Python's strings cannot hold.
func TestFix(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"nothing to do", "A photo of a cat.\n", "A photo of a cat.\n"},
		{"UTF-8 read as Windows-1252", "schÃ¶n", "schön"},
		{"twice", "ÃƒÂ©", "é"},
		{"a space for a no-break space", "voilÃ le travail", "voilà le travail"},
		{"a byte lost", "â€œ like this â€\ufffd", "\" like this \ufffd"},
		{"in a part alone", "été Ã©tÃ©", "été été"},
		{"Latin-1 for Windows-1252", "it\u0092s 日本", "it's 日本"},
		{"HTML", "a &lt; b &EACUTE;", "a < b É"},
		{"HTML with tags is left", "<b>&lt;</b>\n&lt;", "<b>&lt;</b>\n&lt;"},
		{"but not before the tags", "&lt;\n<b>&lt;", "<\n<b>&lt;"},
		{"colours of a terminal", "\x1b[36;44mblue\x1b[0m", "blue"},
		{"ligatures, width, quotes", "ﬂuﬃeﬆ ＬＯＵＤ　ﾊﾝｶｸ “it’s”", "fluffiest LOUD ハンカク \"it's\""},
		{"line breaks", "a\r\nb\rc\u2028d\u0085e", "a\nb\nc\nd…e"},
		{"control characters", "a\x00b\ufeff\ufffcc\x7f", "abc"},
		{"composition", "e\u0301", "é"},
		{"surrogates in UTF-8", "\xed\xa0\xbd\xed\xb2\xa9", "💩"},
		{"lone surrogates", "\xed\xb2\xa9\xed\xa0\xbd", "\ufffd\ufffd"},
		{"no UTF-8", "caf\xe9 \xff\xc0\x80", "caf\ufffd \ufffd\ufffd\ufffd"},
	} {
		if got := Fix(tc.text); got != tc.want {
			t.Errorf("%s: %+q, not %+q", tc.name, got, tc.want)
		}
	}
}

// The goldens are ftfy's own: ../testdata/make_goldens.py.
func TestEntitiesInCapitals(t *testing.T) {
	content, err := os.ReadFile("../testdata/entities.json")
	if err != nil {
		t.Fatal(err)
	}
	var goldens struct{ HTML5, Capitals map[string]string }
	if err := json.Unmarshal(content, &goldens); err != nil {
		t.Fatal(err)
	}
	for ref, want := range goldens.Capitals {
		if got := unescapeHTML(ref); got != want {
			t.Errorf("%s is %+q, not %+q", ref, got, want)
		}
	}
	if len(goldens.Capitals) < 1000 {
		t.Errorf("only %d goldens", len(goldens.Capitals))
	}
	for _, ref := range []string{"&nTILDE;", "&eACUTE;", "&check", "&NOSUCH;", "&#59;", "&#233"} {
		if got := unescapeHTML(ref); got != ref {
			t.Errorf("%s becomes %+q", ref, got)
		}
	}
}

func TestLongLinesAreCutIntoSegments(t *testing.T) {
	long := strings.Repeat("é", longestSegment)
	for text, want := range map[string]int{long: len(long), long + "x": len(long), "a\n" + long: 2, long[:2*longestSegment-2] + "\n": 2*longestSegment - 1} {
		segment, rest := cutSegment(text)
		if len(segment) != want || segment+rest != text {
			t.Errorf("of %d bytes the first segment has %d, not %d", len(text), len(segment), want)
		}
	}
}

// x/text composes short runs of marks; the two must agree on those.
func TestComposingByHandEqualsXText(t *testing.T) {
	marks := []rune("\u0300\u0301\u0302\u0307\u0308\u031b\u0321\u0323\u0327\u0328\u0337\u0344\u0345\u05b0\u3099\u093c\u1161\u11a8\u0334\u035c")
	letters := []rune("aeiouAnqZçéậ가ᄀکカदάΩ𝅘𝅥\u2126\u212b\ufb1d\u0958")
	r := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		var text []rune
		for range 1 + r.IntN(12) {
			if r.IntN(3) == 0 {
				text = append(text, letters[r.IntN(len(letters))])
			} else {
				text = append(text, marks[r.IntN(len(marks))])
			}
		}
		want := norm.NFC.String(string(text))
		if got := string(compose(reorder([]rune(decompose(string(text)))))); got != want {
			t.Fatalf("%+q: %+q, not %+q", string(text), got, want)
		}
	}
	if got, want := nfc("a"+strings.Repeat("\u0300", 40)), "à"+strings.Repeat("\u0300", 39); got != want {
		t.Errorf("a stack of marks: %+q, not %+q", got, want)
	}
}

func FuzzFix(f *testing.F) {
	for _, text := range []string{"", "schÃ¶n", "ðŸ˜€", "\xed\xa0\xbd\xed\xb2\xa9", "&#xd800;", "Ã\xad\xa0", "\u0345\u0300", "<&lt;", "â€\ufffd", "\x1b[", "Ã Ã "} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if fixed := Fix(text); !utf8.ValidString(fixed) {
			t.Fatalf("Fix(%q) = %q", text, fixed)
		}
	})
}

func TestClassesFitIntoTheirBits(t *testing.T) {
	for c, list := range lists {
		if c == 0 {
			t.Errorf("no bit is left for %q", list)
		}
	}
	if lists[0] != "" || len(lists) < 30 {
		t.Errorf("%d lists", len(lists))
	}
}
