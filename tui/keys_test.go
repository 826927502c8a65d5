package tui

import (
	"slices"
	"strings"
	"testing"
)

// TestNoKeyMeansTwoThingsInAView holds every binding that acts against every other.
func TestNoKeyMeansTwoThingsInAView(t *testing.T) {
	for v := range views {
		taken := map[string]bool{}
		for _, b := range keyMap() {
			if b.act == nil || !b.works(v) {
				continue
			}
			for _, key := range b.keys {
				if taken[key] {
					t.Errorf("%s: %q is bound twice", v, key)
				}
				taken[key] = true
			}
		}
	}
}

// TestHelpNamesEveryKey looks for every key that acts in what the help shows of its group or of all.
func TestHelpNamesEveryKey(t *testing.T) {
	arrows := strings.NewReplacer("left", "←", "right", "→", "up", "↑", "down", "↓", "pgup", "pgup", "pgdown", "pgdn", "shift+", "shift ")
	var shown []string
	for _, g := range helpGroups(keyMap()) {
		for _, k := range g.Keys {
			shown = append(shown, strings.Fields(k[0])...)
		}
	}
	for _, b := range keyMap() {
		if b.act == nil {
			continue
		}
		named := slices.ContainsFunc(b.keys, func(key string) bool {
			words := strings.Fields(arrows.Replace(key))
			if strings.HasPrefix(key, "pg") {
				words = []string{strings.Replace(key, "down", "dn", 1)}
			}
			return slices.Contains(shown, words[len(words)-1])
		})
		if key := b.keys[0]; !named && (key < "2" || key > "5") { // the help says 1 to 6
			t.Errorf("the help does not name %v", b.keys)
		}
	}
}

func TestEveryKeyCanBePressed(t *testing.T) {
	for _, b := range keyMap() {
		for _, key := range b.keys {
			if got := keyOf(key).String(); got != key {
				t.Errorf("the key %q is named %q by Bubble Tea", key, got)
			}
		}
	}
}
