package checkpoint

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// maxVocabulary is the largest vocabulary that a checkpoint keeps its own copy of, in bytes.
const maxVocabulary = 32 << 20

// TokenizerOf describes a tokenizer by what model.tokenizer.type says, for Snapshot's Meta.Tokenizer and Vocabulary: the
// name alone, or for a file (or a folder with a tokenizer.json) the file's content too, so that the checkpoint is whole
// when it is moved.
func TokenizerOf(name string) (Tokenizer, []byte, error) {
	path := name
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, huggingFaceTokenizer)
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return Tokenizer{Name: name}, nil, nil
	}
	if info.Size() > maxVocabulary {
		return Tokenizer{}, nil, fmt.Errorf("%s: a vocabulary of %.1f MB; a checkpoint keeps a copy of its own of up to %d MB", path, float64(info.Size())/1e6, maxVocabulary>>20)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return Tokenizer{}, nil, err
	}
	return Tokenizer{Name: filepath.Base(path), File: "tokenizer" + extension(path)}, content, nil
}

// extension is .json, .txt or .txt.gz.
func extension(path string) string {
	name := filepath.Base(path)
	if i := strings.LastIndex(name, ".txt"); i >= 0 {
		return name[i:]
	}
	return filepath.Ext(name)
}
