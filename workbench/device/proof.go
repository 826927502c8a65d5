package device

import (
	"fmt"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

// proves runs [1 2] · [3 4]ᵀ on the backend and compares with 11: a plugin can load and still not be
// able to compile or to run.
func proves(backend compute.Backend) error {
	product, err := CallOnce(backend, func(a, b *Node) *Node { return MatMul(a, b) },
		[][]float32{{1, 2}}, [][]float32{{3}, {4}})
	if err != nil {
		return fmt.Errorf("a trial product: %w", err)
	}
	defer product.FinalizeAll() //nolint:errcheck // a 1×1 result: nothing hangs on freeing it
	if got := product.Value().([][]float32)[0][0]; got != 11 {
		return fmt.Errorf("a trial product: [1 2]·[3 4]ᵀ came out as %v, not 11", got)
	}
	return nil
}
