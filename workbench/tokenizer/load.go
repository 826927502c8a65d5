package tokenizer

import (
	"fmt"
	"strings"
)

// clipNames are the tokenizers that are CLIP's own, by Hugging Face's names and
// open_clip's.
var clipNames = map[string]bool{
	"clip":                         true,
	"openai/clip-vit-base-patch32": true, "openai/clip-vit-base-patch16": true,
	"openai/clip-vit-large-patch14": true, "openai/clip-vit-large-patch14-336": true,
}

// Load returns the tokenizer of a name or a file: a Hugging Face name of CLIP
// ("openai/clip-vit-large-patch14"), a merges file (.txt or .txt.gz).
func Load(name string) (Tokenizer, error) {
	switch {
	case clipNames[name]:
		return CLIP()
	case strings.HasSuffix(name, ".txt"), strings.HasSuffix(name, ".txt.gz"):
		return readMergesFile(name)
	}
	return nil, fmt.Errorf("%s: not a tokenizer", name)
}
