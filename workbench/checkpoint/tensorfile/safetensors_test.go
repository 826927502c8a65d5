package tensorfile

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
)

// file puts a safetensors file together from a header and the number of bytes of values.
func file(header string, values int) []byte {
	data := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(data, header...), make([]byte, values)...)
}

func read(data []byte) (map[string]Tensor, map[string]string, error) {
	return readSafetensors(bytes.NewReader(data), int64(len(data)))
}

func TestWriteAndReadIsTheSame(t *testing.T) {
	tensors := map[string]Tensor{
		"b/ü": New(dtypes.Float32, []int{2, 3}, []byte("abcdefghijklmnopqrstuvwx")),
		"a":   New(dtypes.Uint8, []int{5}, []byte("12345")),
		"s":   New(dtypes.Uint64, nil, []byte("scalar!!")),
		"e":   New(dtypes.BFloat16, []int{0, 4}, nil),
		"t":   New(dtypes.Bool, []int{2}, []byte{1, 0}),
	}
	var out bytes.Buffer
	if err := WriteSafetensors(&out, tensors, map[string]string{"format": "pt"}); err != nil {
		t.Fatal(err)
	}
	got, metadata, err := read(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if metadata["format"] != "pt" {
		t.Errorf("metadata %v", metadata)
	}
	sameContents(t, contents(t, got), contents(t, tensors))
	if header := binary.LittleEndian.Uint64(out.Bytes()); header%8 != 0 {
		t.Errorf("the header has %d bytes, which leaves the values unaligned", header)
	}
}

// TestReferenceFilesAreRead reads what the reference implementation wrote.
func TestReferenceFilesAreRead(t *testing.T) {
	f, err := OpenSafetensors(filepath.Join(goldens, "scripted.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if got := strings.Join(f.Names(), " "); got != "context_length proj visual.mask visual.weight" {
		t.Errorf("tensors %s", got)
	}
	data := make([]byte, 8)
	if err := f.Tensors["context_length"].Read(data); err != nil || binary.LittleEndian.Uint64(data) != 77 {
		t.Errorf("context_length %v, %v", data, err)
	}
	proj := make([]byte, 16)
	if err := f.Tensors["proj"].Read(proj); err != nil || math.Float32frombits(binary.LittleEndian.Uint32(proj[12:])) != 3 {
		t.Errorf("proj %v, %v", proj, err)
	}
}

func TestFilesThatLieAreRefused(t *testing.T) {
	const a = `"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`
	for _, tc := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "it has 0 bytes"},
		{"a few bytes", []byte("abc"), "it has 3 bytes"},
		{"a length beyond the file", binary.LittleEndian.AppendUint64(nil, 1000), "its header claims 1000 bytes, the file has 8"},
		{"a length beyond reason", append(binary.LittleEndian.AppendUint64(nil, math.MaxUint64), "{}"...), "its header claims 18446744073709551615 bytes"},
		{"no JSON", file("hello", 0), "not JSON"},
		{"half of JSON", file(`{"a":`, 0), "an object was expected"},
		{"something after the JSON", file(`{} x`, 0), "follows the JSON"},
		{"truncated", file("{"+a+"}", 7), `truncated: tensor "a" float32[2] ends at byte 8 of the values, and the file holds 7`},
		{"longer", file("{"+a+"}", 9), "1 bytes follow the last tensor"},
		{"fewer bytes than the shape", file(`{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`, 8), `"a": float32[3] takes 12 bytes, its data_offsets are [0,8]`},
		{"overlap", file("{"+a+`,"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12), `"b" begins at byte 4 of the values, and the one before it ends at 8`},
		{"a gap", file("{"+a+`,"b":{"dtype":"U8","shape":[1],"data_offsets":[9,10]}}`, 10), `"b" begins at byte 9`},
		{"a name twice", file("{"+a+","+a+"}", 8), `"a" stands there twice`},
		{"a key twice", file(`{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8), `"dtype" stands there twice`},
		{"an unknown key", file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"order":"C"}}`, 8), `unknown key "order"`},
		{"another case", file(`{"a":{"Dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8), `unknown key "Dtype"`},
		{"no shape", file(`{"a":{"dtype":"F32","data_offsets":[0,8]}}`, 8), "wants dtype, shape and two data_offsets"},
		{"a shape of null", file(`{"a":{"dtype":"F32","shape":null,"data_offsets":[0,4]}}`, 4), "wants dtype, shape"},
		{"three offsets", file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}`, 8), "two data_offsets"},
		{"a negative size", file(`{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}`, 8), "float32[-2]"},
		{"a size that overflows", file(`{"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,0]}}`, 0), "data_offsets are [0,0]"},
		{"offsets the wrong way", file(`{"a":{"dtype":"F32","shape":[0],"data_offsets":[8,0]}}`, 8), "data_offsets are [8,0]"},
		{"half a number", file(`{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}`, 8), "cannot unmarshal"},
		{"an unknown type", file(`{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}`, 8), `the type "F8_E4M3" is not read`},
		{"a list", file(`[]`, 0), "not JSON"},
		{"a tensor that is a number", file(`{"a":1}`, 0), "an object was expected"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, _, err := read(tc.data); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

func TestAFileThatIsNoneIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := os.WriteFile(path, []byte("version https://git-lfs.github.com/spec/v1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSafetensors(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want one that names %s", err, path)
	}
	if _, err := OpenSafetensors(filepath.Dir(path)); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a folder: got %v", err)
	}
}

// FuzzSafetensors reads damaged files: an error, or tensors that tile the file and come back when they are written.
func FuzzSafetensors(f *testing.F) {
	f.Add(file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[],"data_offsets":[8,9]}}`, 9))
	f.Add(file(`{"__metadata__":{"format":"pt"}}  `, 0))
	f.Add(file(`{"a":{"dtype":"BF16","shape":[0,3],"data_offsets":[0,0]}}`, 0))
	if data, err := os.ReadFile(filepath.Join(goldens, "state_dict.safetensors")); err == nil {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tensors, metadata, err := read(data)
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := WriteSafetensors(&out, tensors, metadata); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, _, err := read(out.Bytes())
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if got, want := contents(t, again), contents(t, tensors); len(got) != len(want) {
			t.Fatalf("%d tensors came back of %d", len(got), len(want))
		} else if len(want) > 0 {
			sameContents(t, got, want)
		}
	})
}
