// Command setup prepares what `go build` does not.
//
//	go run ./setup             looks at the machine and fetches XLA's CPU plugin into the user's cache directory
//	go run ./setup TOOL…       builds pinned tools into bin/: gotestsum, golangci-lint, gopls
//	go run ./setup peers       installs open_clip, transformers and torch into the user's cache directory, to compare with
//	go run ./setup jupyter     JupyterLab and the Go kernel, in the repository's ignored folders
//	go run ./setup readers     TensorBoard and pyarrow for the tests of exports, in the user's cache directory
//	go run ./setup notebooks [FILE…]   executes notebooks and rewrites their outputs
//
// It says one line for each thing, verifies what it fetches by SHA-256, and fetches nothing twice. What is
// missing on the machine does not fail here: whatever needs it says so when its time comes.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"clipbench/setup/peers"
	"clipbench/setup/readers"
	"clipbench/workbench/device/pjrt"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, oneLine(err))
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	if len(arguments) == 0 {
		look(ctx)
		return nil
	}
	switch arguments[0] {
	case "jupyter":
		return installJupyter(ctx)
	case "peers":
		return peers.Install(ctx, say)
	case "readers":
		return readers.Install(ctx, say)
	case "notebooks":
		return executeNotebooks(ctx, arguments[1:])
	}
	for _, name := range arguments {
		if err := install(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// look goes over what the project uses of this machine, and brings the plugin.
func look(ctx context.Context) {
	say("Go", goLine())
	say("C compiler", compilerLine(ctx))
	say("Node", nodeLine(ctx))
	python, line := pythonLine(ctx)
	say("Python", line)
	say("XLA", pluginLine(ctx, python))
}

func say(subject, line string) {
	fmt.Printf("  %-11s %s\n", subject, line)
}

func goLine() string {
	version, _, _ := strings.Cut(strings.TrimPrefix(runtime.Version(), "go"), "-X:") // experiments
	return version + " on " + runtime.GOOS + "/" + runtime.GOARCH
}

// compilerLine says whether cgo, and with it XLA, can be built.
func compilerLine(ctx context.Context) string {
	compiler, err := output(ctx, "go", "env", "CC")
	if err == nil {
		_, err = exec.LookPath(strings.Fields(compiler + " gcc")[0])
	}
	if err != nil {
		return "not found: XLA cannot be built in, the pure-Go backend does the work; install gcc"
	}
	return compiler
}

func nodeLine(ctx context.Context) string {
	version, err := output(ctx, "node", "--version")
	if err != nil {
		return "not found: the emoji set cannot be built (tests bring their own pictures); install Node 18 or later"
	}
	return strings.TrimPrefix(version, "v")
}

// pythonLine also returns the Python to use, "" for none.
func pythonLine(ctx context.Context) (python, line string) {
	python, version, err := pjrt.Python(ctx)
	if err != nil {
		return "", err.Error() + ": Python 3.9 or later with pip fetches XLA's plugin"
	}
	return python, version + " (used for pip alone)"
}

// pluginLine makes sure that the plugin is there, and says how that went.
func pluginLine(ctx context.Context, python string) string {
	here := pjrt.Here()
	installer := pjrt.Installer{Platform: here.Platform, Cache: here.Cache, Pins: pjrt.Pins(), Fetch: pjrt.Pip(python)}
	if python == "" {
		installer.Fetch = func(context.Context, pjrt.Pin, string) (string, error) {
			return "", fmt.Errorf("there is no Python with pip to fetch it")
		}
	}
	start := time.Now()
	plugin, fetched, err := installer.Install(ctx)
	if err != nil {
		return oneLine(err) + "; going on with the pure-Go backend"
	}
	line := plugin.String() + ", verified by SHA-256, in " + filepath.Dir(plugin.Path)
	if fetched {
		line = fmt.Sprintf("fetched in %.0f s: %s", time.Since(start).Seconds(), line)
	}
	return line
}

func output(ctx context.Context, name string, arguments ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, arguments...).Output()
	return strings.TrimSpace(string(out)), err
}

func oneLine(err error) string {
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}
