package tensorfile

import (
	"fmt"
	"strings"

	"github.com/gomlx/compute/dtypes"
)

// safetensorsNames are the types that safetensors and GoMLX share.
var safetensorsNames = map[dtypes.DType]string{
	dtypes.Bool: "BOOL", dtypes.Uint8: "U8", dtypes.Int8: "I8", dtypes.Uint16: "U16", dtypes.Int16: "I16",
	dtypes.Float16: "F16", dtypes.BFloat16: "BF16", dtypes.Uint32: "U32", dtypes.Int32: "I32", dtypes.Float32: "F32",
	dtypes.Uint64: "U64", dtypes.Int64: "I64", dtypes.Float64: "F64",
}

// dtypeOf is the type that safetensors calls name.
func dtypeOf(name string) (dtypes.DType, error) {
	for dtype, known := range safetensorsNames {
		if known == name {
			return dtype, nil
		}
	}
	return dtypes.InvalidDType, fmt.Errorf("the type %q is not read", name)
}

func lower(dtype dtypes.DType) string { return strings.ToLower(dtype.String()) }
