package plot

import (
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"
)

// Target is a way to put a picture before the reader.
type Target string

// The targets. All but Notebook and File are terminals' picture protocols.
const (
	Notebook Target = "notebook" // a GoNB kernel's cell
	Kitty    Target = "kitty"    // Kitty's graphics protocol
	ITerm    Target = "iterm"    // iTerm2's inline images
	Sixel    Target = "sixel"    // DEC's sixels
	File     Target = "file"     // a file, whose path is printed
)

// Environment is what decides where a picture goes: the variables of that name, and the terminal.
type Environment struct {
	Notebook      bool   // GONB_PIPE is set: a GoNB kernel runs this program
	Terminal      bool   // the writer is a terminal
	Columns, Rows int    // of the terminal, in cells; 0 if unknown
	Term          string // TERM
	TermProgram   string // TERM_PROGRAM
	KittyWindow   string // KITTY_WINDOW_ID
	Multiplexed   bool   // TMUX or STY is set: tmux or screen stands between
	Graphics      string // CLIPBENCH_GRAPHICS: a Target that overrules what is found
}

// Detect looks at the process' environment and at where w leads.
func Detect(w io.Writer) Environment {
	e := Environment{
		Notebook:    os.Getenv("GONB_PIPE") != "",
		Term:        os.Getenv("TERM"),
		TermProgram: os.Getenv("TERM_PROGRAM"),
		KittyWindow: os.Getenv("KITTY_WINDOW_ID"),
		Multiplexed: os.Getenv("TMUX") != "" || os.Getenv("STY") != "",
		Graphics:    os.Getenv("CLIPBENCH_GRAPHICS"),
	}
	if f, ok := w.(*os.File); ok && term.IsTerminal(f.Fd()) {
		e.Terminal = true
		if columns, rows, err := term.GetSize(f.Fd()); err == nil {
			e.Columns, e.Rows = columns, rows
		}
	}
	return e
}

// Target chooses where a picture goes. CLIPBENCH_GRAPHICS has the last word among the terminal's
// protocols and File; without it a protocol is used only by terminals that are known to draw it.
func (e Environment) Target() Target {
	asked := Target(strings.ToLower(e.Graphics))
	switch {
	case asked == File:
		return File
	case e.Notebook:
		return Notebook
	case !e.Terminal:
		return File
	case asked == Kitty || asked == ITerm || asked == Sixel:
		return asked
	case e.Multiplexed || e.Term == "dumb" || e.Term == "linux":
		return File // tmux and screen swallow the protocols; the other two have none
	}
	return e.protocol()
}

// protocol returns the picture protocol of a known terminal, or File.
func (e Environment) protocol() Target {
	program := strings.ToLower(e.TermProgram)
	switch {
	case program == "iterm.app", program == "wezterm", program == "mintty":
		return ITerm
	case e.KittyWindow != "", program == "ghostty",
		strings.Contains(e.Term, "kitty"), strings.Contains(e.Term, "ghostty"):
		return Kitty
	case strings.Contains(e.Term, "sixel"), strings.HasPrefix(e.Term, "foot"),
		strings.HasPrefix(e.Term, "mlterm"), strings.HasPrefix(e.Term, "contour"):
		return Sixel
	}
	return File
}
