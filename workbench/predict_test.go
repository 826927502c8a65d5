package workbench

import (
	"math"
	"slices"
	"sync"
	"testing"

	"clipbench/data"
	"clipbench/workbench/clip"
	"clipbench/workbench/config"
	"clipbench/workbench/evaluate"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// openUntrained opens the emoji recipe's model, made small, before its first step, on the Go backend. Nothing is written.
var openUntrained = sync.OnceValues(func() (*Run, error) {
	cfg, err := config.Load("../recipes/emoji/emoji.yaml", "model.vision.hidden_size=48", "model.vision.patch_stem_width=8",
		"model.vision.img_h=16", "model.vision.img_w=16", "model.text.hidden_size=32")
	if err != nil {
		return nil, err
	}
	return Open("untrained", Options{Config: cfg, Root: "nowhere", Backend: "go"})
})

// untrained is that model, the same for all tests, and a split of the small set.
func untrained(t *testing.T, split string) (*Run, data.Source) {
	t.Helper()
	run, err := openUntrained()
	if err != nil {
		t.Fatal(err)
	}
	source, err := OpenSource("emoji-small:" + split)
	if err != nil {
		t.Fatal(err)
	}
	return run, source
}

func TestPredictionsAgreeWithZeroShotAndAmongThemselves(t *testing.T) {
	run, source := untrained(t, "unseen-style")
	p, err := run.Predict(t.Context(), source, ClassesOf(source))
	if err != nil {
		t.Fatal(err)
	}
	want, err := run.ZeroShot(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := p.Hits(); err != nil || got != want {
		t.Errorf("%+v (%v), ZeroShot has %+v", got, err, want)
	}
	counts := p.Confusion(nil).Counts
	right, all := 0.0, 0.0
	for i, row := range counts {
		for j, n := range row {
			all += n
			if i == j {
				right += n
			}
		}
	}
	if math.Abs(right/all-want.Top1) > 1e-12 || int(all) != source.Len() {
		t.Errorf("the confusion matrix has %g of %g right, ZeroShot %g", right, all, want.Top1)
	}
	mistakes, err := p.Mistakes(5, 3)
	if err != nil || len(mistakes.Items) != 5 {
		t.Fatalf("%d mistakes, %v", len(mistakes.Items), err)
	}
	for i, item := range mistakes.Items {
		if item.Captions[0].Right || item.Captions[0].Text == item.Truth || len(item.Captions) != 3 || item.Image == nil {
			t.Errorf("%d is no mistake: %+v", i, item)
		}
		if i > 0 && item.Captions[0].Probability > mistakes.Items[i-1].Captions[0].Probability {
			t.Errorf("mistake %d is surer than the one before it", i)
		}
	}
}

func TestGroupsAddUpTheirLabels(t *testing.T) {
	run, source := untrained(t, "unseen-style")
	p, err := run.Predict(t.Context(), source, ClassesOf(source))
	if err != nil {
		t.Fatal(err)
	}
	groups := FieldOf(source, "group")
	c, members := p.Confusion(groups), map[string]float64{}
	for i := range source.Len() {
		s, err := source.Sample(i)
		if err != nil {
			t.Fatal(err)
		}
		members[s.Meta["group"].(string)]++
	}
	if len(c.Labels) != len(members) || len(members) < 3 {
		t.Errorf("groups %q, want those of %v", c.Labels, members)
	}
	for i, name := range c.Labels {
		var sum float64
		for _, n := range c.Counts[i] {
			sum += n
		}
		if sum != members[name] {
			t.Errorf("%s: %g pictures, want %g", name, sum, members[name])
		}
	}
}

func TestScaleChangesHowSureAnswersAreAndNoneOfThem(t *testing.T) {
	run, source := untrained(t, "unseen-style")
	p, err := run.Predict(t.Context(), source, ClassesOf(source))
	if err != nil {
		t.Fatal(err)
	}
	before, _ := p.Hits()
	fitted := p.AtScale(p.FitScale())
	if after, _ := fitted.Hits(); after != before {
		t.Errorf("%+v became %+v", before, after)
	}
	if fitted.LogLoss() > p.LogLoss() {
		t.Errorf("log loss %g, before fitting %g", fitted.LogLoss(), p.LogLoss())
	}
}

func TestPromptsAreAveraged(t *testing.T) {
	run, source := untrained(t, "unseen-concept")
	classes, prompts := ClassesOf(source), []string{"%s", "picture of a %s"}
	got, err := run.EmbedDescriptions(t.Context(), classes.Prompted(prompts...))
	if err != nil {
		t.Fatal(err)
	}
	for i, label := range classes.Labels {
		texts, err := run.EmbedTexts(t.Context(), []string{label, "picture of a " + label})
		if err != nil {
			t.Fatal(err)
		}
		var square float64
		sum := make([]float64, len(texts[0]))
		for k := range sum {
			sum[k] = float64(texts[0][k]) + float64(texts[1][k])
			square += sum[k] * sum[k]
		}
		for k := range sum {
			if math.Abs(sum[k]/math.Sqrt(square)-float64(got[i][k])) > 1e-5 {
				t.Fatalf("%s: value %d is %g, want %g", label, k, got[i][k], sum[k]/math.Sqrt(square))
			}
		}
	}
}

func TestTagsDescribeTheirLabels(t *testing.T) {
	source := data.NewMemory("two", []data.Sample{
		{Key: "a", Captions: []string{"rocket"}, Tags: []string{"space", "launch"}}, {Key: "b", Captions: []string{"apple"}},
	})
	c := ClassesOf(source).Tagged(source)
	if !slices.Equal(c.Labels, []string{"apple", "rocket"}) || !slices.Equal(c.Texts[0], []string{"apple"}) ||
		!slices.Equal(c.Texts[1], []string{"rocket", "rocket space", "rocket launch"}) {
		t.Errorf("%+v", c)
	}
}

func TestACaptionThatIsNoClassIsNamed(t *testing.T) {
	run, source := untrained(t, "unseen-concept")
	_, err := run.Predict(t.Context(), source, Classes{Labels: []string{"x"}, Texts: [][]string{{"x"}}})
	if err == nil {
		t.Error("accepted")
	}
}

func TestNeighboursAreNearestAndNeverThemselves(t *testing.T) {
	run, source := untrained(t, "unseen-concept")
	grid, err := run.Neighbours(t.Context(), source, source, 4)
	if err != nil {
		t.Fatal(err)
	}
	if len(grid.Images) != 4*source.Len() || len(grid.Labels) != len(grid.Images) || len(grid.RowImages) != source.Len() {
		t.Fatalf("%d pictures, %d labels, %d rows", len(grid.Images), len(grid.Labels), len(grid.RowImages))
	}
	for i, img := range grid.Images {
		if img == grid.RowImages[i/4] {
			t.Errorf("row %d has its own picture among its neighbours", i/4)
		}
		if i%4 > 0 && grid.Labels[i][:4] > grid.Labels[i-1][:4] && grid.Labels[i][0] != '-' {
			t.Errorf("row %d: %q comes after %q", i/4, grid.Labels[i], grid.Labels[i-1])
		}
	}
	found, err := run.Search(t.Context(), source, 3, "cat", "a dog")
	if err != nil || len(found.Images) != 6 || !slices.Equal(found.RowLabels, []string{"cat", "a dog"}) {
		t.Errorf("%d pictures in rows %q, %v", len(found.Images), found.RowLabels, err)
	}
}

func TestTemperatureHasTheLossOfTraining(t *testing.T) {
	run, source := untrained(t, "unseen-style")
	got, err := run.Temperature(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	pairs, err := run.EmbedImages(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := run.EmbedTexts(t.Context(), pairs.Captions)
	if err != nil {
		t.Fatal(err)
	}
	n := len(texts)
	exec := graph.MustNewExec(run.Device.Backend, func(image, text, scale *graph.Node) *graph.Node {
		return clip.Contrastive(clip.Features{Image: image, Text: text}, scale, graph.Diagonal(image.Graph(), n))
	})
	for i, scale := range got.Scales {
		want := exec.MustCall1(flat(pairs.Images), flat(texts), tensors.FromScalar(float32(scale)))
		if w := float64(tensors.ToScalar[float32](want)); math.Abs(w-got.Loss[i]) > 1e-3*math.Max(1, w) {
			t.Errorf("at scale %g: loss %g, the graph of training has %g", scale, got.Loss[i], w)
		}
		if got.Right[i] > got.Confidence[i]+1e-12 {
			t.Errorf("at scale %g the right caption is more probable than the chosen one", scale)
		}
	}
}

func flat(rows evaluate.Embeddings) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(slices.Concat(rows...), len(rows), len(rows[0]))
}
