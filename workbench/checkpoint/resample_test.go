package checkpoint

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"clipbench/workbench/checkpoint/tensorfile"
)

func TestPositionsAreResampledAsTorchDoes(t *testing.T) {
	file, err := tensorfile.OpenSafetensors(filepath.Join(goldens, "interpolation.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	g, cases := golden{file: file}, 0
	for _, name := range file.Names() {
		key, ok := strings.CutSuffix(name, "in")
		if !ok {
			continue
		}
		cases++
		t.Run(strings.TrimSpace(key), func(t *testing.T) {
			in, want := g.floats(t, name), g.floats(t, key+"out")
			var from, to [2]int
			if _, err := fmt.Sscanf(key, "grid %dx%d %dx%d", &from[0], &from[1], &to[0], &to[1]); err == nil {
				class := []float32{7, 8, 9, -1, -2, -3} // two class tokens of width 3
				got := resizeGrid(append(class, in...), 3, 2, from, to)
				if d := largest(t, got[len(class):], want); d > 1e-6 {
					t.Errorf("the grid differs by up to %.2g", d)
				}
				if largest(t, got[:len(class)], class) != 0 {
					t.Errorf("the class tokens became %v", got[:len(class)])
				}
				return
			}
			if _, err := fmt.Sscanf(key, "line %d %d", &from[0], &to[0]); err != nil {
				t.Fatal(err)
			}
			if d := largest(t, resizeLine(in, 2, from[0], to[0]), want); d > 1e-6 {
				t.Errorf("the line differs by up to %.2g", d)
			}
		})
	}
	if cases != 11 {
		t.Errorf("%d cases, want 11", cases)
	}
}
