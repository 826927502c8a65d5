// Package venv makes Python's virtual environments with packages at exact versions, for the programs that this project is
// used with and tested against.
package venv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"clipbench/workbench/device/pjrt"
)

// Venv is a virtual environment.
type Venv struct {
	Dir          string // its folder
	Requirements []byte // pip's requirements.txt; where it has hashes, pip verifies them
}

// ErrNoPython says that there is no Python to make it with.
var ErrNoPython = errors.New("Python with pip and venv is missing")

// limit bounds one step of the installation: torch is 3 GB to fetch and 6 GB to unpack.
const limit = 45 * time.Minute

// Python is the interpreter's path.
func (v Venv) Python() string { return filepath.Join(v.Dir, "bin", "python") }

// stamp is written last: what it holds is installed.
func (v Venv) stamp() string { return filepath.Join(v.Dir, "requirements.txt") }

// Ready reports whether it holds these very packages and its Python runs.
func (v Venv) Ready(ctx context.Context) bool {
	have, err := os.ReadFile(v.stamp())
	return err == nil && bytes.Equal(have, v.Requirements) && exec.CommandContext(ctx, v.Python(), "-c", "").Run() == nil
}

// Install makes it anew.
func (v Venv) Install(ctx context.Context) error {
	python, _, err := pjrt.Python(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoPython, err)
	}
	if err := os.MkdirAll(filepath.Dir(v.Dir), 0o755); err != nil {
		return err
	}
	if err := run(ctx, python, "-m", "venv", "--clear", v.Dir); err != nil {
		return fmt.Errorf("%w: %s could not be made: %w", ErrNoPython, v.Dir, err)
	}
	list := filepath.Join(v.Dir, "wanted.txt")
	if err := os.WriteFile(list, v.Requirements, 0o644); err != nil {
		return err
	}
	if err := run(ctx, v.Python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
		"--timeout", "20", "--retries", "1", "-r", list); err != nil {
		return err
	}
	return os.Rename(list, v.stamp())
}

// run runs a program. Its error is its last line.
func run(ctx context.Context, name string, arguments ...string) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, arguments...)
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	text := strings.TrimSpace(string(out))
	return fmt.Errorf("%s %s: %w: %s", filepath.Base(name), strings.Join(arguments[:2], " "), err, text[strings.LastIndexByte(text, '\n')+1:])
}
