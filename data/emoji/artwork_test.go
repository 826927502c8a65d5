package emoji

import (
	"encoding/xml"
	"testing"
)

func TestSVGShowsTheIconsPartOfThePlane(t *testing.T) {
	drawing := icon{Body: `<use xlink:href="#a"/>`, Left: -1.5, Top: 2, Width: 36, Height: 25.22}
	got := drawing.svg(64)
	want := `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
		`width="64" height="64" viewBox="-1.5 2 36 25.22"><use xlink:href="#a"/></svg>`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if err := xml.Unmarshal([]byte(got), new(struct{})); err != nil {
		t.Errorf("not XML: %v", err)
	}
}

func TestIconsWithoutASizeHaveTheirSetsSize(t *testing.T) {
	modules := writePackages(t)
	art, err := readArtwork(modules, "@iconify-json/noto")
	if err != nil {
		t.Fatal(err)
	}
	if got := art.Icons["en-fire"]; got.Width != 128 || got.Height != 100 {
		t.Errorf("%v × %v, want 128 × 100", got.Width, got.Height)
	}
}
