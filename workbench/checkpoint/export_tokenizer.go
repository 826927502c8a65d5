package checkpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"clipbench/workbench/tokenizer"
)

// exportTokenizer writes what transformers' CLIPTokenizer reads: a copy of a tokenizer.json, or merges.txt and vocab.json
// of CLIP's vocabulary or one like it. A model that names no tokenizer is written without.
func exportTokenizer(dir, name string, context int) error {
	if name == "" {
		return nil
	}
	t, err := tokenizer.Load(name)
	if err != nil {
		return fmt.Errorf("model.tokenizer.type: %w", err)
	}
	bpe, ok := t.(*tokenizer.BPE)
	if !ok {
		_, vocabulary, err := TokenizerOf(name)
		if err != nil {
			return err
		}
		_, err = writeFile(filepath.Join(dir, huggingFaceTokenizer), content(vocabulary))
		return err
	}
	if err := bpe.Save(filepath.Join(dir, huggingFaceMerges)); err != nil {
		return err
	}
	ids, err := vocabularyOf(filepath.Join(dir, huggingFaceMerges))
	if err != nil {
		return err
	}
	settings := map[string]any{
		"tokenizer_class": "CLIPTokenizer", "model_max_length": context, "bos_token": startOfText, "eos_token": endOfText,
		"unk_token": endOfText, "pad_token": endOfText,
	}
	return errors.Join(writeJSON(filepath.Join(dir, huggingFaceVocab), ids), writeJSON(filepath.Join(dir, "tokenizer_config.json"), settings))
}

func writeJSON(path string, value any) error {
	_, err := writeFile(path, func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false) // symbols have < and > in them
		return encoder.Encode(value)
	})
	return err
}

// Hugging Face's names of CLIP's two special tokens.
const (
	startOfText = "<|startoftext|>"
	endOfText   = "<|endoftext|>"
)

// vocabularyOf numbers the symbols of a merges file as CLIP does: the bytes, the bytes that end a word, one for each
// merge, start and end of text.
func vocabularyOf(mergesPath string) (map[string]int, error) {
	text, err := os.ReadFile(mergesPath)
	if err != nil {
		return nil, err
	}
	var symbols []string
	for _, suffix := range []string{"", "</w>"} {
		for _, r := range byteLetters() {
			symbols = append(symbols, string(r)+suffix)
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		symbols = append(symbols, strings.Replace(line, " ", "", 1))
	}
	ids := map[string]int{}
	for i, symbol := range append(symbols, startOfText, endOfText) {
		ids[symbol] = i
	}
	return ids, nil
}

// byteLetters are the letters that stand for the 256 bytes, in the order of their ids: the printable ones of Latin-1 for
// themselves, then U+0100 and on for the rest. OpenAI's bytes_to_unicode.
func byteLetters() []rune {
	var letters []rune
	for _, span := range [][2]rune{{'!', '~'}, {'¡', '¬'}, {'®', 'ÿ'}} {
		for r := span[0]; r <= span[1]; r++ {
			letters = append(letters, r)
		}
	}
	for r := rune(0x100); len(letters) < 256; r++ {
		letters = append(letters, r)
	}
	return letters
}

// vocabularyFollows checks that vocab.json numbers the symbols as they follow from merges.txt, which is all that is read.
func vocabularyFollows(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, huggingFaceVocab))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var ids map[string]int
	if err := json.Unmarshal(text, &ids); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, huggingFaceVocab), err)
	}
	want, err := vocabularyOf(filepath.Join(dir, huggingFaceMerges))
	if err != nil {
		return err
	}
	if !maps.Equal(ids, want) {
		return fmt.Errorf("%s: its ids are not those that follow from %s; save the tokenizer as %s", filepath.Join(dir, huggingFaceVocab), huggingFaceMerges, huggingFaceTokenizer)
	}
	return nil
}
