package workbench

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"clipbench/workbench/checkpoint"
	"clipbench/workbench/config"
)

// vocabulary is what a model's texts are encoded by, as it was when the model was opened: every checkpoint keeps it.
type vocabulary struct {
	checkpoint.Tokenizer
	content []byte // of its file; nil: it is built in
}

func readVocabulary(name string) (v vocabulary, err error) {
	if v.Tokenizer, v.content, err = checkpoint.TokenizerOf(name); err != nil {
		return v, fmt.Errorf("model.tokenizer: %w", err)
	}
	return v, nil
}

// sum is the SHA-256 of its file; empty: there is none.
func (v vocabulary) sum() string {
	if v.File == "" {
		return ""
	}
	sum := sha256.Sum256(v.content)
	return hex.EncodeToString(sum[:])
}

// vocabularyName is what the configuration's tokenizer is opened by.
func vocabularyName(cfg *config.Config) string {
	t := &cfg.Model.Tokenizer
	switch {
	case t.MergeFile != nil:
		return *t.MergeFile
	case t.VocabFile != nil:
		return *t.VocabFile
	}
	return t.Type
}

// vocabularyOf is what the tokenizer of a run is opened by: its checkpoint's copy, wherever the original is now. saved may
// be nil.
func vocabularyOf(cfg *config.Config, saved *checkpoint.Saved) string {
	if saved != nil && saved.Meta.Tokenizer.File != "" {
		return saved.TokenizerPath()
	}
	return vocabularyName(cfg)
}

// sameVocabulary tells whether two configurations of a run name one vocabulary: the same content, wherever it lies. A file
// that is no longer what the run was trained with is an error. saved may be nil.
func (r *Run) sameVocabulary(before, now *config.Config, saved *checkpoint.Saved) (bool, error) {
	trained, err := readVocabulary(vocabularyOf(before, saved))
	if err != nil {
		return false, err
	}
	given, err := readVocabulary(vocabularyName(now))
	if err != nil {
		return false, err
	}
	moved := vocabularyName(before) != vocabularyName(now)
	switch {
	case given.File == "": // built in, or gone
		return !moved, nil
	case given.sum() != trained.sum() && !moved:
		return false, fmt.Errorf("%s: the vocabulary %s is not what it was when the run was trained; put back the checkpoint's copy, %s, or use another --run",
			r.Dir, vocabularyName(now), vocabularyOf(before, saved))
	}
	return given.sum() == trained.sum(), nil
}
