package main

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// vectors is what embed prints.
type vectors struct {
	Image, Text [][]float64
	LogitScale  float64 `json:"logit_scale"`
}

// embeds a picture and two texts.
func embeds(t *testing.T, model, image string, more ...string) vectors {
	t.Helper()
	return document[vectors](t, append([]string{"embed", model, "--image", image, "--text", "a dog", "--text", "a red heart"}, more...)...)
}

// apart is the largest difference of two embeddings.
func (v vectors) apart(t *testing.T, w vectors) float64 {
	t.Helper()
	worst := math.Abs(v.LogitScale - w.LogitScale)
	a, b := slices.Concat(append(v.Image, v.Text...)...), slices.Concat(append(w.Image, w.Text...)...)
	if len(a) != len(b) || len(a) == 0 {
		t.Fatalf("%d values, want %d", len(a), len(b))
	}
	for i := range a {
		worst = max(worst, math.Abs(a[i]-b[i]))
	}
	return worst
}

// convertedTo converts the newest checkpoint of the tiny run.
func convertedTo(t *testing.T, runs, format string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), format)
	succeeds(t, "convert", "tiny", out, "--to", format, "--runs", runs)
	return out
}

func TestAConvertedModelIsTheSameModel(t *testing.T) {
	runs, image := trained(t), picture(t)
	want := embeds(t, "tiny", image, "--runs", runs)
	from := filepath.Join(runs, "tiny")
	for _, to := range []string{"openclip", "huggingface", "native"} { // each from the one before
		out := filepath.Join(t.TempDir(), to)
		done := document[map[string]any](t, "convert", from, out, "--to", to)
		has(t, "convert", done, "path", "from", "to", "params", "notices")
		if done["to"] != to || done["path"] != out || len(done["notices"].([]any)) > 0 {
			t.Errorf("convert says %v", done)
		}
		if d := embeds(t, out, image).apart(t, want); d > 1e-6 {
			t.Errorf("%s: embeddings differ by up to %g", to, d)
		}
		from = out
	}
}

func TestAForeignModelIsEvaluatedAsItsRunIs(t *testing.T) {
	runs := trained(t)
	for task, flags := range map[string][]string{"zeroshot": nil, "retrieval": nil, "linear": {"--train", "emoji-small:train"}} {
		eval := func(model string, more ...string) map[string]any {
			return document[map[string]any](t, slices.Concat([]string{"eval", model, "--data", "emoji-small:unseen-style", "--task", task}, flags, more)...)
		}
		want, got := eval("tiny", "--runs", runs), eval(convertedTo(t, runs, "huggingface"))
		if task != "retrieval" && (got["top1"] != want["top1"] || got["mean_rank"] != want["mean_rank"]) {
			t.Errorf("%s: %v, of the run %v", task, got, want)
		}
		if task == "linear" {
			has(t, "eval linear", got, "top1", "top5", "top10", "mean_rank", "median_rank", "queries", "candidates", "train", "c", "iterations")
		}
	}
}

func TestSearchFindsAPictureByItself(t *testing.T) {
	runs := trained(t)
	found := document[[]struct {
		Text, Image string
		Nearest     []struct {
			Key, Caption string
			Score        float64
		}
	}](t, "search", "tiny", "--runs", runs, "--data", "emoji-small:unseen-style", "--image", picture(t), "--text", "a dog", "--count", "3")
	if len(found) != 2 || found[0].Text != "a dog" || found[1].Image == "" || len(found[0].Nearest) != 3 {
		t.Fatalf("search: %+v", found)
	}
	if score := found[1].Nearest[0].Score; math.Abs(score-1) > 1e-5 { // the picture is the source's first
		t.Errorf("the picture is %g like itself", score)
	}
	for _, q := range found {
		if !slices.IsSortedFunc(q.Nearest, func(a, b struct {
			Key, Caption string
			Score        float64
		},
		) int {
			return int(math.Copysign(1, b.Score-a.Score))
		}) {
			t.Errorf("not in order: %+v", q.Nearest)
		}
	}
}

func TestTrainingStartsFromAForeignModel(t *testing.T) {
	runs, image := trained(t), picture(t)
	weights := convertedTo(t, runs, "openclip")
	still := []string{"model.restore_from_path=" + weights, "model.optim.lr=0", "trainer.max_steps=2", "model.optim.sched.warmup_steps=0"}
	succeeds(t, append(trainArgs(runs, "--run", "still"), still...)...)
	if d := embeds(t, "still", image, "--runs", runs).apart(t, embeds(t, "tiny", image, "--runs", runs)); d > 1e-6 {
		t.Errorf("steps of length 0 moved the embeddings by %g", d)
	}
	o := succeeds(t, append(trainArgs(runs, "--run", "bright", "model.vision.image_mean=[0.1, 0.1, 0.1]"), still...)...)
	if !strings.Contains(o.stderr, "was trained on pictures normalised by mean [0.48145466 0.4578275 0.40821073]") {
		t.Errorf("other statistics than the weights' are not mentioned:\n%s", o.stderr)
	}
	larger := append(trainArgs(runs, "--run", "larger", "model.vision.img_h=32", "model.vision.img_w=24", "model.text.encoder_seq_length=10"), still...)
	succeeds(t, larger...)
	resized := filepath.Join(t.TempDir(), "resized")
	succeeds(t, "convert", weights, resized, "--to", "native", "--image-size", "32x24", "--context", "10")
	if d := embeds(t, "larger", image, "--runs", runs).apart(t, embeds(t, resized, image)); d > 1e-6 {
		t.Errorf("positions are resampled differently by training and by convert: %g", d)
	}
	for override, word := range map[string]string{
		"model.vision.hidden_size=48": "is [1,32], and [1,48] is wanted",
		"model.text.activation=gelu":  "model.text.activation=quick_gelu, and the configuration has gelu",
	} {
		o := finish(t, clipbench(append(trainArgs(runs, "--run", "other", override), still...)...))
		o.refused(t, 1, "model.restore_from_path", weights, word)
		if _, err := os.Stat(filepath.Join(runs, "other")); err == nil {
			t.Errorf("%s: a run was begun", override)
		}
	}
}

