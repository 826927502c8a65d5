package config

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

//go:embed defaults.yaml
var defaults []byte

// Load reads a configuration in three layers, each over the one before: NeMo's defaults, the file, and the overrides,
// each key=value with a YAML value (Hydra's +key=value means the same). A layer that names model.preset has its sizes
// below its own keys. References are resolved and the whole is checked; what is wrong comes back as Problems, all of
// them where one does not hide the next.
func Load(path string, overrides ...string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the configuration cannot be read: %w", err)
	}
	c, err := LoadBytes(path, data, overrides...)
	if err != nil {
		return nil, err
	}
	c.Model.Tokenizer.locate(filepath.Dir(path))
	return c, nil
}

// locate finds the tokenizer's files beside the configuration that names them, where they are not found as they stand.
func (t *Tokenizer) locate(dir string) {
	for _, file := range []*string{t.VocabFile, t.MergeFile} {
		if file == nil || filepath.IsAbs(*file) {
			continue
		}
		beside, err := filepath.Abs(filepath.Join(dir, *file))
		if err != nil {
			continue // no working directory: the path stays as it is
		}
		if _, err := os.Stat(beside); err == nil {
			*file = beside
		}
	}
}

// LoadBytes is Load for a document in memory; name stands for the file in messages.
func LoadBytes(name string, data []byte, overrides ...string) (*Config, error) {
	document, err := readDocument(name, data)
	if err != nil {
		return nil, err
	}
	c, err := overridden(document, overrides)
	return c, blame(err, overrides, func(some []string) error {
		_, err := overridden(document, some)
		return err
	})
}

// overridden is the configuration of a document with overrides.
func overridden(document *node, overrides []string) (*Config, error) {
	over, err := override(newTable(Place{}), commandLine, overrides)
	if err != nil {
		return nil, err
	}
	layers, err := defaultsRoot()
	for _, layer := range []*node{document, over} {
		if err == nil {
			layers, err = lay(layers, layer)
		}
	}
	if err != nil {
		return nil, err
	}
	root, problems := resolve(layers)
	c, misfits := decode(root)
	if problems = append(problems, misfits...); len(problems) > 0 {
		return nil, problems.orNil()
	}
	c.complete()
	if err := c.Check(); err != nil {
		return nil, placed(err, root)
	}
	return c, nil
}

// Preset is the configuration of a model by open_clip's name, such as ViT-B-32, with overrides.
func Preset(name string, overrides ...string) (*Config, error) {
	return LoadBytes("preset "+name, nil, append([]string{"model.preset=" + name}, overrides...)...)
}

// lay puts a layer over those below, with the sizes of the preset it names between them.
func lay(below, layer *node) (*node, error) {
	name := layer.at("model.preset")
	if name == nil || name.kind == null || name.text == "" {
		return below.merge(layer), nil
	}
	sizes, ok := presetOverrides(name.text)
	if !ok {
		return nil, Problems{{Place: name.place, Key: "model.preset=" + name.describe(), What: unknownPreset(name.text)}}
	}
	below, err := override(below, Place{Name: "preset " + name.text}, sizes)
	return below.merge(layer), err
}

// defaultsRoot is defaults.yaml, read once. A default is nobody's line: its nodes have no place.
var defaultsRoot = sync.OnceValues(func() (*node, error) {
	root, err := readDocument("defaults.yaml", defaults)
	if err == nil {
		root.unplace()
	}
	return root, err
})

// override lays key=value texts on root, one after the other.
func override(root *node, place Place, overrides []string) (*node, error) {
	var problems Problems
	for _, text := range overrides {
		over, err := readOverride(place, text)
		var found Problems
		if errors.As(err, &found) {
			problems = append(problems, found...)
			continue
		}
		root = root.merge(over)
	}
	return root, problems.orNil()
}

// readOverride is one key=value as a tree with that one key.
func readOverride(place Place, text string) (*node, error) {
	key, value, ok := strings.Cut(text, "=")
	key = strings.TrimLeft(key, "+")
	if !ok || strings.HasPrefix(key, "~") || slices.Contains(strings.Split(key, "."), "") {
		return nil, Problems{{Place: place, What: quote(text) + " is not key=value, as in model.optim.lr=1e-3"}}
	}
	n, err := readValue(place, value)
	if err != nil {
		reason := err.Error()
		if problems := Problems(nil); errors.As(err, &problems) {
			reason = problems[0].What
		}
		return nil, Problems{{Place: place, Key: key, What: fmt.Sprintf("the value %s cannot be read as YAML (%s); put it in quotes",
			quote(value), strings.TrimPrefix(reason, "not YAML: "))}}
	}
	for key != "" {
		var name string
		key, name = split(key)
		above := newTable(place)
		above.set(name, n)
		n = above
	}
	return n, nil
}

// unplace forgets where n was written.
func (n *node) unplace() {
	n.place = Place{}
	for _, item := range n.items {
		item.unplace()
	}
	for _, child := range n.fields {
		child.unplace()
	}
}

// placed says of each problem where its key was written.
func placed(err error, root *node) error {
	var problems Problems
	if !errors.As(err, &problems) {
		return err
	}
	for i, p := range problems {
		key, _, _ := strings.Cut(p.path(), "[")
		if at := root.at(key); at != nil && p.Place == (Place{}) {
			problems[i].Place = at.place
		}
	}
	return problems.orNil()
}
