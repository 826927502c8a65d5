// Package tui is the dashboard: it shows the runs below a folder, live or finished, and disturbs none of them.
//
// One Bubble Tea model holds everything; its panes (package pane) are plain structs that draw themselves into areas,
// the areas are one pure function of the screen's size, and whatever reads the disk is a command (package live).
package tui

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"clipbench/tui/picture"
	"clipbench/tui/theme"
)

// Options are the choices of a dashboard. The zero value finds everything out by itself.
type Options struct {
	Run    string // the run to begin with, by name
	View   string // the view to begin with, by its name in lower case; the list of runs, or a given run's charts, if empty
	Theme  string // auto, dark, light or none; auto asks the terminal and heeds NO_COLOR
	ASCII  bool   // no character beyond ASCII; on by itself where the locale is not UTF-8
	Images string // auto, kitty, sixel or blocks
	Mouse  bool   // whether the mouse may be used, too
	Export string // the folder that exports go to; "exports" if empty

	clock func() time.Time // for tests
}

// Check says what is wrong with the choices.
func (o Options) Check() error {
	_, err := o.settled(environment)
	return err
}

// settled fills in what follows from the environment and checks the rest.
func (o Options) settled(getenv func(string) string) (Options, error) {
	if o.Theme == "" {
		o.Theme = "auto"
	}
	if !slices.Contains([]string{"auto", "dark", "light", "none"}, o.Theme) {
		return o, fmt.Errorf("%q is no theme; use auto, dark, light or none", o.Theme)
	}
	if o.Theme == "auto" && getenv("NO_COLOR") != "" {
		o.Theme = "none"
	}
	if o.Images == "" {
		o.Images = "auto"
	}
	if o.Images != "auto" {
		if _, err := picture.ParseProtocol(o.Images); err != nil {
			return o, err
		}
	}
	if _, err := parseView(o.View); o.View != "" && err != nil {
		return o, err
	}
	o.ASCII = o.ASCII || !speaksUTF8(getenv)
	if o.Export == "" {
		o.Export = "exports"
	}
	if o.clock == nil {
		o.clock = time.Now
	}
	return o, nil
}

// speaksUTF8 looks at the locale as the C library does; where it says nothing, UTF-8 is assumed.
func speaksUTF8(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(getenv(name)); locale != "" {
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8") || locale == "c" || locale == "posix"
		}
	}
	return true
}

// mode is the theme's mode that the options ask for.
func (o Options) mode() theme.Mode {
	return theme.Mode{Light: o.Theme == "light", NoColor: o.Theme == "none", ASCII: o.ASCII}
}

// environment is os.Getenv, named so that tests can give another.
func environment(name string) string { return os.Getenv(name) }
