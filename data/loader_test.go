package data

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"clipbench/data/transform"
)

// pictures are PNGs whose colour tells their number.
var pictures = sync.OnceValue(func() (all [300][]byte) {
	for number := range all {
		img := image.NewRGBA(image.Rect(0, 0, 4, 4))
		for i := range 16 {
			img.Set(i%4, i/4, color.RGBA{uint8(number), uint8(number >> 8), uint8(i), 255})
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			panic(err)
		}
		all[number] = b.Bytes()
	}
	return all
})

// pairs is a source of n samples in which every concept comes repeats times, and the samples of broken
// hold no image.
func pairs(n, repeats int, broken ...int) *Memory {
	samples := make([]Sample, n)
	for i := range samples {
		samples[i] = Sample{
			Key:      fmt.Sprintf("s%04d", i),
			Origin:   fmt.Sprintf("shards/%d.tar", i/100),
			Captions: []string{fmt.Sprintf("concept %d", i/repeats)},
			Image:    pictures()[i],
		}
	}
	for _, i := range broken {
		samples[i].Image = samples[i].Image[:50]
	}
	return NewMemory("pairs", samples)
}

// drawn are options whose rows show the sample and the randomness it was given.
func drawn(o Options) Options {
	o.ImageSize = [3]int{1, 1, 3}
	o.Image = func(img *transform.RGB, r *rand.Rand, dst []float32) {
		p := img.At(0, 0)
		dst[0], dst[1], dst[2] = float32(p[0]), float32(p[1]), r.Float32()
	}
	o.Context = 2
	o.Text = func(s Sample, r *rand.Rand, dst []int32) {
		dst[0], dst[1] = int32(len(s.Captions[0])), r.Int32()
	}
	return o
}

func newLoader(t testing.TB, src Source, o Options) *Loader {
	t.Helper()
	l, err := NewLoader(src, drawn(o))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// take reads batches first to last, and fails on an error.
func take(t testing.TB, l *Loader, consumed, count int) []*Batch {
	t.Helper()
	var all []*Batch
	for b, err := range l.Batches(t.Context(), consumed) {
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, b); len(all) == count {
			break
		}
	}
	return all
}

func TestBatchesAreTheSameForAnyNumberOfWorkers(t *testing.T) {
	src := pairs(300, 3, 17, 140)
	for _, unique := range []bool{false, true} {
		o := Options{Batch: 32, Seed: 7, Shuffle: true, Unique: unique, Workers: 1}
		want := take(t, newLoader(t, src, o), 0, 25)
		for _, workers := range []int{2, 5} {
			o.Workers, o.Prefetch, o.Cache = workers, workers, workers == 5
			got := take(t, newLoader(t, src, o), 0, 25)
			equalBatches(t, got, want)
		}
	}
}

func TestResumeAtAnyBatchIsBitExact(t *testing.T) {
	src := pairs(300, 3, 17, 140)
	for _, unique := range []bool{false, true} {
		l := newLoader(t, src, Options{Batch: 32, Seed: 3, Shuffle: true, Unique: unique})
		whole := take(t, l, 0, 24)
		for at := range 23 {
			equalBatches(t, take(t, l, at*32, 1), whole[at:at+1])
		}
	}
}

func equalBatches(t *testing.T, got, want []*Batch) {
	t.Helper()
	for i := range want {
		a, b := *got[i], *want[i]
		if len(a.Skipped) != len(b.Skipped) {
			t.Fatalf("batch %d skipped %v, not %v", i, a.Skipped, b.Skipped)
		}
		a.Skipped, b.Skipped = nil, nil // they count from where the iteration began
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("batch %d differs:\n%+v\n%+v", i, a, b)
		}
	}
}

