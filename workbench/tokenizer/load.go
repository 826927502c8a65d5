package tokenizer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// clipNames are the names under which models ask for CLIP's own tokenizer.
var clipNames = map[string]bool{
	"clip":                              true, // open_clip's models have no name for it
	"openai/clip-vit-base-patch16":      true,
	"openai/clip-vit-base-patch32":      true,
	"openai/clip-vit-large-patch14":     true, // NeMo's default
	"openai/clip-vit-large-patch14-336": true,
}

// Load returns the tokenizer of a name, a file or a folder:
//
//   - "clip", or the Hugging Face name of a CLIP ("openai/clip-vit-large-patch14"):
//     CLIP's own, cleaning as open_clip does
//   - a merges file, .txt or .txt.gz, as CLIP has it or Save writes it
//   - a Hugging Face tokenizer.json, or a folder with one
//
// Nothing is fetched: other names are an error.
func Load(name string) (Tokenizer, error) {
	tokenizer, err := load(name)
	if err != nil {
		return nil, err // and not an interface that holds a nil pointer
	}
	return tokenizer, nil
}

func load(name string) (Tokenizer, error) {
	info, err := os.Stat(name)
	switch {
	case clipNames[name]:
		return CLIP()
	case err != nil:
		return nil, fmt.Errorf("%s: no such tokenizer file, and not the name of one that is built in (clip, openai/clip-vit-…)", name)
	case info.IsDir():
		return loadHuggingFace(filepath.Join(name, tokenizerJSON))
	case strings.HasSuffix(name, ".json"):
		return loadHuggingFace(name)
	case strings.HasSuffix(name, ".txt"), strings.HasSuffix(name, ".gz"):
		return readMergesFile(name)
	}
	return nil, fmt.Errorf("%s: neither a merges file (.txt, .txt.gz) nor a tokenizer.json", name)
}
