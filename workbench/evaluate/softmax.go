package evaluate

import (
	"fmt"
	"math"
)

// Probabilities are the softmax over texts of scale·cosine, for each image: [images][texts].
func Probabilities(images, texts Embeddings, scale float64) [][]float64 {
	return Softmax(Scores(images, texts), scale)
}

// Softmax is that of scale·score over each row: [rows][columns].
func Softmax(scores [][]float32, scale float64) [][]float64 {
	all := make([][]float64, len(scores))
	each(len(scores), func(i int) { all[i] = softmax(scores[i], scale) })
	return all
}

func softmax(scores []float32, scale float64) []float64 {
	row, highest := make([]float64, len(scores)), math.Inf(-1)
	for j, score := range scores {
		row[j] = scale * float64(score)
		highest = max(highest, row[j])
	}
	var sum float64
	for j := range row {
		row[j] = math.Exp(row[j] - highest)
		sum += row[j]
	}
	for j := range row {
		row[j] /= sum
	}
	return row
}

// ContrastiveLoss is the loss of training on given pairs, in nats: the mean of finding each image's text among all texts
// and each text's image among all images at a logit scale. ln(pairs) is chance. Radford et al. 2021, figure 3.
func ContrastiveLoss(images, texts Embeddings, scale float64) (float64, error) {
	if len(images) != len(texts) || len(images) == 0 {
		return 0, fmt.Errorf("contrastive loss: %d images and %d texts; pairs are needed", len(images), len(texts))
	}
	answers := make([]int, len(images))
	for i := range answers {
		answers[i] = i
	}
	byImage, byText := LogLoss(Scores(images, texts), answers, scale), LogLoss(Scores(texts, images), answers, scale)
	return (byImage + byText) / 2, nil
}
