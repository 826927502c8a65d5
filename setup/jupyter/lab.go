// Package jupyter keeps JupyterLab and the Go kernel inside the repository's ignored folders, and executes notebooks with
// them: the real server, the real kernel, and nbclient as the client.
//
// The kernel's files name no place of their own, so that a repository that moved goes on working.
package jupyter

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Lab is JupyterLab with the Go kernel in a repository.
type Lab struct {
	Root string // the repository's folder
}

// Here is the lab of the repository that the working folder is in.
func Here() (*Lab, error) {
	folder, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for dir := folder; ; dir = filepath.Dir(dir) {
		module, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(module), "module clipbench\n") {
			return &Lab{Root: dir}, nil
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		if dir == filepath.Dir(dir) {
			return nil, fmt.Errorf("%s: not in clipbench's repository; go into it and try again", folder)
		}
	}
}

// Python is the interpreter of the virtual environment.
func (l *Lab) Python() string { return filepath.Join(l.Root, ".venv", "bin", "python") }

// data is where Jupyter finds the kernel.
func (l *Lab) data() string { return filepath.Join(l.Root, ".jupyter") }

// Environment is this process' with Jupyter's own folders put inside the repository: neither the user's settings nor
// kernels from elsewhere are seen.
func (l *Lab) Environment(more ...string) []string {
	environment := append(os.Environ(),
		"JUPYTER_DATA_DIR="+l.data(),
		"JUPYTER_CONFIG_DIR="+filepath.Join(l.data(), "config"),
		"JUPYTER_NO_CONFIG=",
		"PYTHONDONTWRITEBYTECODE=1",
	)
	return append(environment, more...)
}
