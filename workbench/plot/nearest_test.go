package plot

import (
	"image/color"
	"testing"
)

func TestABarIsAsLongAsItsProbabilityAndTheRightOneIsMarked(t *testing.T) {
	n := Nearest{Items: []NearestItem{
		{Image: solid(purple), Captions: []Candidate{{"wrong", 0.6, false}, {"right", 0.3, true}, {"other", 0.1, false}}},
		{Image: solid(sky), Captions: []Candidate{{"right", 1, true}}},
	}}
	l, img := n.layout(), n.Image()
	tile := l.tiles[0]
	left := tile.x + nearestPicture + 10
	for i, want := range []struct {
		share float64
		color color.NRGBA
	}{{0.6, vermillion}, {0.3, green}, {0.1, mix(ink, paper, 0.55)}} {
		y, end := tile.y+float64(i)*nearestPitch+labelSize+3+nearestBar/2, left+nearestText*want.share
		if !near(img, end-2, y, want.color, 8) || !near(img, end+2, y, track, 8) {
			t.Errorf("the bar of %.1f does not end there in %v", want.share, want.color)
		}
	}
	if !near(img, tile.x+nearestPicture/2, tile.y+nearestPicture/2, purple, 2) || !near(img, l.tiles[1].x+nearestPicture/2, l.tiles[1].y+nearestPicture/2, sky, 2) {
		t.Error("a picture is not in its place")
	}
	if got := n.score(); got != "right caption first for 1 of 2 pictures, among the first 3 for 2" {
		t.Errorf("score %q", got)
	}
}

func TestTheTruthIsShownWhereNoCaptionIsRight(t *testing.T) {
	missed := NearestItem{Captions: []Candidate{{"a", 0.5, false}}, Truth: "b"}
	found := NearestItem{Captions: []Candidate{{"b", 0.5, true}}, Truth: "b"}
	if missed.lines() != 2 || found.lines() != 1 {
		t.Errorf("%d and %d lines, want 2 and 1", missed.lines(), found.lines())
	}
	l := Nearest{Items: []NearestItem{{Captions: make([]Candidate, 9)}, missed, found, found}}.layout()
	for i, tile := range l.tiles {
		for _, before := range l.tiles[:i] {
			if overlap(corners(tile), corners(before)) {
				t.Errorf("tile %d at %+v lies on %+v", i, tile, before)
			}
		}
		if tile.right() > l.width-margin+0.5 || tile.bottom() > l.height-margin+0.5 {
			t.Errorf("tile %d at %+v leaves the page of %.0f by %.0f", i, tile, l.width, l.height)
		}
	}
}