func TestModelsThatAreNotWholeAreRefusedByEveryVerb(t *testing.T) {
	runs, image := trained(t), picture(t)
	whole := map[string]string{"openclip": convertedTo(t, runs, "openclip"), "huggingface": convertedTo(t, runs, "huggingface")}
	for name, tc := range map[string]struct {
		format, file string
		change       func([]byte) []byte
		words        []string
	}{
		"truncated weights": {
			"openclip", "open_clip_model.safetensors", func(b []byte) []byte { return b[:len(b)-8] },
			[]string{"open_clip_model.safetensors", "truncated"},
		},
		"a header that lies": {
			"openclip", "open_clip_model.safetensors", func(b []byte) []byte { binary.LittleEndian.PutUint64(b, 1<<40); return b },
			[]string{"open_clip_model.safetensors", "header"},
		},
		"a tensor renamed": {
			"openclip", "open_clip_model.safetensors", func(b []byte) []byte { return bytes.Replace(b, []byte(`"visual.proj"`), []byte(`"visual.prox"`), 1) },
			[]string{"lacks tensor visual.proj [32,16]"},
		},
		"another width": {
			"openclip", "open_clip_config.json", func(b []byte) []byte {
				return bytes.Replace(b, []byte(`"embed_dim": 16`), []byte(`"embed_dim": 24`), 1)
			},
			[]string{"tensor text_projection is [32,16], and [32,24] is wanted"},
		},
		"no preprocessing": {
			"openclip", "open_clip_config.json", func(b []byte) []byte { return bytes.Replace(b, []byte(`"mean"`), []byte(`"average"`), 1) },
			[]string{"add --preprocess openai"},
		},
		"no configuration": {"huggingface", "config.json", nil, []string{"not a model"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir, out := filepath.Join(t.TempDir(), "model"), filepath.Join(t.TempDir(), "out")
			if err := os.CopyFS(dir, os.DirFS(whole[tc.format])); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, tc.file)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if tc.change != nil {
				if err := os.WriteFile(path, tc.change(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for _, args := range [][]string{
				{"convert", dir, out, "--to", "native"},
				{"embed", dir, "--image", image},
				trainArgs(out, "model.restore_from_path="+dir),
			} {
				finish(t, clipbench(args...)).refused(t, 1, append(tc.words, dir)...)
				if _, err := os.Stat(out); err == nil {
					t.Errorf("%s: something was written", args[0])
				}
			}
		})
	}
}

func TestWeightsAloneAskForAllThatTheyDoNotSay(t *testing.T) {
	runs := trained(t)
	weights := filepath.Join(t.TempDir(), "weights.safetensors")
	content, err := os.ReadFile(filepath.Join(convertedTo(t, runs, "openclip"), "open_clip_model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(weights, content, 0o644); err != nil {
		t.Fatal(err)
	}
	image := picture(t)
	finish(t, clipbench("embed", weights, "--image", image)).refused(t, 1, "--preset", "--activation", "--preprocess", "--tokenizer")
	said := []string{"--preset", "testdata/tiny.yaml", "--activation", "quick_gelu", "--preprocess", "openai", "--tokenizer", "recipes/emoji/vocabulary.txt"}
	if d := embeds(t, weights, image, said...).apart(t, embeds(t, "tiny", image, "--runs", runs)); d > 1e-6 {
		t.Errorf("embeddings differ by up to %g", d)
	}
}

func TestConvertLeavesWhatIsThere(t *testing.T) {
	runs, out := trained(t), t.TempDir()
	finish(t, clipbench("convert", "tiny", out, "--to", "native", "--runs", runs)).refused(t, 1, out+" exists")
	finish(t, clipbench("convert", "tiny", filepath.Join(out, "x"), "--to", "nemo", "--runs", runs)).refused(t, 2, `"nemo" for "--to"`, "it is native, openclip or huggingface")
	if files, err := os.ReadDir(out); err != nil || len(files) > 0 {
		t.Errorf("%v, %v", files, err)
	}
	o := finish(t, clipbench("convert", "tiny", filepath.Join(out, "y"), "--to", "native", "--runs", runs, "--image-size", "10"))
	if !strings.Contains(o.lastLine(), "patches of 8 pixels do not fill it") {
		t.Errorf("an image size that patches do not fill:\n%s", o.stderr)
	}
}
