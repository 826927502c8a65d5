package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi/kitty"

	"clipbench/tui/picture"
)

// count is how many of the sequences sent hold a text.
func (d *driver) count(text string) int {
	n := 0
	for _, sequence := range d.sent {
		n += strings.Count(sequence, text)
	}
	return n
}

// TestKittyPictureIsSentOnceAndHeldByPlaceholders shows a picture, draws again, resizes, leaves and comes back.
func TestKittyPictureIsSentOnceAndHeldByPlaceholders(t *testing.T) {
	d := drive(galleryRoot(), 100, 30, Options{View: "pictures", Images: "kitty"})
	if d.count("a=T") != 0 {
		t.Error("a matrix is sent as a picture")
	}
	d.press("n")
	d.fits(t)
	if !strings.ContainsRune(d.Frame(), kitty.Placeholder) || d.count("a=T") != 1 {
		t.Fatalf("%d pictures were sent, want 1, with placeholders on the screen", d.count("a=T"))
	}
	d.later(0)
	if d.count("a=T") != 1 {
		t.Error("the picture is sent again for nothing")
	}
	d.feed(tea.WindowSizeMsg{Width: 120, Height: 40})
	d.fits(t)
	if d.count("a=T") != 2 {
		t.Error("the picture is not sent anew for another size")
	}
	d.press("1", "3")
	if d.count("a=T") != 3 {
		t.Error("the picture is not sent when one comes back to it")
	}
}

// TestSixelPictureIsDrawnAndTakenAway counts the pictures, and looks at where they are.
func TestSixelPictureIsDrawnAndTakenAway(t *testing.T) {
	d := drive(galleryRoot(), 100, 30, Options{View: "pictures", Images: "sixel"})
	d.press("n")
	if n := d.count("\x1bP"); n != 1 {
		t.Fatalf("%d pictures were drawn, want 1", n)
	}
	if d.terminal.shown == "" {
		t.Error("the dashboard does not know that a picture lies on the screen")
	}
	d.press("1")
	if d.terminal.shown != "" {
		t.Error("the picture stays when one goes away")
	}
}

// TestTerminalTellsWhichPicturesItTakes gives the answers of terminals to the questions of the start.
func TestTerminalTellsWhichPicturesItTakes(t *testing.T) {
	t.Setenv("TERM_PROGRAM", "ghostty")
	for name, tc := range map[string]struct {
		answers []tea.Msg
		want    picture.Protocol
	}{
		"silence":          {nil, picture.Blocks},
		"sixels":           {[]tea.Msg{uv.PrimaryDeviceAttributesEvent{62, 4, 22}}, picture.Sixel},
		"no sixels":        {[]tea.Msg{uv.PrimaryDeviceAttributesEvent{62, 22}}, picture.Blocks},
		"kitty":            {[]tea.Msg{uv.KittyGraphicsEvent{Payload: []byte("OK")}, uv.PrimaryDeviceAttributesEvent{62, 4}}, picture.Kitty},
		"kitty that fails": {[]tea.Msg{uv.KittyGraphicsEvent{Payload: []byte("ENOTSUPPORTED")}}, picture.Blocks},
	} {
		d := drive(galleryRoot(), 100, 30, Options{})
		for _, answer := range tc.answers {
			d.feed(answer)
		}
		if got := d.terminal.protocol; got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}
