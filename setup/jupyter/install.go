package jupyter

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"clipbench/setup/venv"
)

// requirements are the Python packages at exact versions, with those that they need in turn.
//
//go:embed requirements.txt
var requirements []byte

// labSettings keep JupyterLab from asking about, and looking for, news and versions.
const labSettings = `{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}` + "\n"

// installLimit bounds one step of the installation.
const installLimit = 15 * time.Minute

// Install brings what is missing: the virtual environment, the kernel's programs in bin/, and the kernel's files, which
// it writes anew when they are not what they should be. It builds the packages that notebooks import, so that the first
// cell does not have to. What takes long or was mended is said in a line each; nothing is fetched twice.
func (l *Lab) Install(ctx context.Context, say func(subject, line string)) error {
	if err := l.installPython(ctx, say); err != nil {
		return err
	}
	if err := l.installSettings(); err != nil {
		return err
	}
	if err := l.buildKernel(ctx); err != nil {
		return fmt.Errorf("the Go kernel could not be built: %w", err)
	}
	if err := l.run(ctx, "go", "build", "./..."); err != nil {
		return fmt.Errorf("what notebooks import could not be built: %w", err)
	}
	return l.installKernel(l.linkerOptions(ctx), say)
}

// installPython makes the virtual environment, unless it holds these very packages.
func (l *Lab) installPython(ctx context.Context, say func(subject, line string)) error {
	environment := venv.Venv{Dir: filepath.Join(l.Root, ".venv"), Requirements: requirements}
	if environment.Ready(ctx) {
		return nil
	}
	say("Jupyter", "installing JupyterLab into .venv")
	if err := environment.Install(ctx); err != nil {
		return fmt.Errorf("JupyterLab could not be installed: %w", err)
	}
	return nil
}

// installSettings sets what JupyterLab does unless a person sets it otherwise.
func (l *Lab) installSettings() error {
	settings := filepath.Join(l.Root, ".venv", "share", "jupyter", "lab", "settings")
	if err := os.MkdirAll(settings, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(settings, "overrides.json"), []byte(labSettings), 0o644)
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
