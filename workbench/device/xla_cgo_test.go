//go:build cgo

package device

import (
	"testing"

	"clipbench/workbench/device/pjrt"
)

func TestProgramsAreKeptOnlyWhereTheFlagsAreKnown(t *testing.T) {
	if processorIdentity() == "" {
		t.Skip("the processor is not known here, so nothing is kept")
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	plugin := pjrt.Plugin{Kind: pjrt.CPU, Pin: &pjrt.Pin{}}
	for flags, kept := range map[string]bool{
		"":                                 true,
		" --xla_cpu_enable_fast_math=true": true,
		"--xla_dump_to=dumps":              false,
		"flags.txt":                        false,
	} {
		t.Setenv("XLA_FLAGS", flags)
		if store := compiled(plugin); (store != nil) != kept {
			t.Errorf("XLA_FLAGS=%q: %+v", flags, store)
		}
	}
}
