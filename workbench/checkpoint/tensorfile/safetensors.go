package tensorfile

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The format: 8 bytes, the header's length; the header, JSON {name: {dtype, shape, data_offsets: [from, to]}} padded with
// spaces; then the values, which fill the rest of the file without gaps or overlaps.
// https://huggingface.co/docs/safetensors
const (
	lengthBytes = 8
	maxHeader   = 100 << 20 // as the reference implementation has it
	metadataKey = "__metadata__"
)

// OpenSafetensors opens a safetensors file and checks that its header accounts for every byte of it, once.
func OpenSafetensors(path string) (*File, error) {
	file, size, err := openSized(path)
	if err != nil {
		return nil, err
	}
	f := &File{Path: path, closer: file}
	if f.Tensors, f.Metadata, err = readSafetensors(file, size); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// readSafetensors reads the header of a file of size bytes.
func readSafetensors(r io.ReaderAt, size int64) (map[string]Tensor, map[string]string, error) {
	header, err := readHeader(r, size)
	if err != nil {
		return nil, nil, err
	}
	h := safetensorsHeader{tensors: map[string]span{}}
	if err := h.parse(header); err != nil {
		return nil, nil, fmt.Errorf("its header: %w", err)
	}
	start := lengthBytes + int64(len(header))
	if err := h.tile(size - start); err != nil {
		return nil, nil, err
	}
	tensors := make(map[string]Tensor, len(h.tensors))
	for name, s := range h.tensors {
		s.Data = io.NewSectionReader(r, start+s.from, s.to-s.from)
		tensors[name] = s.Tensor
	}
	return tensors, h.metadata, nil
}

func readHeader(r io.ReaderAt, size int64) ([]byte, error) {
	var prefix [lengthBytes]byte
	if size < lengthBytes {
		return nil, fmt.Errorf("not a safetensors file: it has %d bytes, and its header's length alone takes %d", size, lengthBytes)
	}
	if _, err := r.ReadAt(prefix[:], 0); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint64(prefix[:])
	if length > maxHeader || int64(length) > size-lengthBytes {
		return nil, fmt.Errorf("not a whole safetensors file: its header claims %d bytes, the file has %d", length, size)
	}
	header := make([]byte, length)
	if _, err := r.ReadAt(header, lengthBytes); err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(header, []byte("{")) {
		return nil, fmt.Errorf("not a safetensors file: its header is not JSON")
	}
	return header, nil
}

// span is a tensor and which bytes of the values are its own.
type span struct {
	Tensor
	from, to int64
}

// safetensorsHeader is what a header says.
type safetensorsHeader struct {
	tensors  map[string]span
	metadata map[string]string
}

func (h *safetensorsHeader) parse(header []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(header))
	err := eachKey(decoder, func(name string) error {
		if name == metadataKey {
			return decoder.Decode(&h.metadata)
		}
		s, err := parseSpan(decoder)
		h.tensors[name] = s
		return err
	})
	if err != nil {
		return err
	}
	if rest := strings.Trim(string(header[decoder.InputOffset():]), " "); rest != "" {
		return fmt.Errorf("something follows the JSON")
	}
	return nil
}

// parseSpan reads {"dtype", "shape", "data_offsets"}, all three and nothing else.
func parseSpan(decoder *json.Decoder) (span, error) {
	var dtype string
	var dims, offsets []int64
	fields := map[string]any{"dtype": &dtype, "shape": &dims, "data_offsets": &offsets}
	seen := 0
	err := eachKey(decoder, func(key string) error {
		field, ok := fields[key]
		if !ok {
			return fmt.Errorf("unknown key %q", key)
		}
		seen++
		return decoder.Decode(field)
	})
	switch {
	case err != nil:
		return span{}, err
	case seen < len(fields) || dims == nil || len(offsets) != 2:
		return span{}, fmt.Errorf("wants dtype, shape and two data_offsets")
	}
	return newSpan(dtype, dims, offsets[0], offsets[1])
}

