package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzLoad: no document and no override makes Load panic; what fails names its problems on lines of their own; what
// loads keeps every rule and loads back equal from its own YAML.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"defaults.yaml", "testdata/*.yaml", "testdata/errors/*.yaml", "../../recipes/nemo/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data, "model.optim.lr=1e-3")
		}
	}
	f.Add([]byte("name: ${a.${b}}"), "model.preset=tiny")
	f.Add([]byte("model: {text: ${model.vision}}"), "+name=\"\\u0001\\u00e9\"")
	f.Add([]byte("\ufeffname: |\n  two\n  lines\r\n"), "model.optim.rules=[{match: a}, {match: b, freeze: yes}]")
	f.Fuzz(func(t *testing.T, document []byte, override string) {
		c, err := LoadBytes("fuzz.yaml", document, override)
		if err != nil {
			if text := err.Error(); text == "" || strings.HasPrefix(text, "\n") {
				t.Fatalf("an error without words: %q", text)
			}
			return
		}
		if err := c.Check(); err != nil {
			t.Fatalf("it loads and breaks a rule: %v", err)
		}
		back, err := LoadBytes("back.yaml", c.YAML())
		if err != nil {
			t.Fatalf("its own YAML does not load: %v\n%s", err, c.YAML())
		}
		if changes := Diff(c, back); len(changes) > 0 {
			t.Fatalf("its own YAML loads as another: %v", changes)
		}
	})
}
