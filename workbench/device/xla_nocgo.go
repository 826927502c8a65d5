//go:build !cgo

package device

import (
	"errors"

	"github.com/gomlx/compute"

	"clipbench/workbench/device/pjrt"
)

// HasXLA says whether this program was built with XLA in it: go-xla needs cgo.
const HasXLA = false

func openXLA(pjrt.Plugin, string) (compute.Backend, error) {
	return nil, errors.New("this program was built without cgo, which XLA needs; build with CGO_ENABLED=1 and a C compiler, or use --backend go")
}
