package emoji

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed" // the Node part
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The Node part: what to install, exactly, and the program that draws.
var (
	//go:embed render/package.json
	packageJSON []byte
	//go:embed render/package-lock.json
	packageLock []byte
	//go:embed render/render.mjs
	renderProgram string
)

// rendererName is the package that draws, with its version.
const rendererName = "@resvg/resvg-js@2.6.2"

// installTime bounds the installation: 34 MB of archives.
const installTime = 10 * time.Minute

// insteadSmall ends an error after which the set cannot be built here.
const insteadSmall = "; or use the small set that needs no building, emoji-small:train"

// nodeFolder returns the folder in which the packages are installed, and installs them the first time.
// npm checks each archive against the SHA-512 in package-lock.json. The folder appears whole or not at all.
func nodeFolder(ctx context.Context, say func(format string, args ...any)) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	if err := lookNode(); err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "clipbench", "emoji-npm-"+shortHash(string(packageLock)))
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	say("fetching the artwork (34 MB) into %s", folder)
	return folder, replaceFolder(folder, func(fresh string) error { return install(ctx, fresh) })
}

// lookNode says what to install where Node is missing.
func lookNode() error {
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("%s is not installed, and Node draws the emoji set; install Node 18 or later%s", program, insteadSmall)
		}
	}
	return nil
}

// install lets npm fetch into folder what the lock names.
func install(ctx context.Context, folder string) error {
	for name, content := range map[string][]byte{"package.json": packageJSON, "package-lock.json": packageLock} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, installTime, fmt.Errorf("npm took longer than %s%s", installTime, insteadSmall))
	defer cancel()
	// Scripts of packages are not run: none of these needs one. Time-outs are npm's own, for a host that does not answer.
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
		"--fetch-timeout=20000", "--fetch-retries=1", "--fetch-retry-mintimeout=1000")
	npm.Dir = folder
	npm.WaitDelay = 5 * time.Second
	var said bytes.Buffer
	npm.Stdout, npm.Stderr = &said, &said
	err := npm.Run()
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("npm could not fetch the artwork: %s; mend that and run again%s", npmReason(said.String(), err), insteadSmall)
	}
	return context.Cause(ctx)
}

// npmReason is the line of npm's output that says most: the first error after its codes.
func npmReason(said string, err error) string {
	for line := range strings.Lines(said) {
		text, isError := strings.CutPrefix(strings.TrimSpace(line), "npm error ")
		kind, _, _ := strings.Cut(text, " ")
		if isError && !slices.Contains([]string{"code", "errno", "syscall"}, kind) {
			return text
		}
	}
	return err.Error()
}

// renderCommand is the program that draws, in Node, with the packages installed in folder.
func renderCommand(folder string) func(context.Context) *exec.Cmd {
	return func(ctx context.Context) *exec.Cmd {
		command := exec.CommandContext(ctx, "node", "--input-type=module", "--eval", renderProgram)
		command.Dir = folder
		return command
	}
}

// shortHash names a content.
func shortHash(parts ...string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(parts, "\x00"))))[:16]
}
