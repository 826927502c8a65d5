// Package peers is what this project is compared with: open_clip, transformers and torch, pinned, in a virtual
// environment of their own.
package peers

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"

	"clipbench/setup/venv"
)

//go:embed requirements.txt
var requirements []byte

// pythonVariable of the environment names a Python that has the peers, to be used as it is.
const pythonVariable = "CLIPBENCH_PEERS_PYTHON"

func environment() (venv.Venv, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return venv.Venv{}, err
	}
	return venv.Venv{Dir: filepath.Join(cache, "clipbench", "peers"), Requirements: requirements}, nil
}

// Python is an interpreter that has the peers: CLIPBENCH_PEERS_PYTHON, or the one that Install made.
func Python(ctx context.Context) (string, error) {
	if python := os.Getenv(pythonVariable); python != "" {
		return python, nil
	}
	v, err := environment()
	if err != nil {
		return "", err
	}
	if !v.Ready(ctx) {
		return "", fmt.Errorf("%s has no open_clip and transformers; go run ./setup peers installs them, or name a Python in %s", v.Dir, pythonVariable)
	}
	return v.Python(), nil
}

// Install puts the peers into the user's cache directory, unless they are there, and says so first: torch brings its
// libraries for GPUs, 6 GB.
func Install(ctx context.Context, say func(subject, line string)) error {
	if _, err := Python(ctx); err == nil {
		return nil
	}
	v, err := environment()
	if err != nil {
		return err
	}
	say("peers", "installing open_clip, transformers and torch into "+v.Dir+" (6 GB, once)")
	return v.Install(ctx)
}
