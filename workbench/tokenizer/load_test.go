package tokenizer

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLoad(t *testing.T) {
	for name, vocab := range map[string]int{
		"clip":                          49408,
		"openai/clip-vit-large-patch14": 49408,
		"openai/clip-vit-base-patch32":  49408,
		"testdata/small.txt":            700,
		"testdata/clip":                 700,
		"testdata/clip/tokenizer.json":  700,
		"testdata/wordpiece.json":       414,
	} {
		loaded, err := Load(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if loaded.Vocab() != vocab {
			t.Errorf("%s: %d ids, not %d", name, loaded.Vocab(), vocab)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	folder := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, want := range map[string]string{
		"google/siglip":           "no such tokenizer file",
		"":                        "no such tokenizer file",
		folder:                    tokenizerJSON,
		file("x.bin", ""):         "neither a merges file",
		file("empty.json", ""):    "empty.json",
		file("object.json", "{}"): "0 special ids",
		file("list.json", "[]"):   "list.json",
		file("far.json", `{"model":{"type":"BPE","vocab":{"a":0}},"post_processor":{"type":"BertProcessing","sep":["e",7],"cls":["c",-1]}}`): "[-1 7] lie outside its vocabulary of 1 ids",
		file("cut.json", `{"model":{"typ`): "cut.json",
	} {
		loaded, err := Load(name)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, error %v, which should say %q in one line", name, loaded, err, want)
		}
	}
}

// The goldens are what Hugging Face's tokenizers says.
func TestHuggingFaceEqualsItself(t *testing.T) {
	for path, golden := range map[string]string{
		"testdata/clip":           "testdata/clip.jsonl",
		"testdata/wordpiece.json": "testdata/wordpiece.jsonl",
	} {
		loaded, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		readLines(t, golden, func(r row) {
			if r.Vocab > 0 {
				return
			}
			eot := r.Row[len(r.Row)-1]
			if loaded.EOT() != eot {
				t.Fatalf("%s: eot is %d, not %d", path, loaded.EOT(), eot)
			}
			for _, context := range []int{1, 5, len(r.Row), len(r.Row) + 3} {
				want := slices.Clone(r.Row[:min(context, len(r.Row))])
				want[len(want)-1] = eot
				want = append(want, make([]int32, max(0, context-len(want)))...)
				got := slices.Repeat([]int32{-1}, context)
				if loaded.Encode(r.Text, got); !slices.Equal(got, want) {
					t.Errorf("%s: Encode(%+q) = %v, not %v", path, r.Text, got, want)
				}
			}
		})
	}
}

func TestHuggingFaceDecodes(t *testing.T) {
	for path, want := range map[string]string{"testdata/clip": "a photo of a cat , on", "testdata/wordpiece.json": "a photo of a cat, on"} {
		loaded, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		row := make([]int32, 40)
		loaded.Encode("A photo of a cat, on", row)
		if got := strings.ReplaceAll(loaded.Decode(row), " ,", ","); got != strings.ReplaceAll(want, " ,", ",") {
			t.Errorf("%s: %q, not %q", path, got, want)
		}
	}
}
