package workbench

import (
	"fmt"
	"os"
	"strings"

	"github.com/janpfeifer/gonb/gonbui"
)

// ShortVariable names CLIPBENCH_SHORT, which makes notebooks short when it is set to anything but 0: tests execute them on the
// pairs that come with the code, for a few steps.
const ShortVariable = "CLIPBENCH_SHORT"

// Must returns the value of a call that cannot be done without. An error ends the program: its one line goes to standard
// error, and the status is 1. It is for a notebook's cells and small programs; whoever has a caller returns the error.
func Must[T any](value T, err error) T {
	Check(err)
	return value
}

// Check ends the program as Must does, if there is an error.
func Check(err error) {
	if err == nil {
		return
	}
	gonbui.Sync() // what was shown before has to arrive
	fmt.Fprintln(os.Stderr, strings.ReplaceAll(err.Error(), "\n", "; "))
	os.Exit(1)
}

// Setting is what a notebook's cell works with: full, or short where CLIPBENCH_SHORT asks for that.
func Setting[T any](full, short T) T {
	if v := os.Getenv(ShortVariable); v != "" && v != "0" {
		return short
	}
	return full
}
