package plot

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"errors"
	"image"
	"image/png"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"
	"github.com/mattn/go-sixel"
)

func TestTarget(t *testing.T) {
	terminal := func(change func(*Environment)) Environment {
		e := Environment{Terminal: true, Term: "xterm-256color", Columns: 100, Rows: 40}
		change(&e)
		return e
	}
	for _, tc := range []struct {
		name string
		e    Environment
		want Target
	}{
		{"nothing known", Environment{}, File},
		{"a pipe of a terminal that could", Environment{Term: "xterm-kitty", KittyWindow: "1"}, File},
		{"a notebook", Environment{Notebook: true}, Notebook},
		{"a notebook whose server runs in kitty", Environment{Notebook: true, Terminal: true, KittyWindow: "1"}, Notebook},
		{"a notebook, but a file is asked for", Environment{Notebook: true, Graphics: "file"}, File},
		{"a plain terminal", terminal(func(*Environment) {}), File},
		{"kitty", terminal(func(e *Environment) { e.Term = "xterm-kitty" }), Kitty},
		{"kitty with another TERM", terminal(func(e *Environment) { e.KittyWindow = "3" }), Kitty},
		{"ghostty", terminal(func(e *Environment) { e.Term = "xterm-ghostty" }), Kitty},
		{"ghostty by its program", terminal(func(e *Environment) { e.TermProgram = "ghostty" }), Kitty},
		{"iTerm2", terminal(func(e *Environment) { e.TermProgram = "iTerm.app" }), ITerm},
		{"WezTerm", terminal(func(e *Environment) { e.TermProgram = "WezTerm" }), ITerm},
		{"foot", terminal(func(e *Environment) { e.Term = "foot" }), Sixel},
		{"xterm that says sixel", terminal(func(e *Environment) { e.Term = "xterm-sixel" }), Sixel},
		{"VS Code, whose pictures are off by default", terminal(func(e *Environment) { e.TermProgram = "vscode" }), File},
		{"tmux in kitty", terminal(func(e *Environment) { e.KittyWindow = "1"; e.Multiplexed = true }), File},
		{"tmux in kitty, but asked", terminal(func(e *Environment) { e.Multiplexed = true; e.Graphics = "Kitty" }), Kitty},
		{"an unknown terminal that is said to know sixels", terminal(func(e *Environment) { e.Graphics = "sixel" }), Sixel},
		{"a pipe that is said to know sixels", Environment{Graphics: "sixel"}, File},
		{"a word that is no protocol", terminal(func(e *Environment) { e.Graphics = "3d" }), File},
		{"the console", terminal(func(e *Environment) { e.Term = "linux" }), File},
		{"kitty, but a file is asked for", terminal(func(e *Environment) { e.Term = "xterm-kitty"; e.Graphics = "file" }), File},
	} {
		if got := tc.e.Target(); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestDetectReadsTheVariables(t *testing.T) {
	for name, value := range map[string]string{
		"GONB_PIPE": "/p", "TERM": "xterm-kitty", "TERM_PROGRAM": "ghostty", "KITTY_WINDOW_ID": "7", "TMUX": "", "STY": "1", "CLIPBENCH_GRAPHICS": "sixel",
	} {
		t.Setenv(name, value)
	}
	want := Environment{Notebook: true, Term: "xterm-kitty", TermProgram: "ghostty", KittyWindow: "7", Multiplexed: true, Graphics: "sixel"}
	if got := Detect(&bytes.Buffer{}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// shown returns what Show writes in an environment.
func shown(t *testing.T, f Confusion, e Environment) string {
	t.Helper()
	var w bytes.Buffer
	f.Writer, f.Environment = &w, &e
	if err := f.Show(); err != nil {
		t.Fatal(err)
	}
	return w.String()
}

var small = Confusion{Counts: [][]float64{{3, 1}, {0, 4}}, Title: "small"}

func TestKittyReceivesThePicture(t *testing.T) {
	out := shown(t, small, Environment{Terminal: true, Term: "xterm-kitty", Columns: 30, Rows: 20})
	var data strings.Builder
	chunks := regexp.MustCompile(`\x1b_G([^;]*);([^\x1b]*)\x1b\\`).FindAllStringSubmatch(out, -1)
	for i, c := range chunks {
		if last := i == len(chunks)-1; !last && !strings.Contains(c[1], "m=1") || last && strings.Contains(c[1], "m=1") {
			t.Errorf("chunk %d of %d says %q", i, len(chunks), c[1])
		}
		data.WriteString(c[2])
	}
	if len(chunks) == 0 || !strings.Contains(chunks[0][1], "a=T") || !strings.Contains(chunks[0][1], "f=100") || !strings.Contains(chunks[0][1], "c=30") || strings.Contains(chunks[0][1], "r=") {
		t.Fatalf("the first chunk says %.200q", out)
	}
	checkPicture(t, data.String())
}

func TestITermReceivesThePicture(t *testing.T) {
	out := shown(t, small, Environment{Terminal: true, TermProgram: "iTerm.app"})
	m := regexp.MustCompile(`^\x1b\]1337;File=size=\d+;width=\d+;height=auto;inline=1:([^\x07]*)\x07\n$`).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("%.200q", out)
	}
	checkPicture(t, m[1])
}

// checkPicture holds base64 text to be small's PNG.
func checkPicture(t *testing.T, text string) {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if want := small.Image(); img.Bounds() != want.Bounds() || differing(img, want, 0) != 0 {
		t.Error("it is not the picture")
	}
}

func TestASixelPictureFitsTheWindow(t *testing.T) {
	out := shown(t, small, Environment{Terminal: true, Term: "foot", Columns: 20, Rows: 40})
	var img image.Image
	if err := sixel.NewDecoder(strings.NewReader(out)).Decode(&img); err != nil {
		t.Fatal(err)
	}
	want := small.Image().Bounds()
	if w := img.Bounds().Dx(); w > 20*cellWidth || w < 18*cellWidth {
		t.Errorf("%d pixels wide in a window of %d", w, 20*cellWidth)
	}
	if got, want := float64(img.Bounds().Dx())/float64(img.Bounds().Dy()), float64(want.Dx())/float64(want.Dy()); got < want*0.9 || got > want*1.1 {
		t.Errorf("its width is %.2f of its height, want %.2f", got, want)
	}
}

func TestWindowCells(t *testing.T) {
	for _, tc := range []struct {
		name          string
		width, height float64
		e             Environment
		columns, rows int
	}{
		{"limited by width", 900, 450, Environment{Columns: 50, Rows: 100}, 50, 13},
		{"limited by height, two rows left for the prompt", 450, 900, Environment{Columns: 200, Rows: 22}, 20, 20},
		{"not enlarged", 45, 45, Environment{Columns: 200, Rows: 100}, 10, 5},
		{"an unknown window", 900, 450, Environment{}, 80, 20},
	} {
		columns, rows := windowCells(drawing{width: tc.width, height: tc.height}, 2, tc.e)
		if columns != tc.columns || rows != tc.rows {
			t.Errorf("%s: %d×%d cells, want %d×%d", tc.name, columns, rows, tc.columns, tc.rows)
		}
	}
}

func TestAFileIsWrittenAndNamed(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	chosen := filepath.Join(t.TempDir(), "chosen.svg")
	for _, path := range []string{"", chosen} {
		f := small
		f.Path = path
		out := strings.TrimSuffix(shown(t, f, Environment{}), "\n")
		if path != "" && out != path {
			t.Errorf("printed %q, want %q", out, path)
		}
		if info, err := os.Stat(out); err != nil || info.Size() == 0 {
			t.Errorf("printed %q: %v", out, err)
		}
		if path == "" && !strings.HasSuffix(out, ".png") {
			t.Errorf("printed %q", out)
		}
	}
	f := small
	f.Path, f.Environment = filepath.Join(t.TempDir(), "none", "a.png"), &Environment{}
	if err := f.Show(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
}

func TestShowWithoutAKernelSaysSo(t *testing.T) {
	f := small
	f.Environment = &Environment{Notebook: true}
	if err := f.Show(); err == nil || !strings.Contains(err.Error(), "not started by a GoNB kernel") {
		t.Errorf("%v", err)
	}
}

// TestShowInANotebook runs this test's program as a kernel would run a cell, with two named pipes, and
// plays the kernel: the picture must come before the cell asks whether all has arrived.
func TestShowInANotebook(t *testing.T) {
	if os.Getenv("GONB_PIPE") != "" {
		if err := small.Show(); err != nil {
			t.Fatal(err)
		}
		return
	}
	out, back := filepath.Join(t.TempDir(), "out"), filepath.Join(t.TempDir(), "back")
	for _, pipe := range []string{out, back} {
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Skipf("no named pipes here: %v", err)
		}
	}
	cell := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestShowInANotebook$")
	cell.Env = append(os.Environ(), "GONB_PIPE="+out, "GONB_PIPE_BACK="+back)
	cell.WaitDelay = time.Second
	if err := cell.Start(); err != nil {
		t.Fatal(err)
	}
	picture, err := playKernel(out, back)
	if err != nil {
		t.Error(err)
	}
	if err := cell.Wait(); err != nil {
		t.Errorf("the cell: %v", err)
	}
	checkPicture(t, base64.StdEncoding.EncodeToString(picture))
}

// playKernel reads what a cell displays until it asks for an acknowledgement, and gives that.
func playKernel(out, back string) (picture []byte, err error) {
	// Opened for both ways, a pipe does not wait for the other end, which a cell that failed never opens.
	in, err := os.OpenFile(out, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer in.Close() //nolint:errcheck // only read
	if err := in.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		return nil, err
	}
	answer, err := os.OpenFile(back, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer answer.Close() //nolint:errcheck // Encode returns the error
	for decoder := gob.NewDecoder(in); ; {
		var message protocol.DisplayData
		if err := decoder.Decode(&message); err != nil {
			return nil, err
		}
		if data, ok := message.Data[protocol.MIMEImagePNG].([]byte); ok {
			picture = data
		}
		if sync, ok := message.Data[protocol.MIMECommValue].(protocol.CommValue); ok {
			return picture, gob.NewEncoder(answer).Encode(&protocol.CommValue{Address: protocol.GonbuiSyncAckAddress, Value: sync.Value})
		}
	}
}
