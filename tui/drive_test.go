package tui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// driver is a dashboard without a terminal: messages go in by hand, its commands run at once, its clock stands still.
type driver struct {
	*Model
	now  time.Time
	sent []string // to the terminal, past the screen
}

// drive opens a dashboard over root and reads all that is to be read.
func drive(root string, w, h int, o Options) *driver {
	d := &driver{now: galleryNow}
	o.clock = func() time.Time { return d.now }
	if o.Theme == "" {
		o.Theme = "dark"
	}
	o = must(o.settled(func(string) string { return "" }))
	d.Model = newModel(context.Background(), root, o)
	d.feed(tea.WindowSizeMsg{Width: w, Height: h})
	d.later(0)
	return d
}

// later lets time pass and the disk be read.
func (d *driver) later(by time.Duration) {
	d.now = d.now.Add(by)
	for range 3 { // the list, then the histories, then what was seen to be of interest
		d.run(d.jobs())
	}
}

// feed gives the model a message and runs what it asks for.
func (d *driver) feed(msg tea.Msg) {
	_, command := d.Update(msg)
	d.run(command)
}

// run runs a command; the clock's own are left out.
func (d *driver) run(command tea.Cmd) {
	if command == nil {
		return
	}
	switch msg := command().(type) {
	case nil, tickMsg, tea.QuitMsg:
	case tea.RawMsg:
		d.sent = append(d.sent, fmt.Sprint(msg.Msg))
	case tea.BatchMsg:
		for _, each := range msg {
			d.run(each)
		}
	default:
		if v := reflect.ValueOf(msg); v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]() { // a sequence
			for i := range v.Len() {
				d.run(v.Index(i).Interface().(tea.Cmd))
			}
			return
		}
		d.feed(msg)
	}
}

// press gives the model keys by their names, or typed text as single letters.
func (d *driver) press(keys ...string) {
	for _, name := range keys {
		d.feed(keyOf(name))
	}
}

// typed types a text.
func (d *driver) types(text string) {
	for _, r := range text {
		d.feed(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

var named = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "space": tea.KeySpace, "backspace": tea.KeyBackspace, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
}

// keyOf is the key of a name as bindings use it.
func keyOf(name string) tea.KeyPressMsg {
	var k tea.Key
	rest := name
	for prefix, mod := range map[string]tea.KeyMod{"ctrl+": tea.ModCtrl, "shift+": tea.ModShift} {
		if after, ok := strings.CutPrefix(rest, prefix); ok {
			k.Mod, rest = k.Mod|mod, after
		}
	}
	if code, ok := named[rest]; ok {
		k.Code = code
		if rest == "space" {
			k.Text = " "
		}
		return tea.KeyPressMsg(k)
	}
	k.Code, _ = utf8.DecodeRuneInString(rest)
	if k.Mod == 0 {
		k.Text = rest
	}
	return tea.KeyPressMsg(k)
}

// plain is the frame as text without styles.
func (d *driver) plain() string { return ansi.Strip(d.Frame()) }

// failer is a testing.T or a rapid.T.
type failer interface {
	Helper()
	Fatalf(string, ...any)
}

// fits fails unless the frame is exactly the screen's size, and the one that the terminal is given.
func (d *driver) fits(t failer) {
	t.Helper()
	frame := d.Frame()
	if given := d.View().Content; given != frame {
		t.Fatalf("the terminal is given an old frame:\n%s\nnow it is:\n%s", ansi.Strip(given), ansi.Strip(frame))
	}
	lines := strings.Split(frame, "\n")
	if d.height > 0 && d.width > 0 && len(lines) != d.height {
		t.Fatalf("%d lines on a screen of %d", len(lines), d.height)
	}
	for y, line := range lines {
		if n := ansi.StringWidth(line); n != d.width && d.height > 0 {
			t.Fatalf("line %d has %d cells on a screen of %d: %q", y, n, d.width, ansi.Strip(line))
		}
	}
}

// shows fails unless the frame has all the texts.
func (d *driver) shows(t *testing.T, texts ...string) {
	t.Helper()
	frame := d.plain()
	for _, text := range texts {
		if !strings.Contains(frame, text) {
			t.Fatalf("%q is not on the screen:\n%s", text, frame)
		}
	}
}

// hides fails if the frame has any of the texts.
func (d *driver) hides(t *testing.T, texts ...string) {
	t.Helper()
	frame := d.plain()
	for _, text := range texts {
		if strings.Contains(frame, text) {
			t.Fatalf("%q is on the screen:\n%s", text, frame)
		}
	}
}

// galleryRoot is one gallery for all tests that only look.
var galleryRoot = sync.OnceValue(func() string {
	galleryDir = must(os.MkdirTemp("", "gallery"))
	gallery(galleryDir)
	return galleryDir
})

// galleryDir is where it lies, "" while there is none; TestMain takes it away.
var galleryDir string

// copied is a run of the gallery in a folder of its own, to be written to.
func copied(t *testing.T, names ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range names {
		check(os.CopyFS(filepath.Join(root, name), os.DirFS(filepath.Join(galleryRoot(), name))))
	}
	return root
}
