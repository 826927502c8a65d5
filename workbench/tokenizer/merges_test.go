package tokenizer

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSavedMergesLoadAgain(t *testing.T) {
	bpe := train(t, 600, sentences(t)...)
	plain := filepath.Join(t.TempDir(), "small.txt")
	if err := bpe.Save(plain); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(plain+".gz", packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{plain, plain + ".gz"} {
		loaded, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(loaded.(*BPE).merges, bpe.merges) {
			t.Errorf("%s holds other merges than were saved", path)
		}
	}
}

func TestReadMergesRefusesWithTheLine(t *testing.T) {
	for _, tc := range []struct{ name, content, want string }{
		{"three symbols", "#version\na b\nab c d", `f:3: "ab c d" is not two symbols`},
		{"one symbol", "#version\nab", `f:2: "ab" is not two symbols`},
		{"unknown symbol", "#version\nab c", `f:2: "ab c" joins a symbol that no line above makes`},
		{"unknown character", "#version\n日 c", "f:2:"},
		{"goes on after a word's end", "#version\na</w> b", `f:2: "a</w>" ends a word`},
		{"twice the same", "#version\na b\na b", `f:3: "ab" exists already`},
		{"a very long line", "#version\n" + strings.Repeat("x", 1<<17), "f: bufio.Scanner: token too long"},
		{"broken gzip", "\x1f\x8b but not really", "f: "},
	} {
		if _, err := readMerges("f", strings.NewReader(tc.content)); err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%s: error %v, not %s…", tc.name, err, tc.want)
		}
	}
	if bpe, err := readMerges("f", strings.NewReader("#version\r\na b\r\n\r\n")); err != nil || bpe.Vocab() != Smallest+1 {
		t.Errorf("Windows' line ends: %v, %v", bpe, err)
	}
	if bpe, err := readMerges("f", strings.NewReader("")); err != nil || bpe.Vocab() != Smallest {
		t.Errorf("an empty file: %v, %v; it is a tokenizer of bytes", bpe, err)
	}
}

func TestSaveSaysWhyItFailed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "small.txt")
	if err := train(t, Smallest).Save(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v does not name %s", err, path)
	}
}
