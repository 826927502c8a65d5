package notebooks

import (
	"strings"
	"testing"
)

func checkConfiguration(t *testing.T, e *execution) {
	said := e.Printed()
	for _, want := range []string{
		"did you mean num_attention_heads?", "heads do not divide by 8", "formula 151277313  tensors 151277313", "model.vision.num_layers",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("nothing says %q", want)
		}
	}
	// Published: open_clip's model profile.
	for name, want := range map[string][2]float64{"ViT-L-14": {427.62, 175.33}, "ViT-bigG-14": {2539.57, 1065.36}} {
		row := e.numbers(t, name+` +(\S+) +\S+ +\S+ +(\S+)`)[0]
		within(t, name+"'s parameters", row[0], want[0]-.01, want[0]+.01)
		within(t, name+"'s operations", row[1], want[1]-.01, want[1]+.01)
	}
	for _, share := range e.numbers(t, `pairs/s, (\S+) % of the peak`) {
		within(t, "the share of the peak", share[0], 30, 45)
	}
	within(t, "the measured speed", e.numbers(t, `tiny: (\S+) pairs/s`)[0][0], 1, 1e5)
	for i := range 6 {
		e.picture(t, i, 800, 250)
	}
}
