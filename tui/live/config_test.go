package live

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

func TestConfigurationIsFlattened(t *testing.T) {
	tree, err := parseConfig([]byte("model:\n  optim: {lr: 1.0e-3, name: adamw}\n  sizes: [1, 2]\n  none: null\nseed: 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	flat := map[string]string{}
	flatten(flat, "", tree, 0)
	want := map[string]string{"model.optim.lr": "0.001", "model.optim.name": "adamw", "model.sizes": "[1, 2]", "model.none": "null", "seed": "1"}
	if !maps.Equal(flat, want) {
		t.Errorf("%v", flat)
	}
}

// TestConfigurationsThatWouldTakeAllMemoryAreRefused has the classical YAML bombs.
func TestConfigurationsThatWouldTakeAllMemoryAreRefused(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 12; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	var stairs strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&stairs, "%*sa:\n", i, "")
	}
	for name, tc := range map[string]struct{ text, want string }{
		"references":   {bomb, "refers to another part"},
		"a circle":     {"a: &a\n  b: *a\n", "refers to another part"},
		"brackets":     {"a: " + strings.Repeat("[", 100_000), "nested more than 50 deep"},
		"stairs":       {stairs.String(), "nested more than 50 deep"},
		"two megabyte": {"a: " + strings.Repeat("x", 2<<20), "larger than 1024 KiB"},
		"no YAML":      {"a: b: c:\n - [", "it is no YAML"},
	} {
		if _, err := parseConfig([]byte(tc.text)); err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
	}
}
