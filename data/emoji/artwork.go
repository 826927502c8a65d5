package emoji

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// artwork is one Iconify set: SVG bodies by name.
type artwork struct {
	Icons   map[string]icon   // drawings by name
	Aliases map[string]string // other names, alias to name
	Chars   map[string]string // names by hexcode; empty in half of the sets
	Info    artworkInfo
	Version string
}

// icon is a drawing: SVG without its outer element, and the part of the plane that shows it.
type icon struct {
	Body   string  `json:"body"`
	Left   float64 `json:"left"`
	Top    float64 `json:"top"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// artworkInfo is Iconify's info.json.
type artworkInfo struct {
	Name   string `json:"name"`
	Author struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	} `json:"author"`
	License struct {
		Title string `json:"title"`
		SPDX  string `json:"spdx"`
		URL   string `json:"url"`
	} `json:"license"`
}

// readArtwork reads an Iconify package under modules, the node_modules folder.
func readArtwork(modules, npmPackage string) (*artwork, error) {
	folder := filepath.Join(modules, filepath.FromSlash(npmPackage))
	var set struct {
		Icons   map[string]icon `json:"icons"`
		Aliases map[string]struct {
			Parent string `json:"parent"`
		} `json:"aliases"`
		Width  float64 `json:"width"`
		Height float64 `json:"height"`
	}
	var manifest struct {
		Version string `json:"version"`
	}
	art := &artwork{Aliases: map[string]string{}}
	for name, into := range map[string]any{
		"icons.json": &set, "chars.json": &art.Chars, "info.json": &art.Info, "package.json": &manifest,
	} {
		if err := readJSON(filepath.Join(folder, name), into); err != nil {
			return nil, err
		}
	}
	for name, drawing := range set.Icons {
		drawing.Width = firstPositive(drawing.Width, set.Width, iconifySide)
		drawing.Height = firstPositive(drawing.Height, set.Height, iconifySide)
		set.Icons[name] = drawing
	}
	for alias, target := range set.Aliases {
		art.Aliases[alias] = target.Parent
	}
	art.Icons, art.Version = set.Icons, manifest.Version
	return art, nil
}

// iconifySide is the width and height of an icon whose set names none (Iconify's IconifyJSON).
const iconifySide = 16

func firstPositive(values ...float64) float64 {
	for _, v := range values {
		if v > 0 {
			return v
		}
	}
	return 0
}

// source describes where the pictures of a style come from.
func (a *artwork) source(from style) SourceInfo {
	return SourceInfo{
		Style: from.name, Title: a.Info.Name, Author: a.Info.Author.Name, URL: a.Info.Author.URL,
		Package: from.npmPackage, Version: a.Version, License: a.Info.License.SPDX, LicenseURL: a.Info.License.URL,
	}
}

// svg is the whole drawing at side × side pixels. What is not square is centred and keeps its proportions: that is
// SVG's own rule for a view box in a frame of another shape.
func (d icon) svg(side int) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" `+
		`width="%d" height="%d" viewBox="%s %s %s %s">%s</svg>`,
		side, side, number(d.Left), number(d.Top), number(d.Width), number(d.Height), d.Body)
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func readJSON(path string, into any) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	if err := json.NewDecoder(file).Decode(into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