func TestEpochsDifferAndCoverTheSource(t *testing.T) {
	l := newLoader(t, pairs(96, 1), Options{Batch: 32, Shuffle: true, Seed: 1})
	orders := map[int][]string{}
	for _, b := range take(t, l, 0, 6) {
		orders[b.Epoch] = append(orders[b.Epoch], b.Keys...)
	}
	for epoch, keys := range orders {
		seen := map[string]bool{}
		for _, key := range keys {
			seen[key] = true
		}
		if len(seen) != 96 {
			t.Errorf("epoch %d has %d of 96 samples", epoch, len(seen))
		}
	}
	if reflect.DeepEqual(orders[0], orders[1]) {
		t.Error("two epochs have the same order")
	}
}

func TestPlanWithoutRepeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 400).Draw(t, "samples")
		concepts := rapid.SliceOfN(rapid.Int32Range(0, 60), n, n).Draw(t, "concepts")
		o := Options{Batch: rapid.IntRange(1, 40).Draw(t, "batch"), Seed: rapid.Int64().Draw(t, "seed"), Shuffle: true}
		p := newPlan(&o, rapid.IntRange(0, 9).Draw(t, "epoch"), n, concepts)
		if again := newPlan(&o, p.epoch, n, concepts); !reflect.DeepEqual(p, again) {
			t.Fatal("the same seed and epoch give another plan")
		}
		seen := map[int]bool{}
		for _, i := range p.order {
			seen[i] = true
		}
		if len(p.order) != n || len(seen) != n {
			t.Fatalf("%d places and %d samples of %d", len(p.order), len(seen), n)
		}
		for b := range p.batches {
			inBatch := map[int32]bool{}
			for _, i := range p.batch(b) {
				inBatch[concepts[i]] = true
			}
			if len(inBatch) != o.Batch {
				t.Fatalf("batch %d has %d concepts in %d samples", b, len(inBatch), o.Batch)
			}
		}
		left := map[int32]bool{}
		for _, i := range p.order[p.batches*o.Batch:] {
			left[concepts[i]] = true
		}
		if len(left) >= o.Batch {
			t.Fatalf("the %d concepts left over would fill a batch of %d", len(left), o.Batch)
		}
	})
}

func TestPlanUsesNearlyAllSamples(t *testing.T) {
	concepts := make([]int32, 9760) // the default set: 1,394 concepts in seven styles
	for i := range concepts {
		concepts[i] = int32(i / 7)
	}
	for epoch := range 5 {
		p := newPlan(&Options{Batch: 256, Shuffle: true, Seed: 1}, epoch, len(concepts), concepts)
		if p.batches < 37 { // 38 batches of 256 would be all
			t.Errorf("epoch %d has %d batches", epoch, p.batches)
		}
	}
}

func TestBrokenSamplesAreNamedAndReplaced(t *testing.T) {
	l := newLoader(t, pairs(300, 3, 17, 140), Options{Batch: 30, Seed: 5, Shuffle: true, Unique: true})
	var messages []string
	for _, b := range take(t, l, 0, l.BatchesPerEpoch(0)+l.BatchesPerEpoch(1)) {
		concepts := map[int32]bool{}
		for _, c := range b.Concepts {
			concepts[c] = true
		}
		if b.Count != 30 || len(concepts) != 30 {
			t.Errorf("a batch has %d samples of %d concepts", b.Count, len(concepts))
		}
		for _, err := range b.Skipped {
			messages = append(messages, err.Error())
		}
	}
	all := strings.Join(messages, "\n")
	for _, want := range []string{
		`shards/0.tar: sample "s0017": the PNG ends after 50 of at least`, `shards/1.tar: sample "s0140"`, "skipped (1 of 300 so far)", "skipped (2 of 300 so far)",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the messages lack %q:\n%s", want, all)
		}
	}
}

func TestTooManyBrokenSamplesEndTheIteration(t *testing.T) {
	for _, tc := range []struct {
		name    string
		samples int
		broken  int
		stops   bool
	}{
		{"1 % may be broken", 300, 3, false},
		{"more may not", 300, 4, true},
		{"all are", 300, 300, true},
		{"a small source", 40, 1, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := newLoader(t, pairs(tc.samples, 1, sequence(tc.broken)...), Options{Batch: 16, Shuffle: true})
			var failure error
			batches := 0
			for _, err := range l.Batches(t.Context(), 0) {
				if failure = err; err != nil || batches == 60 {
					break
				}
				batches++
			}
			if (failure != nil) != tc.stops {
				t.Errorf("after %d batches: %v", batches, failure)
			}
		})
	}
}

