package evaluate

import "fmt"

// ZeroShot asks of each image which of the classes it shows: the class with the nearest caption. answers[i] is the class
// of image i. Radford et al. 2021, §3.1.
func ZeroShot(images, classes Embeddings, answers []int) (Hits, error) {
	if len(answers) != len(images) {
		return Hits{}, fmt.Errorf("zero-shot: %d images but %d answers", len(images), len(answers))
	}
	for i, a := range answers {
		if a < 0 || a >= len(classes) {
			return Hits{}, fmt.Errorf("zero-shot: image %d belongs to class %d of %d", i, a, len(classes))
		}
	}
	ranks := make([]int, len(images))
	each(len(images), func(i int) {
		scores := make([]float32, len(classes))
		for j, c := range classes {
			scores[j] = dot(images[i], c)
		}
		ranks[i] = rank(scores, answers[i:i+1])
	})
	return hitsOf(ranks, len(classes)), nil
}
