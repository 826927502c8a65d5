package evaluate

import "math"

// Probabilities are the softmax over texts of scale·cosine, for each image: [images][texts].
func Probabilities(images, texts Embeddings, scale float64) [][]float64 {
	all := make([][]float64, len(images))
	each(len(images), func(i int) {
		row, highest := make([]float64, len(texts)), math.Inf(-1)
		for j, text := range texts {
			row[j] = scale * float64(dot(images[i], text))
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
		all[i] = row
	})
	return all
}
