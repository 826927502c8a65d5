package emoji

import (
	"crypto/sha1" //nolint:gosec // a fixed shuffle, not a secret
	"encoding/binary"
)

// The splits. A picture's split follows from its style and its concept, the emoji without skin tone, alone.
// Skin tones lie beside each split under its name and "-tone".
const (
	Train             = "train"
	ValidationStyle   = "validation-style"   // a style that train has not, of concepts that it has
	ValidationConcept = "validation-concept" // concepts that train has not, in styles that it has
	ValidationBoth    = "validation-both"
	UnseenStyle       = "unseen-style"
	UnseenConcept     = "unseen-concept"
	UnseenBoth        = "unseen-both"

	tone = "-tone"
)

const (
	unseenStyle     = "twemoji"
	validationStyle = "fxemoji"
)

// splitOf is the split of a picture: the style and the key of the emoji without skin tone decide.
//
// A tenth of the concepts and one style are unseen. Of what is left, a twentieth of the concepts and one style are for
// validation. What lies in an unseen half and a validation half is unseen: the validation splits are carved out of
// train, the unseen ones stay whole.
func splitOf(style, base string, skinTone bool) string {
	split := baseSplit(style, base)
	if skinTone {
		split += tone
	}
	return split
}

func baseSplit(style, base string) string {
	conceptHash := sha1.Sum([]byte("c" + base)) //nolint:gosec
	unseenConcept := binary.BigEndian.Uint32(conceptHash[:4])%10 == 0
	validationConcept := binary.BigEndian.Uint32(conceptHash[4:8])%20 == 0
	switch {
	case style == unseenStyle && unseenConcept:
		return UnseenBoth
	case style == unseenStyle:
		return UnseenStyle
	case unseenConcept:
		return UnseenConcept
	case style == validationStyle && validationConcept:
		return ValidationBoth
	case style == validationStyle:
		return ValidationStyle
	case validationConcept:
		return ValidationConcept
	}
	return Train
}

// shuffleKey orders the pictures of a split, so that a shard holds all styles and all subjects.
func shuffleKey(key, style string) uint32 {
	hash := sha1.Sum([]byte(key + style)) //nolint:gosec
	return binary.BigEndian.Uint32(hash[:4])
}
