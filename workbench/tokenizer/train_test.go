package tokenizer

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/small.txt anew")

func sentences(t testing.TB) []string {
	t.Helper()
	content, err := os.ReadFile("testdata/sentences.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(content)), "\n")
}

func train(t testing.TB, size int, captions ...string) *BPE {
	t.Helper()
	bpe, err := Train(slices.Values(captions), size)
	if err != nil {
		t.Fatal(err)
	}
	return bpe
}

// The example of Sennrich et al. 2016, §3.2: its first merges are e·s, es·t</w>,
// l·o, lo·w; in CLIP's layout the end of a word is part of its last byte.
func TestTrainLearnsTheMostFrequentPairsFirst(t *testing.T) {
	var captions []string
	for word, count := range map[string]int{"low": 5, "lower": 2, "newest": 6, "widest": 3} {
		captions = append(captions, slices.Repeat([]string{word}, count)...)
	}
	bpe := train(t, Smallest+4, captions...)
	var got []string
	for _, m := range bpe.merges {
		got = append(got, bpe.name(m.left)+" "+bpe.name(m.right))
	}
	want := []string{"e s", "es t</w>", "l o", "e w"} // lo·w</w> and e·w: 5 and 6
	if !slices.Equal(got, want) {
		t.Errorf("merges %q, not %q", got, want)
	}
}

func TestTrainDoesNotDependOnTheOrderOfCaptions(t *testing.T) {
	captions := sentences(t)
	forward := train(t, 700, captions...)
	slices.Reverse(captions)
	if backward := train(t, 700, captions...); !slices.Equal(forward.merges, backward.merges) {
		t.Error("the same captions in another order gave other merges")
	}
}

// The counts that Train keeps up to date must be those of a count from scratch.
func TestTrainEqualsCountingAnew(t *testing.T) {
	bpe := train(t, 640, sentences(t)...)
	words := newCorpus(slices.Values(sentences(t))).words
	for rank, got := range bpe.merges {
		counts := map[pair]int{}
		for _, w := range words {
			for k := 1; k < len(w.symbols); k++ {
				counts[pair{w.symbols[k-1], w.symbols[k]}] += w.count
			}
		}
		for p, n := range counts {
			if n > counts[got] || n == counts[got] && before(p, got) {
				t.Fatalf("merge %d is %v (%d times), but %v occurs %d times", rank, got, counts[got], p, n)
			}
		}
		for i := range words {
			words[i].symbols = joined(words[i].symbols, got, int32(baseSymbols+rank))
		}
	}
}

func TestTrainStopsWhenNothingIsLeftToMerge(t *testing.T) {
	bpe := train(t, 1000, "cat", "cat")
	if got, want := bpe.Vocab(), Smallest+2; got != want {
		t.Errorf("%d ids, not %d", got, want)
	}
	if got := bpe.Append(nil, "cat"); !slices.Equal(got, []int32{baseSymbols + 1}) {
		t.Errorf("cat is %v", got)
	}
	if bpe := train(t, Smallest); bpe.Vocab() != Smallest {
		t.Errorf("without captions %d ids, not %d", bpe.Vocab(), Smallest)
	}
}

func TestTrainRefusesSizesThatCannotBe(t *testing.T) {
	for _, size := range []int{-1, 0, Smallest - 1, Smallest + mostMerges + 1} {
		if _, err := Train(slices.Values([]string{"cat"}), size); err == nil || !strings.Contains(err.Error(), fmt.Sprint(size)) {
			t.Errorf("size %d: error %v", size, err)
		}
	}
}

// small.txt is committed; open_clip and Hugging Face read it in make_goldens.py.
func TestTrainedFileIsReadByOpenCLIPAlike(t *testing.T) {
	const path = "testdata/small.txt"
	trained := train(t, 700, sentences(t)...)
	if *update {
		if err := trained.Save(path); err != nil {
			t.Fatal(err)
		}
	}
	small, err := readMergesFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(small.merges, trained.merges) {
		t.Error("Train makes other merges than testdata/small.txt holds (-update writes them)")
	}
	readLines(t, "testdata/small.jsonl", func(r row) {
		if r.Vocab > 0 {
			if small.Vocab() != r.Vocab {
				t.Errorf("%d ids, but open_clip has %d", small.Vocab(), r.Vocab)
			}
			return
		}
		got := make([]int32, r.Context)
		if small.Encode(r.Text, got); !slices.Equal(got, r.Row) {
			t.Errorf("Encode(%q) = %v, not %v", r.Text, got, r.Row)
		}
	})
}
