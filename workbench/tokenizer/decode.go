package tokenizer

import "strings"

// Decode returns the text between sot and the first eot: a space after every
// word, none at the end. Ids outside the vocabulary are passed over, and bytes
// that are no UTF-8 become U+FFFD. It is lower-case text with its words apart,
// not what was encoded.
func (t *BPE) Decode(ids []int32) string {
	var text strings.Builder
	for _, id := range ids {
		if id == t.EOT() {
			break
		}
		if id < 0 || int(id) >= len(t.bytes) {
			continue // sot, or nothing
		}
		text.WriteString(t.bytes[id])
		if t.ends[id] {
			text.WriteByte(' ')
		}
	}
	return strings.ToValidUTF8(strings.TrimSuffix(text.String(), " "), "\uFFFD")
}
