package jupyter

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"clipbench/workbench/device/pjrt"
)

// ErrNoPython says that there is no Python to run Jupyter with.
var ErrNoPython = errors.New("notebooks need Python 3.10 or later with pip and venv")

// requirements are the Python packages at exact versions, with those that they need in turn.
//
//go:embed requirements.txt
var requirements []byte

// installLimit bounds one step of the installation.
const installLimit = 15 * time.Minute

// Install brings what is missing: the virtual environment, the kernel's programs in bin/, and the kernel's files, which
// it writes anew when they are not what they should be. It builds the packages that notebooks import, so that the first
// cell does not have to. What takes long or was mended is said in a line each; nothing is fetched twice.
func (l *Lab) Install(ctx context.Context, say func(subject, line string)) error {
	if err := l.installPython(ctx, say); err != nil {
		return err
	}
	if err := l.installKernel(say); err != nil {
		return err
	}
	// The kernel and goimports are tools of go.mod: the cell's gonbui has to speak the kernel's protocol.
	if err := l.run(ctx, "go", "install", "tool"); err != nil {
		return fmt.Errorf("the Go kernel could not be built: %w", err)
	}
	if err := l.run(ctx, "go", "build", "./..."); err != nil {
		return fmt.Errorf("what notebooks import could not be built: %w", err)
	}
	return nil
}

// installPython makes the virtual environment, unless it holds these very packages.
func (l *Lab) installPython(ctx context.Context, say func(subject, line string)) error {
	stamp := filepath.Join(l.Root, ".venv", "requirements.txt")
	if have, err := os.ReadFile(stamp); err == nil && string(have) == string(requirements) && exec.CommandContext(ctx, l.Python(), "-c", "").Run() == nil {
		return nil
	}
	python, _, err := pjrt.Python(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoPython, err)
	}
	say("Jupyter", "installing JupyterLab into .venv")
	if err := l.run(ctx, python, "-m", "venv", "--clear", ".venv"); err != nil {
		return fmt.Errorf("%w: .venv could not be made: %w", ErrNoPython, err)
	}
	list := filepath.Join(l.Root, "setup", "jupyter", "requirements.txt")
	if err := l.run(ctx, l.Python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--timeout", "20", "--retries", "1", "-r", list); err != nil {
		return fmt.Errorf("JupyterLab could not be installed: %w", err)
	}
	return os.WriteFile(stamp, requirements, 0o644)
}

// run runs a program in the repository's folder. Its error is its last line.
func (l *Lab) run(ctx context.Context, name string, arguments ...string) error {
	ctx, cancel := context.WithTimeout(ctx, installLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, arguments...)
	cmd.Dir, cmd.WaitDelay = l.Root, 5*time.Second
	cmd.Env = append(os.Environ(), "GOBIN="+filepath.Join(l.Root, "bin"), "GOEXPERIMENT=simd")
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	text := strings.TrimSpace(string(out))
	return fmt.Errorf("%s %s: %w: %s", filepath.Base(name), arguments[0], err, text[strings.LastIndexByte(text, '\n')+1:])
}
