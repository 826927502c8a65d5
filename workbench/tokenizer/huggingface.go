package tokenizer

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/gomlx/go-huggingface/tokenizers/hftokenizer"
)

// HuggingFace is a tokenizer that a Hugging Face tokenizer.json describes, read
// by go-huggingface. It cleans text as that file says, which for CLIP's is less
// than open_clip does: no ftfy and no entities. It is also some hundred times
// slower than BPE; for CLIP's own tokenizer, load "clip".
//
// Rows are padded with 0, as open_clip pads, where Hugging Face pads CLIP's with
// its eot, 49407. Both give the same features: the text tower is causal, so
// nothing after the first eot reaches it, and the first eot is where it pools.
type HuggingFace struct {
	tokenizer *hftokenizer.Tokenizer
	frame     []int // the ids of an empty text: sot and eot, or eot alone
	vocab     int
	lowers    bool // text is put in lower case
}

// tokenizerJSON is what Hugging Face calls the file in a model's folder.
const tokenizerJSON = "tokenizer.json"

// loadHuggingFace reads a tokenizer.json.
func loadHuggingFace(path string) (*HuggingFace, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseHuggingFace(path, content)
}

// parseHuggingFace reads the content of a tokenizer.json; name is for errors.
func parseHuggingFace(name string, content []byte) (t *HuggingFace, err error) {
	defer func() {
		if fault := recover(); fault != nil { // go-huggingface trusts the file
			t, err = nil, fmt.Errorf("%s: not a tokenizer that can be read: %v", name, fault)
		}
	}()
	tokenizer, err := hftokenizer.NewFromContent(nil, unicodeSpaces(content))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	t = &HuggingFace{tokenizer: tokenizer, frame: tokenizer.Encode(""), vocab: highestID(tokenizer) + 1}
	t.lowers = tokenizer.Normalize("A") == "a"
	if err := t.check(name); err != nil {
		return nil, err
	}
	return t, nil
}

// check refuses what cannot fill a text tower's rows.
func (t *HuggingFace) check(name string) error {
	if len(t.frame) != 1 && len(t.frame) != 2 {
		return fmt.Errorf("%s: it puts %d special ids around a text; a text tower needs an end of text, and at most a start (its post_processor says so)", name, len(t.frame))
	}
	if slices.Min(t.frame) < 0 || slices.Max(t.frame) >= t.vocab || t.vocab > math.MaxInt32 {
		return fmt.Errorf("%s: the special ids %v lie outside its vocabulary of %d ids", name, t.frame, t.vocab)
	}
	return nil
}

// highestID is the largest id a tokenizer gives. Its VocabSize counts some twice.
func highestID(t *hftokenizer.Tokenizer) int {
	highest := t.VocabSize()
	for _, added := range t.AddedTokensList() {
		highest = max(highest, added.ID)
	}
	for highest > 0 {
		if _, known := t.IDToToken(highest); known {
			break
		}
		highest--
	}
	return highest
}

// Vocab is the number of ids.
func (t *HuggingFace) Vocab() int { return t.vocab }

// EOT is the id that ends a text: the last of those put around it.
func (t *HuggingFace) EOT() int32 { return int32(t.frame[len(t.frame)-1]) }

// Encode fills dst with [sot ids… eot 0…], cut so that eot is the last id.
func (t *HuggingFace) Encode(text string, dst []int32) {
	if len(dst) == 0 {
		return
	}
	if t.lowers { // Go's lower case of İ loses the dot that Hugging Face keeps
		text = strings.ReplaceAll(text, "İ", "i\u0307")
	}
	ids := t.tokenizer.Encode(text)
	for i := range dst {
		dst[i] = 0
		if i < len(ids) {
			dst[i] = int32(ids[i])
		}
	}
	if len(ids) >= len(dst) {
		dst[len(dst)-1] = t.EOT()
	}
}

// Decode returns the text between sot and the first eot.
func (t *HuggingFace) Decode(ids []int32) string {
	var inside []int
	for i, id := range ids {
		if id == t.EOT() {
			break
		}
		if i > 0 || len(t.frame) < 2 || int(id) != t.frame[0] {
			inside = append(inside, int(id))
		}
	}
	text := t.tokenizer.Decode(inside)
	return strings.TrimSuffix(strings.ReplaceAll(text, endOfWord, " "), " ")
}

var regexField = regexp.MustCompile(`"Regex"\s*:\s*"(?:[^"\\]|\\.)*"`)

// unicodeSpaces spells \s out in a tokenizer.json's patterns: to Hugging Face it
// is any white space, to Go's regexp that go-huggingface uses ASCII's alone.
func unicodeSpaces(content []byte) []byte {
	return regexField.ReplaceAllFunc(content, func(field []byte) []byte {
		var out bytes.Buffer
		for inClass, i := false, 0; i < len(field); i++ {
			escaped := bytes.HasPrefix(field[i:], []byte(`\\`))
			switch {
			case escaped && bytes.HasPrefix(field[i:], []byte(`\\s`)):
				const spaces = `\\s\\v\\x85\\p{Z}`
				if inClass {
					out.WriteString(spaces)
				} else {
					out.WriteString("[" + spaces + "]")
				}
				i += len(`\\s`) - 1
				continue
			case escaped: // \\[ and its like open nothing
				n := min(len(`\\x`), len(field)-i)
				out.Write(field[i : i+n])
				i += n - 1
				continue
			case field[i] == '[':
				inClass = true
			case field[i] == ']':
				inClass = false
			}
			out.WriteByte(field[i])
		}
		return out.Bytes()
	})
}