func newSpan(dtypeName string, dims []int64, from, to int64) (span, error) {
	dtype, err := dtypeOf(dtypeName)
	if err != nil {
		return span{}, err
	}
	s := span{Tensor: Tensor{DType: dtype, Dims: make([]int, len(dims))}, from: from, to: to}
	for i, d := range dims {
		s.Dims[i] = int(d)
	}
	size, ok := byteSize(dtype, dims)
	if !ok || from < 0 || to < from || to-from != size {
		return span{}, fmt.Errorf("%s takes %d bytes, its data_offsets are [%d,%d]", s.Shape(), size, from, to)
	}
	return s, nil
}

// eachKey walks a JSON object; value reads what stands at the key. A key that stands there twice is refused.
func eachKey(decoder *json.Decoder, value func(key string) error) error {
	if t, err := decoder.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("an object was expected at byte %d", decoder.InputOffset())
	}
	seen := map[string]bool{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string)
		if seen[key] {
			return fmt.Errorf("%q stands there twice", key)
		}
		seen[key] = true
		if err := value(key); err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
	}
	_, err := decoder.Token()
	return err
}

// tile checks that the tensors cover the size bytes of values without gaps or overlaps.
func (h *safetensorsHeader) tile(size int64) error {
	names := h.inOrder()
	at := int64(0)
	for _, name := range names {
		s := h.tensors[name]
		if s.from != at {
			return fmt.Errorf("tensor %q begins at byte %d of the values, and the one before it ends at %d", name, s.from, at)
		}
		at = s.to
		if at > size {
			return fmt.Errorf("truncated: tensor %q %s ends at byte %d of the values, and the file holds %d of them", name, s.Shape(), at, size)
		}
	}
	if at != size {
		return fmt.Errorf("%d bytes follow the last tensor", size-at)
	}
	return nil
}

func (h *safetensorsHeader) inOrder() []string {
	names := make([]string, 0, len(h.tensors))
	for name := range h.tensors {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		x, y := h.tensors[a], h.tensors[b]
		return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to), cmp.Compare(a, b))
	})
	return names
}

// WriteSafetensors writes tensors in the order of the reference implementation: the widest types first, then by name.
func WriteSafetensors(w io.Writer, tensors map[string]Tensor, metadata map[string]string) error {
	names := make([]string, 0, len(tensors))
	for name := range tensors {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(tensors[b].DType.Size(), tensors[a].DType.Size()), cmp.Compare(a, b))
	})
	header, err := encodeHeader(names, tensors, metadata)
	if err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	for _, name := range names {
		t := tensors[name]
		n, err := io.Copy(w, io.NewSectionReader(t.Data, 0, t.Size()))
		if err != nil {
			return fmt.Errorf("tensor %q: %w", name, err)
		}
		if n != t.Size() {
			return fmt.Errorf("tensor %q %s: %d of its %d bytes were there", name, t.Shape(), n, t.Size())
		}
	}
	return nil
}

// encodeHeader is the header with its length before it.
func encodeHeader(names []string, tensors map[string]Tensor, metadata map[string]string) ([]byte, error) {
	type entry struct {
		DType   string   `json:"dtype"`
		Shape   []int    `json:"shape"`
		Offsets [2]int64 `json:"data_offsets"`
	}
	entries := make(map[string]any, len(names)+1)
	if len(metadata) > 0 {
		entries[metadataKey] = metadata
	}
	at := int64(0)
	for _, name := range names {
		t := tensors[name]
		dtype, ok := safetensorsNames[t.DType]
		if !ok {
			return nil, fmt.Errorf("tensor %q: safetensors has no type %s", name, t.DType)
		}
		entries[name] = entry{DType: dtype, Shape: append([]int{}, t.Dims...), Offsets: [2]int64{at, at + t.Size()}}
		at += t.Size()
	}
	text, err := json.Marshal(entries)
	if err != nil {
		return nil, err
	}
	text = append(text, bytes.Repeat([]byte(" "), -len(text)&7)...)
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...), nil
}
