package live

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"clipbench/workbench/runlog"
)

// A configuration that this project wrote is a few kilobytes, a few levels deep, and refers to nothing. Beyond these
// bounds a file that came from elsewhere could take all memory there is.
const (
	maxConfig = 1 << 20 // bytes
	maxDepth  = 50
)

// ReadConfig reads config.yaml as a tree of maps, lists and leaves. A run that has none has an empty one.
func ReadConfig(r *runlog.Run) (any, error) {
	text, err := r.Config()
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]any{}, nil
	} else if err != nil {
		return nil, err
	}
	tree, err := parseConfig(text)
	if err != nil {
		return nil, fmt.Errorf("config.yaml: not shown: %w", err)
	}
	return tree, nil
}

func parseConfig(text []byte) (tree any, err error) {
	if len(text) > maxConfig {
		return nil, fmt.Errorf("it is larger than %d KiB", maxConfig>>10)
	}
	depth := 0
	for _, t := range lexer.Tokenize(string(text)) {
		switch t.Type { //nolint:exhaustive // all others are harmless
		case token.AliasType:
			return nil, fmt.Errorf("line %d refers to another part (*); a run's configuration is written out", t.Position.Line)
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
		if depth > maxDepth || t.Position.IndentNum > 10*maxDepth {
			return nil, fmt.Errorf("line %d is nested more than %d deep", t.Position.Line, maxDepth)
		}
	}
	if err := yaml.Unmarshal(text, &tree); err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fmt.Errorf("it is no YAML: %s", first)
	}
	return tree, nil
}

// flatConfig is config.yaml by dotted keys; one that cannot be read is empty.
func flatConfig(r *runlog.Run) (map[string]string, error) {
	flat := map[string]string{}
	tree, err := ReadConfig(r)
	flatten(flat, "", tree, 0)
	return flat, err
}

// flatten puts a tree's leaves under their dotted keys; lists stay together.
func flatten(flat map[string]string, key string, v any, depth int) {
	branch, ok := v.(map[string]any)
	if !ok || depth > maxDepth {
		if key != "" {
			flat[key] = leaf(v)
		}
		return
	}
	for name, below := range branch {
		if key != "" {
			name = key + "." + name
		}
		flatten(flat, name, below, depth+1)
	}
}

func leaf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case float64:
		return text(v)
	case []any:
		parts := make([]string, len(v))
		for i, p := range v {
			parts[i] = leaf(p)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(v)
}