func TestOnceYieldsEverySampleInOrder(t *testing.T) {
	l := newLoader(t, pairs(250, 2, 100), Options{Batch: 32, Shuffle: true})
	var keys []string
	var concepts []int32
	for b, err := range l.Once(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Images) != 32*3 || len(b.Tokens) != 32*2 || b.Count != len(b.Keys) {
			t.Fatalf("%d images, %d tokens, count %d, %d keys", len(b.Images), len(b.Tokens), b.Count, len(b.Keys))
		}
		keys, concepts = append(keys, b.Keys...), append(concepts, b.Concepts...)
	}
	if len(keys) != 249 || keys[99] != "s0099" || keys[100] != "s0101" || keys[248] != "s0249" {
		t.Errorf("%d keys: %v", len(keys), keys)
	}
	if concepts[0] != concepts[1] || concepts[248] != 124 {
		t.Errorf("concepts %v", concepts)
	}
}

func TestEndingAnIterationLeavesNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	l := newLoader(t, pairs(200, 1), Options{Batch: 8, Workers: 4, Prefetch: 6})
	take(t, l, 0, 3)
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines more after leaving the loop", n-before)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for _, err := range l.Batches(ctx, 0) {
		last = err
		cancel()
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("a cancelled iteration ends with %v", last)
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines more after cancelling", n-before)
	}
}

func TestWaitedCountsTheReceiversTime(t *testing.T) {
	o := drawn(Options{Batch: 4, Workers: 1})
	draw := o.Image
	o.Image = func(img *transform.RGB, r *rand.Rand, dst []float32) {
		time.Sleep(5 * time.Millisecond)
		draw(img, r, dst)
	}
	l, err := NewLoader(pairs(8, 1), o)
	if err != nil {
		t.Fatal(err)
	}
	take(t, l, 0, 1)
	if l.Waited() < 20*time.Millisecond {
		t.Errorf("waited %v for four samples of 5 ms", l.Waited())
	}
}

func TestLoaderRefusals(t *testing.T) {
	for _, tc := range []struct {
		name     string
		n        int
		repeats  int
		o        Options
		consumed int
		want     string
	}{
		{"a batch larger than the source", 10, 1, Options{Batch: 11}, 0, "its 10 samples are fewer than a batch of 11"},
		{"too few concepts", 10, 5, Options{Batch: 3, Unique: true}, 0, "its concepts are too few for a batch of 3"},
		{"a place within a batch", 10, 1, Options{Batch: 4}, 6, "6 samples consumed are no whole number of batches of 4"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, err := range newLoader(t, pairs(tc.n, tc.repeats), tc.o).Batches(t.Context(), tc.consumed) {
				if err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("error %v, not %q", err, tc.want)
				}
				break
			}
		})
	}
	if _, err := NewLoader(pairs(3, 1), Options{}); err == nil {
		t.Error("a batch of 0 is accepted")
	}
}

func TestSubsetAndConcat(t *testing.T) {
	src := pairs(10, 2)
	joined := Concat("both", Subset(src, "odd", []int{1, 3}), Subset(src, "two", []int{8, 0}))
	var keys []string
	for i := range joined.Len() {
		s, err := joined.Sample(i)
		if err != nil {
			t.Fatal(err)
		}
		concept, err := ConceptOf(joined, i)
		if err != nil || concept != s.Concept {
			t.Errorf("sample %d: concept %q, %v, not %q", i, concept, err, s.Concept)
		}
		keys = append(keys, s.Key)
	}
	if want := []string{"s0001", "s0003", "s0008", "s0000"}; !reflect.DeepEqual(keys, want) {
		t.Errorf("keys %v, not %v", keys, want)
	}
}
