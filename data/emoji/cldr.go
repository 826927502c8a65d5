package emoji

import (
	"path/filepath"
	"strings"
)

// captionsPackage holds the CLDR labels and tags, in many languages.
const (
	captionsPackage = "emojibase-data"
	captionsTitle   = "Emojibase, with labels and keywords of Unicode CLDR (Unicode-3.0, https://www.unicode.org/license.txt)"
	captionsURL     = "https://github.com/milesj/emojibase"
)

// languages are those whose labels travel with each sample. English comes first: it says which emoji there are.
var languages = []string{
	"en", "de", "fr", "es", "it", "nl", "pt", "pl", "ru", "uk", "ja", "ko", "zh", "hi", "fi", "hu", "sv", "th", "vi",
}

// emojiRecord is one emoji as CLDR describes it.
type emojiRecord struct {
	Hexcode  string            // code points in hexadecimal, "1F44B-1F3FB"
	Label    string            // the English short name, "waving hand: light skin tone"
	Tags     []string          // English keywords
	Group    string            // "people & body"
	Subgroup string            // "open hand"
	SkinTone bool              // a variant of Base that differs in skin tone
	Base     string            // the key of the emoji without skin tone: one concept
	Captions map[string]string // the label in the other languages
}

// emojis are all emoji by key, and their keys in CLDR's order.
type emojis struct {
	keys  []string
	byKey map[string]*emojiRecord
}

// emojiKey spells code points without the variation selector that some sources write and others leave out.
func emojiKey(hexcode string) string {
	key := strings.ReplaceAll(strings.ToUpper(hexcode), "-FE0F", "")
	return strings.TrimPrefix(strings.ReplaceAll(key, "FE0F", ""), "-")
}

// emojibaseEntry is an element of emojibase's data.json.
type emojibaseEntry struct {
	Hexcode  string           `json:"hexcode"`
	Label    string           `json:"label"`
	Tags     []string         `json:"tags"`
	Group    *int             `json:"group"`
	Subgroup *int             `json:"subgroup"`
	Skins    []emojibaseEntry `json:"skins"`
}

// emojibaseMessages is emojibase's messages.json: the names of groups and subgroups by number.
type emojibaseMessages struct {
	Groups    []emojibaseMessage `json:"groups"`
	Subgroups []emojibaseMessage `json:"subgroups"`
}

type emojibaseMessage struct {
	Order   int    `json:"order"`
	Message string `json:"message"`
}

// readEmojis reads every emoji of emojibase-data under modules, the node_modules folder.
func readEmojis(modules string) (*emojis, error) {
	folder := filepath.Join(modules, captionsPackage)
	var messages emojibaseMessages
	if err := readJSON(filepath.Join(folder, languages[0], "messages.json"), &messages); err != nil {
		return nil, err
	}
	var all *emojis
	for _, language := range languages {
		var entries []emojibaseEntry
		if err := readJSON(filepath.Join(folder, language, "data.json"), &entries); err != nil {
			return nil, err
		}
		if language == languages[0] {
			all = newEmojis(entries, messages)
		} else {
			all.translate(language, entries)
		}
	}
	return all, nil
}

// newEmojis makes records of the English entries, each emoji followed by its skin tones.
func newEmojis(entries []emojibaseEntry, messages emojibaseMessages) *emojis {
	groups, subgroups := messageNames(messages.Groups), messageNames(messages.Subgroups)
	all := &emojis{byKey: map[string]*emojiRecord{}}
	for _, entry := range entries {
		base := emojiKey(entry.Hexcode)
		for i, variant := range variants(entry) {
			key := emojiKey(variant.Hexcode)
			all.keys = append(all.keys, key)
			all.byKey[key] = &emojiRecord{
				Hexcode: variant.Hexcode, Label: variant.Label, Tags: append([]string{}, variant.Tags...),
				Group: named(groups, entry.Group), Subgroup: named(subgroups, entry.Subgroup),
				SkinTone: i > 0, Base: base, Captions: map[string]string{},
			}
		}
	}
	return all
}

// translate adds the labels of another language.
func (all *emojis) translate(language string, entries []emojibaseEntry) {
	for _, entry := range entries {
		for _, variant := range variants(entry) {
			if record := all.byKey[emojiKey(variant.Hexcode)]; record != nil {
				record.Captions[language] = variant.Label
			}
		}
	}
}

// variants are an emoji and then its skin tones.
func variants(entry emojibaseEntry) []emojibaseEntry {
	return append([]emojibaseEntry{entry}, entry.Skins...)
}

func messageNames(messages []emojibaseMessage) map[int]string {
	names := map[int]string{}
	for _, m := range messages {
		names[m.Order] = m.Message
	}
	return names
}

// named is the name of a group; regional indicators and the like have none.
func named(names map[int]string, number *int) string {
	if number == nil {
		return "component"
	}
	return names[*number]
}
