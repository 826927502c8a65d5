package notebooks

import (
	"strings"
	"testing"
)

func checkOtherWeights(t *testing.T, e *execution) {
	said := e.Printed()
	for _, want := range []string{
		"openclip: 38 tensors, 11062 values", "huggingface: 38 tensors, 7537 values",
		"was trained with the activation quick_gelu, not gelu", "a file of weights alone does not say", "asks for posix.system",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("nothing says %q", want)
		}
	}
	e.learns(t, "plain")
	differences := e.numbers(t, `largest difference of (\d+) cosines: (\S+)`)
	if len(differences) != 2 {
		t.Fatalf("%d exports were compared, want 2", len(differences))
	}
	for _, d := range differences {
		within(t, "an export's difference", d[1], 0, 1e-6)
	}
	e.picture(t, 0, 800, 800) // spread of the tensors
	e.picture(t, 2, 900, 900) // the matrix
	e.picture(t, 4, 700, 600) // CKA
}
