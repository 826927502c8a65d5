package tokenizer

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var plainWords = regexp.MustCompile(`^[a-z]+( [a-z]+)*$`)

func FuzzEncode(f *testing.F) {
	bpe := clip(f)
	for _, text := range []string{"", "a photo of a cat", "it's 12!", "<end_of_text>", "\xff\xfe", "&#xd800;&amp", "Ã©\x9eş", "日本\u0345", "\xed\xa0\xbd\xed\xb8\x80", strings.Repeat("ab", 400)} {
		f.Add(text, 9)
	}
	readLines(f, "testdata/rows.jsonl", func(r row) { f.Add(r.Text, r.Context) })
	f.Fuzz(func(t *testing.T, text string, context int) {
		context = 1 + (context&0x7fffffff)%100
		row := slices.Repeat([]int32{-1}, context)
		bpe.Encode(text, row)
		end := slices.Index(row, bpe.EOT())
		if end < 0 || context > 1 && row[0] != bpe.SOT() || slices.Min(row) < 0 || int(slices.Max(row)) >= bpe.Vocab() {
			t.Fatalf("Encode(%q) = %v", text, row)
		}
		if decoded := bpe.Decode(row); !utf8.ValidString(decoded) {
			t.Fatalf("Decode(%v) = %q", row, decoded)
		}
		if all := bpe.Append(nil, text); plainWords.MatchString(text) && bpe.Decode(all) != text {
			t.Fatalf("%q comes back as %q", text, bpe.Decode(all))
		}
	})
}

func FuzzReadMerges(f *testing.F) {
	for _, content := range []string{"", "#version: 0.2\na b\nab c</w>", "x\na b\nb c\na bc\nab c", "\x1f\x8b", "#\n\u0100 \u0101"} {
		f.Add([]byte(content))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		bpe, err := readMerges("fuzz", bytes.NewReader(content))
		if err != nil {
			return
		}
		row := make([]int32, 12)
		bpe.Encode("abcabc cab", row)
		if !slices.Contains(row, bpe.EOT()) || int(slices.Max(row)) >= bpe.Vocab() {
			t.Fatalf("Encode = %v with %d ids", row, bpe.Vocab())
		}
	})
}

func FuzzHuggingFace(f *testing.F) {
	for _, content := range []string{
		"", "{}", "[]", `{"model":{"type":"BPE","vocab":{"a</w>":0,"e":1},"merges":[],"end_of_word_suffix":"</w>"},"post_processor":{"type":"RobertaProcessing","cls":["s",1],"sep":["e",1]}}`,
		`{"pre_tokenizer":{"type":"Split","pattern":{"Regex":"[\\s"}},"post_processor":{"type":"BertProcessing","sep":["e",1]}}`,
	} {
		f.Add([]byte(content))
	}
	f.Fuzz(func(_ *testing.T, content []byte) {
		loaded, err := parseHuggingFace("fuzz", content)
		if err != nil {
			return
		}
		row := make([]int32, 8)
		loaded.Encode("a cat İ's\u00a0hat", row)
		loaded.Decode(row)
	})
}
