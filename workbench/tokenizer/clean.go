package tokenizer

import "strings"

// appendClean appends text as open_clip cleans it before encoding.
func appendClean(dst []byte, text string) []byte {
	return append(dst, strings.ToLower(strings.Join(strings.Fields(text), " "))...)
}
