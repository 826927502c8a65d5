package jupyter

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Options say how a notebook is executed.
type Options struct {
	Output string        // where the executed notebook goes
	Folder string        // the cells' working folder; "" is the repository's
	Limit  time.Duration // of each cell; 0 is an hour
	Env    []string      // more variables for the kernel, as NAME=value

	// Event, if it is there, is told when a cell starts and when it is done.
	Event func(Event)
}

// Event is what happens while a notebook is executed.
type Event struct {
	Name      string  `json:"event"` // start, done or failed
	Cell      int     `json:"cell"`  // 0-based, text cells counted
	Seconds   float64 `json:"seconds"`
	Processor float64 `json:"processor"` // seconds of processor time, of builds and of the cell
	Message   string  `json:"message"`   // of what failed
}

// Execute executes a notebook from a clean kernel and returns it with its outputs, also beside the error of a cell that
// failed. When ctx ends, the cell is interrupted as by Jupyter's Stop button, and the rest is not executed.
func (l *Lab) Execute(ctx context.Context, path string, o Options) (*Notebook, error) {
	if o.Limit == 0 {
		o.Limit = time.Hour
	}
	script := filepath.Join(l.Root, "setup", "jupyter", "execute.py")
	cmd := exec.CommandContext(ctx, l.Python(), script, path, o.Output, strconv.Itoa(int(o.Limit.Seconds())))
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 30 * time.Second
	cmd.Env = l.Environment(append(o.Env, FolderVariable+"="+o.Folder)...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	events, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w; run: just lab", l.Python(), err)
	}
	failure := follow(events, o.Event)
	err = cmd.Wait()
	if reason := kernelsReason(complaint.String()); reason != "" && failure != nil {
		failure = errors.New(reason)
	} else if err != nil && failure == nil {
		failure = fmt.Errorf("%w: %s", err, lastLine(complaint.String()))
	}
	executed, err := Read(o.Output)
	if failure != nil {
		failure = fmt.Errorf("%s: %w", path, failure)
	}
	return executed, errors.Join(failure, err)
}

// follow reads events until their end, and returns that of a failure.
func follow(events io.Reader, tell func(Event)) (failure error) {
	lines := bufio.NewScanner(events)
	for lines.Scan() {
		var e Event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue
		}
		if e.Name == "failed" {
			failure = fmt.Errorf("cell %d: %s", e.Cell, e.Message)
		}
		if tell != nil {
			tell(e)
		}
	}
	return errors.Join(failure, lines.Err())
}

// kernelsReason is what the script that starts the kernel said before it gave up.
func kernelsReason(complaints string) string {
	for line := range strings.Lines(complaints) {
		if reason, ok := strings.CutPrefix(line, complaintPrefix); ok {
			return strings.TrimSpace(reason)
		}
	}
	return ""
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
