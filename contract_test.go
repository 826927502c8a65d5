package main

import (
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"clipbench/data/emoji"
)

// document is the one JSON document that standard output is to hold.
func document[T any](t *testing.T, args ...string) (v T) {
	t.Helper()
	o := succeeds(t, append(args, "--json")...)
	decoder := json.NewDecoder(strings.NewReader(o.stdout))
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("clipbench %s: standard output is no JSON: %v\n%s", strings.Join(args, " "), err, o.stdout)
	}
	if _, err := decoder.Token(); err != io.EOF {
		t.Errorf("clipbench %s: more than one document:\n%s", strings.Join(args, " "), o.stdout)
	}
	return v
}

// has wants exactly these keys of an object.
func has(t *testing.T, what string, object map[string]any, keys ...string) {
	t.Helper()
	slices.Sort(keys)
	if got := slices.Sorted(maps.Keys(object)); !slices.Equal(got, keys) {
		t.Errorf("%s has the keys %v, want %v", what, got, keys)
	}
}

// picture is a file of one picture of the small set.
func picture(t *testing.T) string {
	t.Helper()
	source, err := emoji.OpenTestdata("unseen-style")
	if err != nil {
		t.Fatal(err)
	}
	s, err := source.Sample(0)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "picture.png")
	if err := os.WriteFile(path, s.Image, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTrainPrintsItsSummaryAsOneDocument(t *testing.T) {
	runs := filepath.Join(t.TempDir(), "runs")
	summary := document[map[string]any](t, trainArgs(runs, "--run", "mine")...)
	has(t, "the summary", summary, "run", "state", "step", "samples", "run_seconds", "seconds", "pairs_per_s", "wait", "metrics", "checkpoint", "skipped")
	if summary["run"] != "mine" || summary["state"] != "finished" || summary["step"] != 12.0 || summary["samples"] != 192.0 {
		t.Errorf("summary %v", summary)
	}
	metrics := summary["metrics"].(map[string]any)
	for _, name := range []string{"loss", "grad_norm", "lr", "logit_scale", "val_loss", "val_top1", "val_image_to_text_r@10", "val/emoji-small:validation-style_top5"} {
		if _, ok := metrics[name].(float64); !ok {
			t.Errorf("no number %s in %v", name, metrics)
		}
	}
	if _, err := os.Stat(filepath.Join(summary["checkpoint"].(string), "checkpoint.json")); err != nil {
		t.Error(err)
	}
}

func TestEveryVerbPrintsTheDocumentOfItsContract(t *testing.T) {
	runs := trained(t)
	image := picture(t)

	type hits = map[string]any
	zeroshot := document[hits](t, "eval", "tiny", "--runs", runs, "--data", "emoji-small:unseen-style", "--task", "zeroshot")
	has(t, "eval zeroshot", zeroshot, "top1", "top5", "top10", "mean_rank", "median_rank", "queries", "candidates")
	retrieval := document[map[string]hits](t, "eval", filepath.Join(runs, "tiny"), "--data", "emoji-small:unseen-style", "--task", "retrieval")
	for _, way := range []string{"image_to_text", "text_to_image"} {
		has(t, "eval retrieval", retrieval[way], "top1", "top5", "top10", "mean_rank", "median_rank", "queries", "candidates")
	}

	embedded := document[struct {
		Image, Text [][]float64
		LogitScale  float64 `json:"logit_scale"`
	}](t, "embed", filepath.Join(runs, "tiny", "checkpoints", "12"), "--image", image, "--text", "a dog", "--text", "a cat")
	if len(embedded.Image) != 1 || len(embedded.Text) != 2 || len(embedded.Text[1]) != 16 || embedded.LogitScale < 10 {
		t.Errorf("embed: %+v", embedded)
	}
	for _, row := range append(embedded.Image, embedded.Text...) {
		if length := dot(row, row); length < 0.9999 || length > 1.0001 {
			t.Errorf("embed: a row of squared length %g", length)
		}
	}

	classified := document[struct {
		Labels []string
		Probs  [][]float64
	}](t, "classify", "tiny", "--runs", runs, "--image", image, "--text", "a dog", "--text", "a cat")
	if !slices.Equal(classified.Labels, []string{"a dog", "a cat"}) || len(classified.Probs) != 1 {
		t.Fatalf("classify: %+v", classified)
	}
	if sum := dot(classified.Probs[0], []float64{1, 1}); sum < 0.9999 || sum > 1.0001 {
		t.Errorf("classify: probabilities add up to %g", sum)
	}

	list := document[[]map[string]any](t, "runs", "list", "--runs", runs)
	if len(list) != 1 || list[0]["name"] != "tiny" || list[0]["state"] != "finished" || list[0]["step"] != 12.0 {
		t.Errorf("runs list: %v", list)
	}
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func TestVerbsWithoutAModelPrintTheDocumentOfTheirContract(t *testing.T) {
	profile := document[struct {
		Model  string
		Params map[string]int
		GFLOPs map[string]float64
	}](t, "profile", "ViT-B-32")
	if profile.Model != "ViT-B-32" || profile.Params["total"] != 151277313 || profile.GFLOPs["image"] == 0 {
		t.Errorf("profile: %+v", profile) // open_clip's own count of ViT-B-32's parameters
	}
	rows := document[[][]int](t, "tokenize", "a dog", "--context", "8")
	if want := []int{49406, 320, 1929, 49407, 0, 0, 0, 0}; len(rows) != 1 || !slices.Equal(rows[0], want) {
		t.Errorf("tokenize: %v, want %v", rows, want)
	}
	bench := document[map[string]any](t, "bench", "--preset", "tiny", "--batch", "4", "--steps", "1")
	for _, key := range []string{"preset", "backend", "step_s", "pairs_per_s", "gflops"} {
		if bench[key] == nil {
			t.Errorf("bench: no %s in %v", key, bench)
		}
	}
	doctor := document[map[string]any](t, "doctor")
	if len(doctor) == 0 {
		t.Error("doctor: an empty document")
	}
	empty := t.TempDir()
	if list := document[[]any](t, "runs", "list", "--runs", empty); len(list) != 0 {
		t.Errorf("runs list of an empty folder: %v", list)
	}
}

func TestNothingButTheDocumentGoesToStandardOutput(t *testing.T) {
	o := finish(t, clipbench(trainArgs(t.TempDir(), "--json", "model.optim.lrr=1")...))
	o.refused(t, 2, "unknown key")
	o = finish(t, clipbench("runs", "list", "--json", "--runs", filepath.Join(t.TempDir(), "gone")))
	o.refused(t, 1, "gone: does not exist")
}
