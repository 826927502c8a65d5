package evaluate

import (
	"math"
	"math/rand/v2"
	"testing"
)

// drawn returns cosines of n images with k classes, and answers drawn from their softmax at a scale.
func drawn(r *rand.Rand, n, k int, scale float64) (cosines [][]float32, answers []int) {
	cosines = Scores(unit(r, n, 8), unit(r, k, 8))
	for _, p := range Softmax(cosines, scale) {
		at, class := r.Float64(), 0
		for class < k-1 && at >= p[class] {
			at -= p[class]
			class++
		}
		answers = append(answers, class)
	}
	return cosines, answers
}

func TestFitScaleFindsTheScaleThatAnswersWereDrawnAt(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, scale := range []float64{1, 7, 40} {
		cosines, answers := drawn(r, 4000, 10, scale)
		if got := FitScale(cosines, answers); math.Abs(got/scale-1) > .12 {
			t.Errorf("answers drawn at %g: fitted %g", scale, got)
		}
	}
}

func TestNoScaleHasLessLossThanTheFitted(t *testing.T) {
	cosines, answers := drawn(rand.New(rand.NewPCG(5, 6)), 200, 7, 12)
	fitted := FitScale(cosines, answers)
	least := LogLoss(cosines, answers, fitted)
	for scale := .01; scale < 1000; scale *= 1.03 {
		if loss := LogLoss(cosines, answers, scale); loss < least-1e-9 {
			t.Errorf("loss %g at %g, %g at the fitted %g", loss, scale, least, fitted)
		}
	}
}

func TestScaleOfAnswersThatAreAllRightHasAnEnd(t *testing.T) {
	if got := FitScale([][]float32{{1, 0}, {0, 1}}, []int{0, 1}); got != largestScale {
		t.Errorf("%g", got)
	}
	if got := FitScale([][]float32{{1, 0}, {0, 1}}, []int{1, 0}); got > 1e-6 {
		t.Errorf("all wrong: %g, and only 0 makes them harmless", got)
	}
}

func TestLogLossByHand(t *testing.T) {
	cosines := [][]float32{{1, 0}, {0, 1}}
	// Of the first image p(right) = e²/(e²+1); of the second 1/(e²+1).
	p := math.Exp(2) / (math.Exp(2) + 1)
	if got, want := LogLoss(cosines, []int{0, 0}, 2), -(math.Log(p)+math.Log(1-p))/2; math.Abs(got-want) > 1e-12 {
		t.Errorf("%g, want %g", got, want)
	}
	if got := LogLoss(cosines, []int{0, 0}, 0); math.Abs(got-math.Ln2) > 1e-12 {
		t.Errorf("at scale 0 %g, want ln 2", got)
	}
}

func TestCalibrationErrorByHand(t *testing.T) {
	// Ten answers at 0.95, six right; ten at 0.35, four right: (|0.6 − 0.95| + |0.4 − 0.35|) / 2.
	var confidence []float64
	var correct []bool
	for i := range 10 {
		confidence, correct = append(confidence, .95, .35), append(correct, i < 6, i < 4)
	}
	if got, err := CalibrationError(confidence, correct, 10); err != nil || math.Abs(got-.2) > 1e-12 {
		t.Errorf("%g, %v", got, err)
	}
	if _, err := CalibrationError(confidence, correct[1:], 10); err == nil {
		t.Error("answers without a confidence were accepted")
	}
}

// Answers drawn from the very probabilities that are claimed are calibrated, up to noise.
func TestHonestConfidenceIsCalibrated(t *testing.T) {
	cosines, answers := drawn(rand.New(rand.NewPCG(7, 8)), 20000, 5, 4)
	var confidence []float64
	var correct []bool
	for i, p := range Softmax(cosines, 4) {
		best := Nearest(p, 1)[0]
		confidence, correct = append(confidence, p[best]), append(correct, best == answers[i])
	}
	if got, err := CalibrationError(confidence, correct, 15); err != nil || got > .02 {
		t.Errorf("%g, %v", got, err)
	}
}

func TestNearestComesInOrder(t *testing.T) {
	if got := Nearest([]float32{.1, .9, .9, .3}, 3); got[0] != 1 || got[1] != 2 || got[2] != 3 {
		t.Errorf("%v", got)
	}
	if got := Nearest([]float64{1, 2}, 5); len(got) != 2 {
		t.Errorf("five of two: %v", got)
	}
}
