// Package tokenizer turns captions into the ids a CLIP text tower reads, and back.
//
// Three kinds of tokenizer stand behind one interface: CLIP's own byte-pair
// encoding, equal to open_clip's SimpleTokenizer id for id; a small one of the
// same kind trained on captions; and whatever a Hugging Face tokenizer.json says.
package tokenizer

// A Tokenizer encodes text into the fixed-length rows a text tower reads.
// It is safe for concurrent use.
type Tokenizer interface {
	// Encode fills dst, whose length is the context, with [sot ids… eot 0…].
	// A text too long for it is cut, and eot stays the last id.
	Encode(text string, dst []int32)
	// Decode returns the text between sot and the first eot.
	Decode(ids []int32) string
	// Vocab is the number of ids: every id is in [0, Vocab).
	Vocab() int
	// EOT is the id of the end of a text. The first one in a row is where
	// CLIP pools, whatever the row is padded with.
	EOT() int32
}
