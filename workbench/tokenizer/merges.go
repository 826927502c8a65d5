package tokenizer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed" // CLIP's merges
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
)

const (
	// mostMerges is how many merges CLIP takes of its file's 262,144. No file
	// gives more, because open_clip reads every file so.
	mostMerges = 48894
	// header is the first line of a merges file; readers skip it, whatever it says.
	header    = "#version: 0.2"
	endOfWord = "</w>"
)

//go:embed vocabulary/bpe_simple_vocab_16e6.txt.gz
var clipFile []byte

// clipFileSHA256 is the sum of the file that OpenAI published.
const clipFileSHA256 = "924691ac288e54409236115652ad4aa250f48203de50a9e4722a6ecd48d6804a"

// CLIP returns CLIP's own tokenizer, of 49,408 ids (Radford et al. 2021, §2.4).
// Building it takes some 80 ms: keep it.
func CLIP() (*BPE, error) {
	if sum := sha256.Sum256(clipFile); hex.EncodeToString(sum[:]) != clipFileSHA256 {
		return nil, fmt.Errorf("CLIP's merges: the embedded file has SHA-256 %x, not %s; build from a clean checkout", sum, clipFileSHA256)
	}
	return readMerges("CLIP's merges", bytes.NewReader(clipFile))
}

// readMergesFile reads a merges file, gzipped or not.
func readMergesFile(path string) (*BPE, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	return readMerges(path, f)
}

// readMerges reads CLIP's layout: a first line to skip, then a merge a line,
// the best first: two symbols, their bytes spelled as byteNames has it, with
// </w> at the end of a word. name is for errors.
func readMerges(name string, r io.Reader) (*BPE, error) {
	text, err := gunzipped(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var merges []merge
	ids := baseNames()
	lines := bufio.NewScanner(text)
	for number := 1; len(merges) < mostMerges && lines.Scan(); number++ {
		line := lines.Text()
		if number == 1 || line == "" {
			continue
		}
		m, err := parseMerge(line, ids)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, number, err)
		}
		merges = append(merges, m)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return newBPE(merges), nil
}

// parseMerge reads one line and gives what it makes the next id.
func parseMerge(line string, ids map[string]int32) (merge, error) {
	left, right, found := strings.Cut(line, " ")
	if !found || strings.ContainsAny(right, " \t\r") {
		return merge{}, fmt.Errorf("%q is not two symbols with a space between them; is this a merges file?", line)
	}
	l, knownLeft := ids[left]
	r, knownRight := ids[right]
	joint := left + right
	_, knownJoint := ids[joint]
	switch {
	case !knownLeft || !knownRight:
		return merge{}, fmt.Errorf("%q joins a symbol that no line above makes", line)
	case strings.HasSuffix(left, endOfWord):
		return merge{}, fmt.Errorf("%q ends a word, so nothing can follow it", left)
	case knownJoint:
		return merge{}, fmt.Errorf("%q exists already; every merge must make a new symbol", joint)
	}
	ids[joint] = int32(len(ids))
	return merge{l, r}, nil
}

// Save writes the merges in CLIP's layout, so that Load reads them and so does
// open_clip's SimpleTokenizer once the file is gzipped. It writes no newline at
// the end, because open_clip would count an empty symbol after it.
func (t *BPE) Save(path string) error {
	names := make([]string, 0, t.Vocab())
	for id := range t.bytes {
		names = append(names, t.name(int32(id)))
	}
	lines := []string{header}
	for _, m := range t.merges {
		lines = append(lines, names[m.left]+" "+names[m.right])
	}
	return os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o644)
}

// name spells a symbol as in a merges file.
func (t *BPE) name(id int32) string {
	var name strings.Builder
	for _, b := range []byte(t.bytes[id]) {
		name.WriteRune(byteNames[b])
	}
	if t.ends[id] {
		name.WriteString(endOfWord)
	}
	return name.String()
}

// baseNames is the spelling of the 512 base symbols, with their ids.
func baseNames() map[string]int32 {
	ids := make(map[string]int32, baseSymbols)
	for b, id := range byteIDs {
		ids[string(byteNames[b])] = id
		ids[string(byteNames[b])+endOfWord] = id + byteSymbols
	}
	return ids
}

// gunzipped returns what r holds, unpacked if it is gzip.
func gunzipped(r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(r)
	if magic, err := buffered.Peek(2); err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
		return buffered, nil // too short or not gzip: the parser judges
	}
	return gzip.NewReader(buffered)
}
