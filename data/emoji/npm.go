package emoji

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
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

// installTime bounds the installation: 34 MB of archives.
const installTime = 10 * time.Minute

// insteadSmall ends an error after which the set cannot be built here.
const insteadSmall = "; or use the small set that needs no building, emoji-small:train"

// nodeFolder returns the folder that holds render.mjs and its installed packages, and installs them the first time.
// npm checks each archive against the SHA-512 in package-lock.json. The folder appears whole or not at all.
func nodeFolder(ctx context.Context, say func(format string, args ...any)) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	if err := lookNode(); err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "clipbench", "emoji-npm-"+nodeHash()[:16])
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

// install writes the Node part into folder and lets npm fetch what its lock names.
func install(ctx context.Context, folder string) error {
	if err := writeRenderFiles(folder); err != nil {
		return err
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

// npmReason is the line of npm's output that says most: the first error after its code.
func npmReason(said string, err error) string {
	for line := range strings.Lines(said) {
		text, isError := strings.CutPrefix(strings.TrimSpace(line), "npm error ")
		if isError && !strings.HasPrefix(text, "code ") && !strings.HasPrefix(text, "errno ") {
			return text
		}
	}
	return err.Error()
}

// writeRenderFiles writes the Node part, flat, into folder.
func writeRenderFiles(folder string) error {
	return fs.WalkDir(renderFiles, ".", func(path string, entry fs.DirEntry, err error) error {
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

// rendererName is the package that draws, with its version.
const rendererName = "@resvg/resvg-js@2.6.2"

// nodeHash names the Node part by its content: another version is another installation.
func nodeHash() string {
	hash := sha256.New()
	for _, name := range []string{"render/package-lock.json", "render/render.mjs"} {
		content, err := renderFiles.ReadFile(name)
		if err != nil {
			panic(err) // it is embedded above
		}
		_, _ = hash.Write(content)
	}
	return fmt.Sprintf("%x", hash.Sum(nil))
}
