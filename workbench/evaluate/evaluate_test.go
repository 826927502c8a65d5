package evaluate

import (
	"math"
	"math/rand/v2"
	"testing"
)

// unit returns n random rows of length 1.
func unit(r *rand.Rand, n, dim int) Embeddings {
	rows := make(Embeddings, n)
	for i := range rows {
		rows[i] = make([]float32, dim)
		var sum float64
		for k := range rows[i] {
			v := r.NormFloat64()
			rows[i][k], sum = float32(v), sum+v*v
		}
		for k := range rows[i] {
			rows[i][k] /= float32(math.Sqrt(sum))
		}
	}
	return rows
}

func TestZeroShotCountsByHand(t *testing.T) {
	classes := Embeddings{{1, 0}, {0, 1}, {-1, 0}}
	images := Embeddings{{1, 0}, {.8, .6}, {0, 1}, {.6, -.8}}
	h, err := ZeroShot(images, classes, []int{0, 1, 1, 2}) // ranks 0, 1, 0, 1 (scores .6, -.8, -.6)
	if err != nil {
		t.Fatal(err)
	}
	if h.Top1 != .5 || h.Top5 != 1 || h.MeanRank != 1.5 || h.MedianRank != 1.5 || h.Candidates != 3 {
		t.Errorf("got %+v", h)
	}
}

func TestATieIsNoHit(t *testing.T) {
	same := Embeddings{{1, 0}, {1, 0}, {1, 0}}
	h, err := ZeroShot(same, same, []int{0, 1, 2})
	if err != nil || h.Top1 != 0 || h.MeanRank != 3 {
		t.Errorf("a model that answers everything alike scored %+v, %v", h, err)
	}
}

func TestNothingIsFoundByNaN(t *testing.T) {
	nan := float32(math.NaN())
	broken := Embeddings{{nan, nan}, {nan, nan}, {nan, nan}}
	h, err := ZeroShot(broken, broken, []int{0, 1, 2})
	if err != nil || h.Top1 != 0 || h.MeanRank != 3 {
		t.Errorf("a model that computes NaN scored %+v, %v", h, err)
	}
	sound := Embeddings{{1, 0}, {0, 1}, {-1, 0}}
	one := Embeddings{{1, 0}, {nan, nan}, {-1, 0}}
	if h, err := ZeroShot(sound, one, []int{0, 1, 2}); err != nil || h.Top1 != 0 {
		t.Errorf("beside a class of NaN: %+v, %v", h, err)
	}
}

func TestRetrievalOfThemselvesIsPerfectAndOfNoiseIsChance(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	a, b := unit(r, 400, 16), unit(r, 400, 16)
	concepts := make([]int32, 400)
	for i := range concepts {
		concepts[i] = int32(i)
	}
	perfect, err := Retrieval(a, a, concepts)
	if err != nil || perfect.ImageToText.Top1 != 1 || perfect.TextToImage.Top1 != 1 {
		t.Errorf("itself: %+v, %v", perfect, err)
	}
	noise, err := Retrieval(a, b, concepts)
	if err != nil || math.Abs(noise.ImageToText.MeanRank-200.5) > 20 || noise.ImageToText.Top10 > .06 {
		t.Errorf("noise: %+v, %v", noise, err)
	}
}

func TestEqualConceptsAnswerForOneAnother(t *testing.T) {
	images := Embeddings{{1, 0}, {.6, .8}}
	texts := Embeddings{{.6, .8}, {1, 0}} // crossed
	apart, err := Retrieval(images, texts, []int32{0, 1})
	if err != nil || apart.ImageToText.Top1 != 0 {
		t.Errorf("apart: %+v, %v", apart, err)
	}
	together, err := Retrieval(images, texts, []int32{7, 7})
	if err != nil || together.ImageToText.Top1 != 1 {
		t.Errorf("together: %+v, %v", together, err)
	}
}

func TestAWrongAnswerListIsRefused(t *testing.T) {
	e := Embeddings{{1, 0}}
	if _, err := ZeroShot(e, e, []int{1}); err == nil {
		t.Error("a class that does not exist was accepted")
	}
	if _, err := Retrieval(e, e, nil); err == nil {
		t.Error("missing concepts were accepted")
	}
}
