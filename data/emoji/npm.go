package emoji

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// renderFiles are the Node part: what to install, exactly, and the program that draws.
//
//go:embed render/package.json render/package-lock.json render/render.mjs
var renderFiles embed.FS

// installTime bounds the whole installation, 34 MB of archives.
const installTime = 10 * time.Minute

// noPackages ends an error after which the set cannot be built here.
const noPackages = "; the small set that comes with clipbench needs neither: data=emoji-small:train"

// nodeFolder returns the folder with render.mjs and its installed packages, installing them the first time.
// npm verifies each archive by the SHA-512 in package-lock.json. The folder appears whole or not at all.
func nodeFolder(ctx context.Context, say func(format string, args ...any)) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "clipbench", "emoji-npm-"+renderHash()[:16])
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err == nil {
		return folder, nil
	}
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return "", fmt.Errorf("the emoji set is drawn by Node: %s is not installed (Node 18 or later, https://nodejs.org)%s",
				program, noPackages)
		}
	}
	say("fetching the artwork, 34 MB from the npm registry")
	return folder, replaceFolder(folder, func(fresh string) error { return install(ctx, fresh) })
}

// install writes the Node part into folder and lets npm fetch what its lock names.
func install(ctx context.Context, folder string) error {
	if err := writeRenderFiles(folder); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, installTime)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
		"--fetch-timeout=20000", "--fetch-retries=1", "--fetch-retry-mintimeout=1000")
	npm.Dir = folder
	npm.WaitDelay = 5 * time.Second
	var said bytes.Buffer
	npm.Stdout, npm.Stderr = &said, &said
	if err := npm.Run(); err != nil {
		if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.DeadlineExceeded) {
			return cause
		}
		return fmt.Errorf("npm could not fetch the artwork (%s); check the connection and run again%s",
			npmReason(said.String(), err), noPackages)
	}
	return nil
}

// npmReason is the line of npm's output that says most.
func npmReason(said string, err error) string {
	reason := err.Error()
	for line := range strings.Lines(said) {
		text, isError := strings.CutPrefix(strings.TrimSpace(line), "npm error ")
		if isError && !strings.HasPrefix(text, "code ") {
			return text
		}
	}
	return reason
}

func writeRenderFiles(folder string) error {
	return fs.WalkDir(renderFiles, "render", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := renderFiles.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(folder, entry.Name()), content, 0o644)
	})
}

// renderHash names the Node part by its content: another version of it is another installation.
func renderHash() string {
	hash := sha256.New()
	for _, name := range []string{"render/package-lock.json", "render/render.mjs"} {
		content, err := renderFiles.ReadFile(name)
		if err != nil {
			panic(err) // embedded above
		}
		_, _ = hash.Write(content)
	}
	return fmt.Sprintf("%x", hash.Sum(nil))
}
