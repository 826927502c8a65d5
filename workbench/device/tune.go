package device

import (
	"os"
	"strings"
)

// tuneVariable switches all tuning off when it is 0.
const tuneVariable = "CLIPBENCH_TUNE"

func tuning() bool { return os.Getenv(tuneVariable) != "0" }

// mergeFlags adds to XLA_FLAGS those flags whose name is not in it yet.
func mergeFlags(have string, flags []string) string {
	for _, flag := range flags {
		name, _, _ := strings.Cut(flag, "=")
		if !strings.Contains(have, name) {
			have = strings.TrimSpace(have + " " + flag)
		}
	}
	return have
}
