package pjrt

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
)

// fetchLimit bounds one download: 63 MB are 5 minutes at 0.2 MB/s.
const fetchLimit = 5 * time.Minute

// Pip returns a Fetch that downloads a wheel with the given Python's pip. pip gives up on a host that
// does not answer for 20 seconds, retries once, and refuses a file with another SHA-256 than the pin's.
func Pip(python string) func(ctx context.Context, pin Pin, dir string) (string, error) {
	return func(ctx context.Context, pin Pin, dir string) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, fetchLimit)
		defer cancel()
		wanted := filepath.Join(dir, "requirements.txt")
		line := fmt.Sprintf("%s==%s --hash=sha256:%s\n", pin.Package, pin.Version, pin.Wheel.SHA256)
		if err := os.WriteFile(wanted, []byte(line), 0o600); err != nil {
			return "", err
		}
		cmd := exec.CommandContext(ctx, python, "-m", "pip", "download", "--quiet", "--no-deps",
			"--only-binary=:all:", "--require-hashes", "--timeout=20", "--retries=1", "--no-input",
			"--no-cache-dir", "--disable-pip-version-check", "--dest="+dir, "--requirement="+wanted)
		cmd.WaitDelay = 5 * time.Second
		out, err := cmd.CombinedOutput()
		if ctx.Err() != nil {
			return "", fmt.Errorf("pip download was ended: %w", ctx.Err())
		}
		if err != nil {
			return "", fmt.Errorf("pip download: %s", lastLine(out, err))
		}
		return wheelIn(dir)
	}
}

// wheelIn is the one wheel in dir.
func wheelIn(dir string) (string, error) {
	wheels, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err != nil {
		return "", err
	}
	if len(wheels) != 1 {
		return "", fmt.Errorf("pip download left %d wheels, want 1", len(wheels))
	}
	return wheels[0], nil
}

// lastLine is what pip ended with: its last line that says ERROR, or its last line, or err.
func lastLine(output []byte, err error) string {
	last := err.Error()
	for line := range strings.Lines(string(bytes.TrimSpace(output))) {
		line = strings.TrimSpace(line)
		if line != "" && (strings.HasPrefix(line, "ERROR") || !strings.HasPrefix(last, "ERROR")) {
			last = line
		}
	}
	return last
}

// Python finds a Python 3.9 or later that has pip, and returns its command and version. The error says
// which of the two is missing.
func Python(ctx context.Context) (command, version string, err error) {
	err = errors.New("not found")
	for _, name := range []string{"python3", "python"} {
		path, lookErr := exec.LookPath(name)
		if lookErr != nil {
			continue
		}
		if version, err = pythonVersion(ctx, path); err == nil {
			return path, version, nil
		}
	}
	return "", "", err
}

// askPython prints the version, or says why this Python will not do.
const askPython = `import sys
v = "%d.%d.%d" % sys.version_info[:3]
if sys.version_info < (3, 9): sys.exit(v + " is older than 3.9")
try: import pip
except ImportError: sys.exit(v + " has no pip")
print(v)`

func pythonVersion(ctx context.Context, python string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	var out, problem bytes.Buffer
	cmd := exec.CommandContext(ctx, python, "-c", askPython)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &problem, time.Second
	if err := cmd.Run(); err != nil {
		return "", errors.New(lastLine(problem.Bytes(), err))
	}
	return strings.TrimSpace(out.String()), nil
}
