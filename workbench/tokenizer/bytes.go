package tokenizer

// byteNames spells each byte as a visible character, as GPT-2's and CLIP's
// merges files do: visible Latin-1 stands for itself, the other bytes are the
// characters from U+0100 on, in order. byteIDs numbers them in that order:
// first those that stand for themselves, then the rest.
var byteNames, byteIDs = func() (names [byteSymbols]rune, ids [byteSymbols]int32) {
	visible := func(b int) bool { return b >= '!' && b <= '~' || b >= '¡' && b <= '¬' || b >= '®' }
	next := int32(0)
	for b := range names {
		if visible(b) {
			names[b], ids[b] = rune(b), next
			next++
		}
	}
	for b, hidden := 0, rune(0); b < byteSymbols; b++ {
		if !visible(b) {
			names[b], ids[b] = 0x100+hidden, next
			next++
			hidden++
		}
	}
	return names, ids
}()
