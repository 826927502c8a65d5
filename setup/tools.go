package main

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// toolLimit bounds the building of one tool: golangci-lint, the largest, takes 72 s on two idle cores.
const toolLimit = 20 * time.Minute

// tools are programs that the project uses and does not build on: they stay out of go.mod, whose
// versions they would change. Each is `go install`ed into bin/ at this version.
var tools = map[string]struct{ module, version string }{
	"gotestsum":     {"gotest.tools/gotestsum", "v1.13.0"},
	"golangci-lint": {"github.com/golangci/golangci-lint/v2/cmd/golangci-lint", "v2.15.0"},
	"gopls":         {"golang.org/x/tools/gopls", "v0.21.1"},
}

// install puts a tool into bin/ unless this very version is there.
func install(ctx context.Context, name string) error {
	tool, known := tools[name]
	if !known {
		return fmt.Errorf("%s: no such tool; setup knows gotestsum, golangci-lint and gopls", name)
	}
	bin, err := filepath.Abs("bin")
	if err != nil {
		return err
	}
	if info, err := buildinfo.ReadFile(filepath.Join(bin, name)); err == nil && info.Main.Version == tool.version {
		return nil
	}
	say(name, "building "+tool.version+" into bin/")
	ctx, cancel := context.WithTimeout(ctx, toolLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "install", tool.module+"@"+tool.version)
	cmd.Env = append(os.Environ(), "GOBIN="+bin)
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s could not be built: %w", name, tool.version, errors.Join(err, lastOf(out)))
	}
	return nil
}

// lastOf is the last line that a program printed.
func lastOf(out []byte) error {
	text := strings.TrimSpace(string(out))
	if text == "" {
		return nil
	}
	return errors.New(text[strings.LastIndexByte(text, '\n')+1:])
}
