package pjrt

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// script makes an executable shell script and returns its path.
func script(t *testing.T, dir, name, body string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil { //nolint:gosec // it is run
		t.Fatal(err)
	}
	return path
}

func TestPipAsksForTheHashAndATimeout(t *testing.T) {
	dir := t.TempDir()
	python := script(t, t.TempDir(), "python3", `echo "$@" >"`+dir+`/arguments"; touch "`+dir+`/x.whl"`)
	_, pin := wheel(t, "x")
	path, err := Pip(python)(context.Background(), pin, dir)
	if err != nil || filepath.Base(path) != "x.whl" {
		t.Fatalf("got %q, %v", path, err)
	}
	arguments, err := os.ReadFile(filepath.Join(dir, "arguments"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"--require-hashes", "--timeout=20", "--retries=1", "--no-deps"} {
		if !strings.Contains(string(arguments), want) {
			t.Errorf("pip was not given %s: %s", want, arguments)
		}
	}
	wanted, err := os.ReadFile(filepath.Join(dir, "requirements.txt"))
	if err != nil || !strings.Contains(string(wanted), pin.Wheel.SHA256) {
		t.Errorf("requirements.txt is %q, %v", wanted, err)
	}
}

func TestPipsErrorIsOneLine(t *testing.T) {
	python := script(t, t.TempDir(), "python3", `echo "Looking in links"; echo "ERROR: No matching distribution"; echo "[notice] upgrade"; exit 1`)
	_, pin := wheel(t, "x")
	_, err := Pip(python)(context.Background(), pin, t.TempDir())
	if err == nil || err.Error() != "pip download: ERROR: No matching distribution" {
		t.Errorf("got %v", err)
	}
}

func TestPipEndsWithItsContext(t *testing.T) {
	python := script(t, t.TempDir(), "python3", "exec sleep 60")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, pin := wheel(t, "x")
	if _, err := Pip(python)(ctx, pin, t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's end", err)
	}
}

func TestPythonSaysWhatIsMissing(t *testing.T) {
	for _, tc := range []struct{ name, body, version, problem string }{
		{"good", "echo 3.11.7", "3.11.7", ""},
		{"old", "echo '3.6.15 is older than 3.9' >&2; exit 1", "", "3.6.15 is older than 3.9"},
		{"broken", "exit 3", "", "exit status 3"},
		{"absent", "", "", "not found"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("PATH", dir)
			if tc.body != "" {
				script(t, dir, "python3", tc.body)
			}
			_, version, err := Python(context.Background())
			if tc.problem == "" && (err != nil || version != tc.version) {
				t.Errorf("got %q, %v", version, err)
			}
			if tc.problem != "" && (err == nil || err.Error() != tc.problem) {
				t.Errorf("got %v, want %q", err, tc.problem)
			}
		})
	}
}
