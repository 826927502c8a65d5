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
// and each text's image among all images at a logit scale. scores is [images][texts], pairs on its diagonal; ln(pairs) is
// chance. Radford et al. 2021, figure 3.
func ContrastiveLoss(scores [][]float32, scale float64) (float64, error) {
	if len(scores) == 0 || len(scores) != len(scores[0]) {
		return 0, fmt.Errorf("contrastive loss: %d rows of scores; a row and a column for each pair are needed", len(scores))
	}
	diagonal := make([]int, len(scores))
	for i := range diagonal {
		diagonal[i] = i
	}
	return (LogLoss(scores, diagonal, scale) + LogLoss(transposed(scores), diagonal, scale)) / 2, nil
}

func transposed(scores [][]float32) [][]float32 {
	columns := make([][]float32, len(scores[0]))
	each(len(columns), func(j int) {
		columns[j] = make([]float32, len(scores))
		for i, row := range scores {
			columns[j][i] = row[j]
		}
	})
	return columns
}
