package tokenizer

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"sync"
	"testing"

	"clipbench/workbench/tokenizer/entity"
	"clipbench/workbench/tokenizer/ftfy"
)

// The goldens are what open_clip, ftfy and Python say: testdata/make_goldens.py.
type golden struct {
	Text, Unescaped, Fixed, Clean string
	IDs                           []int32
	Kind                          int
}

type row struct {
	Text    string
	Context int
	Row     []int32
	Vocab   int
}

func readLines[T any](t testing.TB, path string, each func(T)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		each(v)
	}
	if lines.Err() != nil {
		t.Fatal(lines.Err())
	}
}

var clipOnce = sync.OnceValues(CLIP)

func clip(t testing.TB) *BPE {
	t.Helper()
	bpe, err := clipOnce()
	if err != nil {
		t.Fatal(err)
	}
	return bpe
}

func TestEverythingEqualsOpenCLIP(t *testing.T) {
	bpe, count := clip(t), 0
	readLines(t, "testdata/goldens.jsonl", func(g golden) {
		count++
		if got := entity.Unescape(g.Text); got != g.Unescaped {
			t.Errorf("entity.Unescape(%+q) = %+q, not %+q", g.Text, got, g.Unescaped)
		}
		if got := ftfy.Fix(g.Text); got != g.Fixed {
			t.Errorf("ftfy.Fix(%+q) = %+q, not %+q", g.Text, got, g.Fixed)
		}
		if got := Clean(g.Text); got != g.Clean {
			t.Errorf("Clean(%+q) = %+q, not %+q", g.Text, got, g.Clean)
		}
		if got := bpe.Append(nil, g.Text); !slices.Equal(got, g.IDs) {
			t.Errorf("Append(%+q) = %v, not %v", g.Text, got, g.IDs)
		}
	})
	if count < 500 {
		t.Errorf("only %d goldens", count)
	}
}

func TestRowsEqualOpenCLIP(t *testing.T) {
	readLines(t, "testdata/rows.jsonl", func(r row) {
		got := slices.Repeat([]int32{-1}, r.Context)
		clip(t).Encode(r.Text, got)
		if !slices.Equal(got, r.Row) {
			t.Errorf("Encode(%q, %d) = %v, not %v", r.Text, r.Context, got, r.Row)
		}
	})
}

// TestCaptionsEqualOpenCLIP compares a large set of captions that is made by
// testdata/make_goldens.py --captions and is too large to keep here.
func TestCaptionsEqualOpenCLIP(t *testing.T) {
	path := os.Getenv("CLIPBENCH_CAPTIONS")
	if path == "" {
		t.Skip("CLIPBENCH_CAPTIONS names no file of testdata/make_goldens.py --captions")
	}
	type tally struct{ texts, fixed, ids int }
	var kinds []tally
	readLines(t, path, func(g golden) {
		for len(kinds) <= g.Kind {
			kinds = append(kinds, tally{})
		}
		kinds[g.Kind].texts++
		if got := ftfy.Fix(g.Text); got == g.Fixed {
			kinds[g.Kind].fixed++
		} else {
			t.Errorf("ftfy.Fix(%+q) = %+q, not %+q", g.Text, got, g.Fixed)
		}
		if got := clip(t).Append(nil, g.Text); slices.Equal(got, g.IDs) {
			kinds[g.Kind].ids++
		} else {
			t.Errorf("Append(%+q) = %v, not %v", g.Text, got, g.IDs)
		}
	})
	for kind, n := range kinds {
		t.Logf("kind %2d: %6d texts, %6d fixed as ftfy does, %6d encoded as open_clip does", kind, n.texts, n.fixed, n.ids)
	}
}
