package emoji

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// iconNames finds the emoji that an icon's name means.
type iconNames struct {
	exact    map[string]string // name to emoji key
	squashed map[string]string // the same without hyphens: "bluecar" is "blue-car"
}

// newIconNames gathers names from CLDR's labels, then from the sets that map characters to names, then from those
// sets' aliases. The first to claim a name keeps it, so that a label outweighs an artist's own word.
func newIconNames(all *emojis, naming []*artwork) *iconNames {
	names := &iconNames{exact: map[string]string{}, squashed: map[string]string{}}
	for _, key := range all.keys {
		names.claim(slug(all.byKey[key].Label), key)
	}
	for _, art := range naming {
		for _, hexcode := range slices.Sorted(maps.Keys(art.Chars)) {
			if key := emojiKey(hexcode); all.byKey[key] != nil {
				names.claim(art.Chars[hexcode], key)
			}
		}
		for _, alias := range slices.Sorted(maps.Keys(art.Aliases)) {
			if key, known := names.exact[art.Aliases[alias]]; known {
				names.claim(alias, key)
			}
		}
	}
	return names
}

func (n *iconNames) claim(name, key string) {
	if _, taken := n.exact[name]; taken {
		return
	}
	n.exact[name] = key
	if short := squash(name); n.squashed[short] == "" {
		n.squashed[short] = key
	}
}

// find is the key of the emoji that a name means, "" if none.
func (n *iconNames) find(name string) string {
	if key, known := n.exact[name]; known {
		return key
	}
	return n.squashed[squash(name)]
}

// joinIcons gives each emoji the icon that draws it: by character where the set says so, else by name.
// The result is icon names by emoji key.
func joinIcons(all *emojis, names *iconNames, art *artwork) map[string]string {
	joined := map[string]string{}
	for _, hexcode := range slices.Sorted(maps.Keys(art.Chars)) {
		joinOne(all, art, joined, emojiKey(hexcode), art.Chars[hexcode])
	}
	for _, name := range slices.Sorted(maps.Keys(art.Icons)) {
		joinOne(all, art, joined, names.find(name), name)
	}
	return joined
}

func joinOne(all *emojis, art *artwork, joined map[string]string, key, name string) {
	_, drawn := art.Icons[name]
	_, taken := joined[key]
	if drawn && !taken && all.byKey[key] != nil {
		joined[key] = name
	}
}

// slug spells a label as Iconify spells names: "Côte d’Ivoire" is "cote-d-ivoire".
func slug(label string) string {
	var out strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(label)) {
		switch {
		case unicode.Is(unicode.Mn, r): // an accent
		case strings.ContainsRune("’'“”\".!():,&#*_/- ", r):
			out.WriteByte(' ')
		default:
			out.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(out.String()), "-")
}

func squash(name string) string { return strings.ReplaceAll(name, "-", "") }
