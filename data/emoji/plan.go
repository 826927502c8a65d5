package emoji

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
)

// picture is a sample in the making: what is known of it, what to draw, and what came of it.
type picture struct {
	sampleJSON
	icon icon
	drawing
}

// sampleJSON is the json of a sample.
type sampleJSON struct {
	Hexcode  string            `json:"hexcode"`
	Label    string            `json:"label"`
	Tags     []string          `json:"tags"`
	Group    string            `json:"group"`
	Subgroup string            `json:"subgroup"`
	SkinTone bool              `json:"skin_tone"`
	Base     string            `json:"base"` // the emoji without skin tone: equal base, equal concept
	Style    string            `json:"style"`
	Icon     string            `json:"icon"`
	Source   string            `json:"source"`
	License  string            `json:"license"`
	Captions map[string]string `json:"captions,omitempty"` // the label in other languages
}

// key names the sample in its shard and among all others: "noto-1F44B-1F3FB".
func (s sampleJSON) key() string { return s.Style + "-" + emojiKey(s.Hexcode) }

// plan reads the packages in modules, the node_modules folder, and lists every picture to draw, style by style, and
// where all of it comes from.
func plan(ctx context.Context, modules string) ([]picture, []SourceInfo, error) {
	all, err := readEmojis(modules)
	if err != nil {
		return nil, nil, err
	}
	captions, err := captionsSource(modules)
	if err != nil {
		return nil, nil, err
	}
	artworks := map[string]*artwork{}
	for _, style := range styles {
		if artworks[style.name], err = readArtwork(modules, style.npmPackage); err != nil {
			return nil, nil, err
		}
		if ctx.Err() != nil {
			return nil, nil, context.Cause(ctx)
		}
	}
	var naming []*artwork
	for _, name := range namingStyles {
		naming = append(naming, artworks[name])
	}
	names := newIconNames(all, naming)
	var pictures []picture
	sources := []SourceInfo{captions}
	for _, style := range styles {
		source := artworks[style.name].source(style)
		sources = append(sources, source)
		pictures = append(pictures, picturesOf(all, names, artworks[style.name], source)...)
	}
	return pictures, sources, nil
}

// picturesOf lists the pictures of one style, in the order of their emoji's keys.
func picturesOf(all *emojis, names *iconNames, art *artwork, source SourceInfo) []picture {
	joined := joinIcons(all, names, art)
	var pictures []picture
	for _, key := range slices.Sorted(maps.Keys(joined)) {
		record, name := all.byKey[key], joined[key]
		pictures = append(pictures, picture{icon: art.Icons[name], sampleJSON: sampleJSON{
			Hexcode: record.Hexcode, Label: record.Label, Tags: record.Tags, Group: record.Group, Subgroup: record.Subgroup,
			SkinTone: record.SkinTone, Base: record.Base, Style: source.Style, Icon: name,
			Source: source.Package + "@" + source.Version, License: source.License, Captions: record.Captions,
		}})
	}
	return pictures
}

// captionsSource describes where the captions come from.
func captionsSource(modules string) (SourceInfo, error) {
	var about struct {
		Version string `json:"version"`
		License string `json:"license"`
		Author  string `json:"author"`
	}
	err := readJSON(filepath.Join(modules, captionsPackage, "package.json"), &about)
	return SourceInfo{
		Title: captionsTitle, Author: about.Author, URL: captionsURL,
		Package: captionsPackage, Version: about.Version, License: about.License,
	}, err
}
