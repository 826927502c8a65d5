package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// program is the command as it is shipped, built once for all tests.
var program string

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "clipbench-command")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a folder of temporary files
	program = filepath.Join(dir, "clipbench")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// outcome is what became of a command.
type outcome struct {
	code           int
	stdout, stderr string
}

// lastLine is the line that tells an error.
func (o outcome) lastLine() string {
	lines := strings.Split(strings.TrimSpace(o.stderr), "\n")
	return lines[len(lines)-1]
}

// clipbench is a child process of the built program, on the Go backend: it starts at once.
func clipbench(args ...string) *exec.Cmd { return child(program, args...) }

func child(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), "GOMLX_BACKEND=go", "CLIPBENCH_TUNE=0")
	return c
}

// finish runs a command to its end.
func finish(t *testing.T, c *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{c.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// succeeds runs the program and wants exit status 0.
func succeeds(t *testing.T, args ...string) outcome {
	t.Helper()
	o := finish(t, clipbench(args...))
	if o.code != 0 {
		t.Fatalf("clipbench %s: exit status %d\n%s", strings.Join(args, " "), o.code, o.stderr)
	}
	return o
}

// refused wants an exit status and one last line on standard error that has all the words.
func (o outcome) refused(t *testing.T, code int, words ...string) {
	t.Helper()
	if o.code != code {
		t.Errorf("exit status %d, want %d\n%s", o.code, code, o.stderr)
	}
	line := o.lastLine()
	if !strings.HasPrefix(line, "clipbench: ") || strings.Contains(o.stderr, "goroutine ") {
		t.Errorf("the last line is no message of the command's:\n%s", o.stderr)
	}
	for _, word := range words {
		if !strings.Contains(line, word) {
			t.Errorf("the message does not say %q:\n%s", word, line)
		}
	}
	if o.stdout != "" {
		t.Errorf("standard output has %q", o.stdout)
	}
}

// trainArgs trains testdata/tiny.yaml into a folder of runs.
func trainArgs(runs string, more ...string) []string {
	return slices.Concat([]string{"train", "testdata/tiny.yaml", "--runs", runs}, more)
}

// trained is a folder of runs that holds one, tiny, of twelve steps. It belongs to the test that asks.
func trained(t *testing.T) (runs string) {
	t.Helper()
	original, err := trainOnce()
	if err != nil {
		t.Fatal(err)
	}
	runs = filepath.Join(t.TempDir(), "runs")
	if err := os.CopyFS(runs, os.DirFS(original)); err != nil {
		t.Fatal(err)
	}
	return runs
}

var trainOnce = sync.OnceValues(func() (string, error) {
	runs := filepath.Join(filepath.Dir(program), "runs")
	out, err := clipbench(trainArgs(runs)...).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return runs, err
})

// line is a line of metrics.jsonl.
type line map[string]any

// metricsOf reads a run's metrics.jsonl.
func metricsOf(t *testing.T, run string) (lines []line) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(run, "metrics.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for raw := range bytes.Lines(text) {
		var l line
		if err := json.Unmarshal(raw, &l); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		lines = append(lines, l)
	}
	return lines
}

// awaits returns when a condition holds.
func awaits(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for !holds() {
		if ctx.Err() != nil {
			t.Fatalf("%s: not in two minutes", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// stepReached tells whether a run's metrics have come to a step.
func stepReached(run string, step int) bool {
	text, err := os.ReadFile(filepath.Join(run, "metrics.jsonl"))
	return err == nil && lastStep(text) >= step
}

func lastStep(metrics []byte) int {
	end := bytes.LastIndexByte(metrics, '\n')
	if end < 0 {
		return 0
	}
	var at struct {
		Step int `json:"step"`
	}
	begin := bytes.LastIndexByte(metrics[:end], '\n') + 1
	if json.Unmarshal(metrics[begin:end], &at) != nil {
		return 0
	}
	return at.Step
}
