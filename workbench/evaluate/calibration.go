package evaluate

import (
	"fmt"
	"math"
)

// LogLoss is the mean of −ln p(answer) in nats, p being the softmax of scale·cosine over the classes. cosines is
// [images][classes]; answers[i] is the class of image i. ln(classes) is what knowing nothing costs.
func LogLoss(cosines [][]float32, answers []int, scale float64) float64 {
	return meanOf(len(cosines), func(i int) float64 {
		return -math.Log(max(softmax(cosines[i], scale)[answers[i]], math.SmallestNonzeroFloat64))
	})
}

// meanOf is the mean of f over every i below n. It is computed on all processors and summed in order, so that it is the
// same every time.
func meanOf(n int, f func(i int) float64) float64 {
	values, sum := make([]float64, n), 0.0
	each(n, func(i int) { values[i] = f(i) })
	for _, v := range values {
		sum += v
	}
	return sum / float64(n)
}

// largestScale is where FitScale stops looking: answers that are all right have no best scale.
const largestScale = 1e4

// FitScale is the logit scale with the least LogLoss: temperature scaling (Guo et al. 2017, §4.2), which changes how sure
// the answers are and none of them. The loss is convex in the scale, so its slope is bisected.
func FitScale(cosines [][]float32, answers []int) float64 {
	low, high := 0.0, largestScale
	for range 60 { // halvings: to 1e-14
		middle := (low + high) / 2
		if slope(cosines, answers, middle) > 0 {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// slope is the derivative of LogLoss by the scale: the mean of the expected cosine less the answer's.
func slope(cosines [][]float32, answers []int, scale float64) float64 {
	return meanOf(len(cosines), func(i int) float64 {
		expected := 0.0
		for j, p := range softmax(cosines[i], scale) {
			expected += p * float64(cosines[i][j])
		}
		return expected - float64(cosines[i][answers[i]])
	})
}

// CalibrationError is the expected distance between how sure answers are and how many of them are right, over bins of
// equal width (Guo et al. 2017, equation 3). confidence is in [0, 1].
func CalibrationError(confidence []float64, correct []bool, bins int) (float64, error) {
	if len(confidence) != len(correct) || bins < 1 {
		return 0, fmt.Errorf("calibration: %d confidences for %d answers in %d bins", len(confidence), len(correct), bins)
	}
	surplus := make([]float64, bins) // confidence less right answers, summed
	for i, c := range confidence {
		k := min(int(c*float64(bins)), bins-1)
		surplus[k] += c
		if correct[i] {
			surplus[k]--
		}
	}
	var sum float64
	for _, s := range surplus {
		sum += math.Abs(s)
	}
	return sum / float64(max(1, len(confidence))), nil
}
