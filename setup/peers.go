package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"clipbench/workbench/device/pjrt"
)

// peerPackages are the versions that comparisons are made with, a line each.
//
//go:embed peers.txt
var peerPackages string

// peersLimit bounds their download: torch comes with its libraries for GPUs, 3 GB.
const peersLimit = time.Hour

// installPeers makes the virtual environment of the peers in the user's cache directory, unless it is there as pinned.
// CLIPBENCH_PEERS_PYTHON names another Python, which is left as it is.
func installPeers(ctx context.Context) error {
	if os.Getenv("CLIPBENCH_PEERS_PYTHON") != "" {
		return nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	dir := filepath.Join(cache, "clipbench", "peers")
	python := filepath.Join(dir, "bin", "python")
	if havePeers(ctx, python) {
		return nil
	}
	own, _, err := pjrt.Python(ctx)
	if err != nil {
		return fmt.Errorf("open_clip and transformers need a Python 3.10 or later: %w", err)
	}
	say("peers", "open_clip, transformers and torch into "+dir+" (6 GB, once)")
	ctx, cancel := context.WithTimeout(ctx, peersLimit)
	defer cancel()
	if err := command(ctx, own, "-m", "venv", dir); err != nil {
		return fmt.Errorf("%s: no virtual environment could be made: %w", dir, err)
	}
	install := append([]string{"-m", "pip", "install", "--quiet", "--timeout", "60"}, pins()...)
	if err := command(ctx, python, install...); err != nil {
		return fmt.Errorf("open_clip and transformers could not be installed; set CLIPBENCH_PEERS_PYTHON to a Python that has them: %w", err)
	}
	return nil
}

// pins are the lines of peers.txt that name a package.
func pins() []string {
	return slices.DeleteFunc(strings.Split(strings.TrimSpace(peerPackages), "\n"), func(line string) bool { return strings.HasPrefix(line, "#") })
}

// havePeers says whether a Python has every pinned package in its version.
func havePeers(ctx context.Context, python string) bool {
	frozen, err := output(ctx, python, "-m", "pip", "freeze")
	have := strings.Split(frozen, "\n")
	return err == nil && !slices.ContainsFunc(pins(), func(pin string) bool { return !slices.Contains(have, pin) })
}

func command(ctx context.Context, name string, arguments ...string) error {
	out, err := exec.CommandContext(ctx, name, arguments...).CombinedOutput()
	if err != nil {
		return errors.Join(err, lastOf(out))
	}
	return nil
}
