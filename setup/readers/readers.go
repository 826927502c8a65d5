// Package readers is the real TensorBoard and pyarrow, in the user's cache directory: the tests of exports have them read
// what was written. Nothing else needs them.
package readers

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"clipbench/setup/venv"
)

// requirements has every package at an exact version with the hashes of its files.
//
//go:embed requirements.txt
var requirements []byte

// environment is where the packages are.
func environment() (venv.Venv, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return venv.Venv{}, err
	}
	return venv.Venv{Dir: filepath.Join(cache, "clipbench", "readers"), Requirements: requirements}, nil
}

// Python is the interpreter that has the packages. The error says how to get them.
func Python(ctx context.Context) (string, error) {
	v, err := environment()
	if err == nil && !v.Ready(ctx) {
		err = fmt.Errorf("TensorBoard and pyarrow are not in %s; run: go run ./setup readers", v.Dir)
	}
	return v.Python(), err
}

// Install installs the packages unless they are there, and says so.
func Install(ctx context.Context, say func(subject, line string)) error {
	v, err := environment()
	if err != nil || v.Ready(ctx) {
		return err
	}
	start := time.Now()
	if err := v.Install(ctx); err != nil {
		return fmt.Errorf("TensorBoard and pyarrow could not be installed, tests that need them are skipped: %w", err)
	}
	say("readers", fmt.Sprintf("TensorBoard and pyarrow for the tests of exports, installed in %.0f s into %s", time.Since(start).Seconds(), v.Dir))
	return nil
}
