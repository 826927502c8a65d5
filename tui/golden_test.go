package tui

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"
)

// TestFrames compares whole frames of the gallery with testdata; -update writes them anew, to be looked at.
func TestFrames(t *testing.T) {
	for _, tc := range []struct {
		view string
		w, h int
		keys []string
	}{
		{"runs", 60, 14, nil},
		{"runs", 80, 24, nil},
		{"runs", 120, 40, nil},
		{"runs", 300, 100, nil},
		{"charts", 60, 14, nil},
		{"charts", 80, 24, nil},
		{"charts", 120, 40, []string{"i", "H"}},
		{"charts", 200, 50, []string{"1", "space", "space", "2"}},
		{"pictures", 60, 14, nil},
		{"pictures", 100, 30, []string{","}},
		{"compare", 60, 14, []string{"1", "space", "space", "4"}},
		{"compare", 120, 40, []string{"1", "space", "space", "4"}},
		{"system", 120, 40, []string{"x", "x", "x"}},
		{"log", 60, 14, nil},
		{"log", 100, 30, []string{"k", "k", "k"}},
		{"charts", 120, 40, []string{"?"}},
	} {
		name := fmt.Sprintf("%s-%dx%d", tc.view, tc.w, tc.h)
		if len(tc.keys) == 1 && tc.keys[0] == "?" {
			name = "help"
		}
		t.Run(name, func(t *testing.T) {
			d := drive(galleryRoot(), tc.w, tc.h, Options{View: tc.view})
			d.press(tc.keys...)
			golden.RequireEqual(t, []byte(trimmed(d.plain())))
		})
	}
}

// TestStyledFrames compares the styles, too.
func TestStyledFrames(t *testing.T) {
	for _, theme := range []string{"dark", "light", "none"} {
		t.Run(theme, func(t *testing.T) {
			d := drive(galleryRoot(), 80, 24, Options{Theme: theme})
			d.press("space", "j", "2")
			golden.RequireEqual(t, []byte(d.Frame()))
		})
	}
	t.Run("ascii", func(t *testing.T) {
		d := drive(galleryRoot(), 80, 24, Options{ASCII: true, Theme: "none"})
		golden.RequireEqual(t, []byte(trimmed(d.plain())))
	})
}

// trimmed takes the blanks off the ends of lines: editors do, and nobody sees them. The size is checked elsewhere.
func trimmed(frame string) string {
	lines := strings.Split(frame, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// TestOnceEqualsTheLiveFrame holds the single frame against the one that the live model arrives at.
func TestOnceEqualsTheLiveFrame(t *testing.T) {
	for v := range views {
		d := drive(galleryRoot(), 120, 40, Options{View: strings.ToLower(v.String())})
		once := must(Once(t.Context(), galleryRoot(), 120, 40, d.options))
		if live := d.Frame(); once != live {
			t.Errorf("%s: the single frame is not the live one:\n%s\n--\n%s", v, once, live)
		}
	}
}

func TestOnceOfAMissingFolderFails(t *testing.T) {
	_, err := Once(t.Context(), filepath.Join(t.TempDir(), "absent"), 80, 24, Options{})
	if err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("%v, want that the folder does not exist", err)
	}
}
