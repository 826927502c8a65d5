package tensorfile

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The files are made by ../testdata/make_goldens.py with torch.save, torch.jit.save and safetensors.
const goldens = "../testdata/goldens/pytorch"

// contents are the bytes of every tensor with its shape before them.
func contents(t *testing.T, tensors map[string]Tensor) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, tensor := range tensors {
		data := make([]byte, tensor.Size())
		if err := tensor.Read(data); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = tensor.Shape() + " " + string(data)
	}
	return all
}

func sameContents(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: %q, want %q", name, got[name], want[name])
		}
	}
	if len(got) != len(want) || len(want) == 0 {
		t.Errorf("%d tensors, want %d", len(got), len(want))
	}
}

func TestTorchFilesHoldWhatTheirSafetensorsTwinsHold(t *testing.T) {
	for file, twin := range map[string]string{"checkpoint.pt": "state_dict", "state_dict.pt": "state_dict", "scripted.pt": "scripted"} {
		t.Run(file, func(t *testing.T) {
			got, err := OpenPyTorch(filepath.Join(goldens, file))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = got.Close() }()
			want, err := OpenSafetensors(filepath.Join(goldens, twin+".safetensors"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = want.Close() }()
			sameContents(t, contents(t, TrimPrefix(got.Tensors, "module.")), contents(t, want.Tensors))
		})
	}
}

func TestTorchFilesThatAskForMoreAreRefused(t *testing.T) {
	for file, want := range map[string]string{
		"evil.pt": "the pickle asks for posix.system, which tensors do not need; it was not run",
		"old.pt":  "before PyTorch 1.6",
		"list.pt": "the pickle holds no state dict",
	} {
		_, err := OpenPyTorch(filepath.Join(goldens, file))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: got %v, want %s", file, err, want)
		}
	}
	if _, err := os.Stat("/tmp/clipbench-was-here"); err == nil {
		t.Error("the code in evil.pt was run")
	}
}

// program puts a pickle together.
func program(parts ...string) string { return "\x80\x02" + strings.Join(parts, "") + "." }

func TestPicklesThatDoNotMakeSenseAreRefused(t *testing.T) {
	tensor := "ctorch._utils\n_rebuild_tensor_v2\n"
	for _, tc := range []struct{ name, pickle, want string }{
		{"nothing", "", "breaks off"},
		{"no end", "\x80\x02}", "breaks off"},
		{"an empty stack", program(), "empty stack"},
		{"an unknown instruction", program("\xff"), "instruction 0xff"},
		{"a number by name", program("I12\n"), "instruction 0x49"},
		{"code", program("cbuiltins\neval\n", "X\x01\x00\x00\x001", "\x85R"), "asks for builtins.eval"},
		{"code by the newer instruction", program("\x8c\x02os\x8c\x06system\x93)R"), "asks for os.system"},
		{"an instance of a class", program("cos\nPathLike\n)\x81"), "asks for os.PathLike"},
		{"code behind an OrderedDict", program("ccollections\nOrderedDict\n(cos\nsystem\ntR"), "asks for collections.OrderedDict"},
		{"a call of a text", program("X\x01\x00\x00\x00f)R"), "calls what is no name"},
		{"a tensor of nothing", program(tensor, ")R"), "a tensor without its shape"},
		{"a tensor of a text", program(tensor, "(X\x01\x00\x00\x00fK\x00))tR"), "not described as PyTorch does"},
		{"a long text", program("X\xff\xff\xff\x7f"), "a text of 2147483647 bytes"},
		{"a list that is none", program("K\x01K\x02a"), "appends to what is no list"},
		{"a dict that is none", program("K\x01K\x02K\x03s"), "sets a key of what is no dict"},
		{"a key alone", program("}(K\x01u"), "a key without a value"},
		{"a mark that is not there", program("K\x01t"), "lacks a mark"},
		{"a value that was not kept", program("h\x07"), "names value 7"},
		{"something outside", program("K\x01Q"), "no storage"},
		{"attributes of a number", program("K\x01}b"), "gives attributes to a int64"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := unpickle(strings.NewReader(tc.pickle), &archive{})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

func TestModulesThatContainThemselvesAreRefused(t *testing.T) {
	// An object whose attributes a and b are the object itself.
	self := program("c__torch__\nM\n)\x81q\x00}(X\x01\x00\x00\x00ah\x00X\x01\x00\x00\x00bh\x00ub")
	value, err := unpickle(strings.NewReader(self), &archive{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stateDict(value); err == nil || !strings.Contains(err.Error(), "without end") {
		t.Errorf("got %v", err)
	}
}

func TestViewsOutsideTheirStorageAreRefused(t *testing.T) {
	dtype, err := dtypeOf("F32")
	if err != nil {
		t.Fatal(err)
	}
	s := &storage{dtype: dtype, count: 6}
	for _, tc := range []struct {
		name          string
		offset        int64
		dims, strides []int64
		fits          bool
	}{
		{"all", 0, []int64{2, 3}, []int64{3, 1}, true},
		{"turned", 0, []int64{3, 2}, []int64{1, 3}, true},
		{"one beyond", 1, []int64{2, 3}, []int64{3, 1}, false},
		{"before", -1, []int64{1}, []int64{1}, false},
		{"backwards", 5, []int64{6}, []int64{-1}, false},
		{"a negative size", 0, []int64{-2}, []int64{1}, false},
		{"too many", 0, []int64{1 << 40, 1 << 40}, []int64{0, 0}, false},
		{"repeated", 0, []int64{1 << 20}, []int64{0}, false},
		{"strides that overflow", 0, []int64{3, 3}, []int64{1 << 62, 1 << 62}, false},
		{"nothing at the end", 6, []int64{0}, []int64{1}, true},
	} {
		if _, err := s.view(tc.offset, tc.dims, tc.strides); (err == nil) != tc.fits {
			t.Errorf("%s: %v, fits %v", tc.name, err, tc.fits)
		}
	}
}

// FuzzPyTorch opens damaged archives: an error or tensors that can be read, and never code or a panic.
func FuzzPyTorch(f *testing.F) {
	for _, name := range []string{"state_dict.pt", "scripted.pt", "evil.pt", "old.pt", "list.pt"} {
		data, err := os.ReadFile(filepath.Join(goldens, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tensors, err := readPyTorch(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		for name, tensor := range tensors {
			if tensor.Size() > int64(len(data)) {
				t.Fatalf("%s %s is larger than the file", name, tensor.Shape())
			}
			_ = tensor.Read(make([]byte, tensor.Size())) // may fail, must not panic
		}
	})
}

// FuzzPickle runs damaged pickles.
func FuzzPickle(f *testing.F) {
	for _, name := range []string{"state_dict.pt", "checkpoint.pt", "scripted.pt", "evil.pt"} {
		data, err := os.ReadFile(filepath.Join(goldens, name))
		if err != nil {
			f.Fatal(err)
		}
		archive, err := openArchive(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			f.Fatal(err)
		}
		program, err := archive.open("data.pkl")
		if err != nil {
			f.Fatal(err)
		}
		var pickle bytes.Buffer
		_, err = pickle.ReadFrom(program)
		if err := errors.Join(err, program.Close()); err != nil {
			f.Fatal(err)
		}
		f.Add(pickle.Bytes())
	}
	f.Fuzz(func(t *testing.T, pickle []byte) {
		value, err := unpickle(bytes.NewReader(pickle), &archive{})
		if err == nil {
			_, _ = stateDict(value)
		}
	})
}
