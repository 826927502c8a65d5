package evaluate

import "fmt"

// ZeroShot asks of each image which of the classes it shows: the class with the nearest caption. answers[i] is the class
// of image i. Radford et al. 2021, §3.1.
func ZeroShot(images, classes Embeddings, answers []int) (Hits, error) {
	return HitsOf(Scores(images, classes), answers)
}

// HitsOf ranks each row's answer among its scores: [images][classes], answers[i] being the class of image i.
func HitsOf(scores [][]float32, answers []int) (Hits, error) {
	if len(answers) != len(scores) {
		return Hits{}, fmt.Errorf("zero-shot: %d images but %d answers", len(scores), len(answers))
	}
	ranks, classes := make([]int, len(scores)), 0
	for i, a := range answers {
		if classes = len(scores[i]); a < 0 || a >= classes {
			return Hits{}, fmt.Errorf("zero-shot: image %d belongs to class %d of %d", i, a, classes)
		}
	}
	each(len(scores), func(i int) { ranks[i] = rank(scores[i], answers[i:i+1]) })
	return hitsOf(ranks, classes), nil
}
