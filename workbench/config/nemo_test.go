package config

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// paths lists the keys of a document that hold a value, spelled in full.
func paths(path string, n *node) []string {
	if n.kind != table {
		return []string{path}
	}
	var all []string
	for _, key := range n.keys {
		all = append(all, paths(join(path, key), n.fields[key])...)
	}
	return all
}

func read(t *testing.T, name string) *node {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	n, err := readDocument(name, data)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEveryKeyOfNeMoHasAnEffectOrAReasonForNone(t *testing.T) {
	keys := paths("", read(t, "testdata/megatron_clip_config.yaml"))
	if len(keys) < 170 {
		t.Fatalf("only %d keys in NeMo's file", len(keys))
	}
	for _, key := range keys {
		_, without := noEffectOver(key)
		if with := slices.Contains(Keys(), key); with == without {
			t.Errorf("%s: in the structs: %v, in the table of keys without effect: %v", key, with, without)
		}
	}
}

// noEffectOver is the rule of a key or of the table it is in.
func noEffectOver(key string) (noEffect, bool) {
	for ; key != ""; key, _ = split(key) {
		if rule, ok := noEffectAt(key); ok {
			return rule, true
		}
	}
	return noEffect{}, false
}

func TestEveryKeyHasADefaultAndEveryDefaultAKey(t *testing.T) {
	written, keys := paths("", read(t, "defaults.yaml")), Keys()
	slices.Sort(written)
	slices.Sort(keys)
	for _, key := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(written, keys)))) {
		if !slices.Contains(written, key) {
			t.Errorf("%s has no default", key)
		}
		if !slices.Contains(keys, key) {
			t.Errorf("%s has a default and is no key", key)
		}
	}
}

func TestKeysWithoutEffectAreRefusedUnlessTheirValueChangesNothing(t *testing.T) {
	for _, key := range noEffectKeys() {
		rule, ok := noEffectAt(key)
		if !ok || rule.why == "" {
			t.Errorf("%s: no reason", key)
		}
		for _, value := range rule.allowed {
			for _, spelled := range []string{value, strings.ToUpper(value[:1]) + value[1:]} {
				if value != spelled && value != "true" && value != "false" {
					continue
				}
				if _, err := LoadBytes("", nil, key+"="+spelled); err != nil {
					t.Errorf("%s=%s is refused: %v", key, spelled, err)
				}
			}
		}
		_, err := LoadBytes("", nil, key+"=something")
		switch {
		case rule.allowed == nil && err != nil:
			t.Errorf("%s has every value and one is refused: %v", key, err)
		case rule.allowed != nil && err == nil:
			t.Errorf("%s=something is accepted", key)
		case rule.allowed != nil && !strings.HasPrefix(err.Error(), "command line: "+key+"=something: "):
			t.Errorf("%s=something: %v", key, err)
		}
	}
}

// TestEveryKeyIsHeldToItsKind: a table is no value of any key.
func TestEveryKeyIsHeldToItsKind(t *testing.T) {
	for _, key := range Keys() {
		_, err := LoadBytes("", nil, key+"={a: 1}")
		if err == nil || !strings.HasPrefix(err.Error(), "command line: "+key) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s={a: 1}: %v", key, err)
		}
	}
}
