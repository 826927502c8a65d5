package tokenizer

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestCLIPHasItsVocabulary(t *testing.T) {
	bpe := clip(t)
	if bpe.Vocab() != 49408 || bpe.SOT() != 49406 || bpe.EOT() != 49407 {
		t.Errorf("%d ids, sot %d, eot %d; not 49408, 49406, 49407", bpe.Vocab(), bpe.SOT(), bpe.EOT())
	}
	for id, want := range map[int32]string{0: "!", 255: "Ń", 256: "!</w>", 320: "a</w>", 512: "in", 513: "th", 49405: "jekyll</w>"} {
		if got := bpe.name(id); got != want {
			t.Errorf("id %d is %q, not %q", id, got, want)
		}
	}
}

func TestEncodeOverwritesWhatWasInTheRow(t *testing.T) {
	row := slices.Repeat([]int32{7}, 6)
	clip(t).Encode("a", row)
	if want := []int32{49406, 320, 49407, 0, 0, 0}; !slices.Equal(row, want) {
		t.Errorf("%v, not %v", row, want)
	}
	clip(t).Encode("a", nil) // no row, no panic
}

func TestEncodeNeverWritesBeyondTheRow(t *testing.T) {
	backing := slices.Repeat([]int32{7}, 12)
	clip(t).Encode(strings.Repeat("supercalifragilistic ", 9), backing[:5])
	if !slices.Equal(backing[5:], slices.Repeat([]int32{7}, 7)) {
		t.Errorf("wrote beyond 5: %v", backing)
	}
}

func TestDecode(t *testing.T) {
	bpe := clip(t)
	for text, want := range map[string]string{
		"":                    "",
		"A photo of a cat":    "a photo of a cat",
		"it's 12!":            "it 's 1 2 !",
		"日本 été":              "日本 été",
		"a <end_of_text> b":   "a", // what is behind eot does not reach the tower
		"a <start_of_text> b": "a b",
	} {
		row := make([]int32, 20)
		bpe.Encode(text, row)
		if got := bpe.Decode(row); got != want {
			t.Errorf("%q becomes %q, not %q", text, got, want)
		}
	}
	if got := bpe.Decode([]int32{-1, 320, 1 << 30, 49407}); got != "a" {
		t.Errorf("ids outside the vocabulary: %q", got)
	}
	if got := bpe.Decode([]int32{byteIDs["日"[0]]}); got != "\ufffd" {
		t.Errorf("half a character: %q", got)
	}
}

// naive is open_clip's SimpleTokenizer.bpe, pass by pass.
func naive(t *BPE, word []byte) []int32 {
	ids := newSymbols(word).ids
	for {
		best := int32(len(t.merges))
		for k := 1; k < len(ids); k++ {
			if rank, ok := t.ranks[pair{ids[k-1], ids[k]}]; ok {
				best = min(best, rank)
			}
		}
		if int(best) == len(t.merges) {
			return ids
		}
		ids = joined(ids, t.merges[best], baseSymbols+best)
	}
}

func TestMergingEqualsPassByPass(t *testing.T) {
	bpe, r := clip(t), rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		word := make([]byte, 1+r.IntN(40))
		letters := 1 + r.IntN(26) // few letters make many overlapping pairs
		for i := range word {
			word[i] = 'a' + byte(r.IntN(letters))
			if r.IntN(20) == 0 {
				word[i] = byte(r.IntN(256))
			}
		}
		if got, want := bpe.merge(word), naive(bpe, word); !slices.Equal(got, want) {
			t.Fatalf("%q: %v, not %v", word, got, want)
		}
	}
}

func TestCacheStaysBounded(t *testing.T) {
	cache := newWordCache()
	for i := range cachedWords + 10 {
		cache.put([]byte{byte(i), byte(i >> 8), byte(i >> 16)}, []int32{int32(i)})
	}
	if len(cache.ids) > cachedWords {
		t.Errorf("%d words kept, more than %d", len(cache.ids), cachedWords)
	}
	cache.put(make([]byte, cachedWordSize+1), nil)
	if _, kept := cache.get(make([]byte, cachedWordSize+1)); kept {
		t.Error("a very long word was kept")
	}
}

func TestEncodeIsSafeForConcurrentUse(t *testing.T) {
	bpe, err := CLIP() // with an empty cache
	if err != nil {
		t.Fatal(err)
	}
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			got, want := make([]int32, 24), make([]int32, 24)
			for _, text := range sentences(t) {
				bpe.Encode(text, got)
				clip(t).Encode(text, want)
				if !slices.Equal(got, want) {
					t.Errorf("%q: %v, not %v", text, got, want)
				}
			}
		})
	}
	workers.Wait()
}

func BenchmarkEncode(b *testing.B) {
	captions := map[string][]string{
		"english": {"a photo of a cat", "A man riding a wave on top of a surfboard.", "Two dogs playing in the snow, one of them is brown", "face with tears of joy", "IMG_2043: the old town's market square at night"},
		"mixed":   sentences(b),
		"broken":  {"schÃ¶ne GrÃ¼ÃŸe aus KÃ¶ln", "l’été à la plage", "Ð¿Ñ€Ð¸Ð²ÐµÑ‚ Ð¼Ð¸Ñ€"},
	}
	for _, name := range []string{"english", "mixed", "broken"} {
		b.Run(name, func(b *testing.B) {
			bpe, row, tokens := clip(b), make([]int32, 77), 0
			for _, text := range captions[name] {
				tokens += len(bpe.Append(nil, text)) + 2
			}
			for b.Loop() {
				for _, text := range captions[name] {
					bpe.Encode(text, row)
				}
			}
			b.ReportMetric(float64(tokens*b.N)/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}

func BenchmarkCLIP(b *testing.B) {
	for b.Loop() {
		if _, err := CLIP(); err != nil {
			b.Fatal(err)
		}
	}
}
