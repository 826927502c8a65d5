package tensorfile

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"strings"

	"github.com/gomlx/compute/dtypes"
)

// OpenPyTorch opens what torch.save or torch.jit.save wrote and lists its tensors by their names in the state dict: the
// dict itself, the one under "state_dict", or the attributes of the modules. Nothing in the file is run, and a pickle
// that names anything but tensors and containers is refused, with that name.
func OpenPyTorch(path string) (*File, error) {
	file, size, err := openSized(path)
	if err != nil {
		return nil, err
	}
	tensors, err := readPyTorch(file, size)
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &File{Path: path, Tensors: tensors, closer: file}, nil
}

// IsPyTorch tells torch's archives from other files by their first bytes.
func IsPyTorch(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	var magic [4]byte
	_, err = io.ReadFull(f, magic[:])
	return err == nil && string(magic[:]) == "PK\x03\x04"
}

func readPyTorch(r io.ReaderAt, size int64) (map[string]Tensor, error) {
	archive, err := openArchive(r, size)
	if err != nil {
		return nil, err
	}
	program, err := archive.open("data.pkl")
	if err != nil {
		return nil, err
	}
	value, err := unpickle(program, archive)
	if err := errors.Join(err, program.Close()); err != nil {
		return nil, fmt.Errorf("data.pkl: %w", err)
	}
	return stateDict(value)
}

// archive is a zip file of torch's: one pickle and the storages that it names.
type archive struct {
	r       io.ReaderAt
	entries map[string]*zip.File // by name without the archive's own folder
}

func openArchive(r io.ReaderAt, size int64) (*archive, error) {
	reader, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("not a whole PyTorch archive (%w); a file from before PyTorch 1.6 is not one: load and save it again with torch", err)
	}
	a := &archive{r: r, entries: map[string]*zip.File{}}
	for _, f := range reader.File {
		_, name, _ := strings.Cut(f.Name, "/")
		if _, twice := a.entries[name]; twice {
			return nil, fmt.Errorf("the archive holds %s twice", f.Name)
		}
		a.entries[name] = f
	}
	return a, a.littleEndian()
}

// littleEndian refuses storages of the other byte order.
func (a *archive) littleEndian() error {
	if a.entries["byteorder"] == nil {
		return nil // older than the record: little
	}
	f, err := a.open("byteorder")
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(f, 16))
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if order := strings.TrimSpace(string(text)); order != "little" {
		return fmt.Errorf("its values are %q endian; only little is read", order)
	}
	return nil
}

func (a *archive) open(name string) (io.ReadCloser, error) {
	f := a.entries[name]
	if f == nil {
		return nil, fmt.Errorf("not a PyTorch archive: it holds no %s", name)
	}
	return f.Open()
}

// storage is a run of values of one type in the archive.
type storage struct {
	dtype dtypes.DType
	count int64 // values
	data  *io.SectionReader
}

// storageTypes are the classes that name a storage's type.
var storageTypes = map[string]dtypes.DType{
	"BoolStorage": dtypes.Bool, "ByteStorage": dtypes.Uint8, "CharStorage": dtypes.Int8, "ShortStorage": dtypes.Int16,
	"IntStorage": dtypes.Int32, "LongStorage": dtypes.Int64, "HalfStorage": dtypes.Float16,
	"BFloat16Storage": dtypes.BFloat16, "FloatStorage": dtypes.Float32, "DoubleStorage": dtypes.Float64,
}

// persistent finds the storage of ("storage", class, key, device, count).
func (a *archive) persistent(id any) (any, error) {
	parts, _ := id.(pickleTuple)
	if len(parts) != 5 || parts[0] != "storage" {
		return nil, fmt.Errorf("the pickle names something outside itself that is no storage")
	}
	class, _ := parts[1].(pickleGlobal)
	key, _ := parts[2].(string)
	count, isCount := parts[4].(int64)
	dtype, known := storageTypes[class.name]
	if class.module != "torch" || !known {
		return nil, class.refusal()
	}
	entry := a.entries[path.Join("data", key)]
	if entry == nil || !isCount || count < 0 || count > math.MaxInt64/8 {
		return nil, fmt.Errorf("the pickle names a storage %q of %v values that is not in the archive", key, parts[4])
	}
	return a.storage(entry, dtype, count)
}

func (a *archive) storage(entry *zip.File, dtype dtypes.DType, count int64) (*storage, error) {
	size := count * int64(dtype.Size())
	if entry.Method != zip.Store || entry.CompressedSize64 != entry.UncompressedSize64 {
		return nil, fmt.Errorf("%s is compressed; torch.save writes storages as they are", entry.Name)
	}
	if int64(entry.UncompressedSize64) != size {
		return nil, fmt.Errorf("%s has %d bytes, and its %d values of %s take %d", entry.Name, entry.UncompressedSize64, count, lower(dtype), size)
	}
	offset, err := entry.DataOffset()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", entry.Name, err)
	}
	return &storage{dtype: dtype, count: count, data: io.NewSectionReader(a.r, offset, size)}, nil
}

// reduce knows the functions that torch.save calls to put tensors together.
func (a *archive) reduce(function pickleGlobal, arguments pickleTuple) (any, error) {
	switch function.String() {
	case "collections.OrderedDict":
		if len(arguments) == 0 {
			return &pickleDict{}, nil
		}
	case "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor":
		return rebuildTensor(arguments)
	case "torch.jit._pickle.build_intlist", "torch.jit._pickle.build_doublelist", "torch.jit._pickle.build_boollist":
		return &pickleList{}, nil // an attribute of a module; what is in it says nothing about tensors
	case "torch._utils._rebuild_parameter":
		if len(arguments) > 0 {
			if t, ok := arguments[0].(Tensor); ok {
				return t, nil
			}
		}
		return nil, fmt.Errorf("the pickle has a parameter that is no tensor")
	}
	return nil, function.refusal()
}

func (g pickleGlobal) refusal() error {
	return fmt.Errorf("the pickle asks for %s, which tensors do not need; it was not run. Save the state_dict alone, or as safetensors", g)
}

// isScript tells the classes of TorchScript modules.
func (g pickleGlobal) isScript() bool {
	return g.module == "__torch__" || strings.HasPrefix(g.module, "__torch__.")
}

// rebuildTensor reads (storage, offset, size, stride, …).
func rebuildTensor(arguments pickleTuple) (Tensor, error) {
	if len(arguments) < 4 {
		return Tensor{}, fmt.Errorf("the pickle has a tensor without its shape")
	}
	s, isStorage := arguments[0].(*storage)
	offset, isOffset := arguments[1].(int64)
	dims, isDims := wholes(arguments[2])
	strides, isStrides := wholes(arguments[3])
	if !isStorage || !isOffset || !isDims || !isStrides || len(dims) != len(strides) {
		return Tensor{}, fmt.Errorf("the pickle has a tensor that is not described as PyTorch does it")
	}
	return s.view(offset, dims, strides)
}

// wholes reads a tuple of whole numbers.
func wholes(v any) ([]int64, bool) {
	tuple, ok := v.(pickleTuple)
	numbers := make([]int64, len(tuple))
	for i, item := range tuple {
		n, isNumber := item.(int64)
		numbers[i], ok = n, ok && isNumber
	}
	return numbers, ok
}
