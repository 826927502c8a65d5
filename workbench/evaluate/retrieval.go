package evaluate

import "fmt"

// Recall is retrieval in both directions, under open_clip's names.
type Recall struct {
	ImageToText Hits `json:"image_to_text"`
	TextToImage Hits `json:"text_to_image"`
}

// Retrieval asks of each image for its caption among all captions, and of each caption for its image. Equal concepts
// answer for one another: any of them counts as found.
func Retrieval(images, texts Embeddings, concepts []int32) (Recall, error) {
	if len(images) != len(texts) || len(images) != len(concepts) {
		return Recall{}, fmt.Errorf("retrieval: %d images, %d texts and %d concepts; pairs are needed", len(images), len(texts), len(concepts))
	}
	same := map[int32][]int{}
	for i, c := range concepts {
		same[c] = append(same[c], i)
	}
	return Recall{
		ImageToText: search(images, texts, concepts, same),
		TextToImage: search(texts, images, concepts, same),
	}, nil
}

func search(queries, candidates Embeddings, concepts []int32, same map[int32][]int) Hits {
	ranks := make([]int, len(queries))
	each(len(queries), func(i int) {
		scores := make([]float32, len(candidates))
		for j, c := range candidates {
			scores[j] = dot(queries[i], c)
		}
		ranks[i] = rank(scores, same[concepts[i]])
	})
	return hitsOf(ranks, len(candidates))
}
