# clipbench's tasks. `just` alone lists them; `npx -y rust-just@1.57.0 TASK` works without just.

set positional-arguments := true

# The Go backend's vector code, and one build cache for every task.
export GOEXPERIMENT := "simd"
export GOBIN := justfile_directory() / "bin"
export PATH := GOBIN + ":" + env("PATH")
# go-xla is to use the plugin that set-up verified, and to fetch none by itself.
export GOMLX_NO_AUTO_INSTALL := "1"
# Where Jupyter finds the Go kernel, and nobody's own settings.
export JUPYTER_DATA_DIR := justfile_directory() / ".jupyter"
export JUPYTER_CONFIG_DIR := justfile_directory() / ".jupyter/config"

[private]
default:
    @{{quote(just_executable())}} --list --unsorted

# Look at the machine, fetch XLA's CPU plugin (verified, once), build bin/clipbench
setup: _prepare build

# Leave the command at bin/clipbench
build:
    @go build -o bin/clipbench .

# Set up, build the emoji set, train on it for a few minutes, evaluate and draw
demo *arguments: setup
    @bin/clipbench data emoji
    @go build -o bin/emoji ./recipes/emoji
    @bin/emoji "$@"

# Train a recipe: just train recipes/emoji/emoji.yaml trainer.max_steps=100 --run try
train *arguments: setup
    @bin/clipbench train "$@"

# Evaluate a run or a checkpoint: just eval demo --data emoji:unseen-style --task zeroshot
eval *arguments: build
    @bin/clipbench eval "$@"

# Watch the runs in the terminal
watch *arguments: build
    @bin/clipbench watch "$@"

# Pass every test; packages may be named: just test ./workbench/device
test *packages: _prepare
    #!/bin/sh
    go run ./setup readers || true
    if go run ./setup gotestsum; then
        exec bin/gotestsum --format pkgname --format-hide-empty-pkg -- -timeout 30m "${@:-./...}"
    fi
    exec go test -timeout 30m "${@:-./...}"

# The tests under the race detector; its checks of pointers are off, as GoMLX's Go backend does not pass them
race *packages: _prepare
    go test -race -gcflags=all=-d=checkptr=0 -timeout 60m "${@:-./...}"

# Fuzz every fuzz target for some seconds each
fuzz seconds="20":
    #!/bin/sh
    set -eu
    grep -rEo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' . | sed 's/func //' | while IFS=: read -r file target; do
        go test -run '^$' -fuzz "^$target\$" -fuzztime "$1s" -fuzzminimizetime 20x "$(dirname "$file")"
    done

# Formatting, vet and golangci-lint
lint *arguments:
    @go run ./setup golangci-lint
    go vet ./...
    golangci-lint fmt --diff
    golangci-lint run "$@"

# Measure against open_clip on this machine, in turn
bench *arguments: setup _peers
    go run ./recipes/speed "$@"

# Compare features, gradients and files with the real open_clip and transformers
parity *arguments: setup _peers
    CLIPBENCH_PARITY=1 go test -count=1 -timeout 60m -v -run 'ThePeers|Features' ./workbench/checkpoint "$@"

# JupyterLab with the Go kernel on notebooks/
lab *arguments: _kernel
    @[ "$(id -u)" != 0 ] || set -- --allow-root "$@"; .venv/bin/python -m jupyterlab --notebook-dir=notebooks "$@"

# Execute the notebooks, or those named, and rewrite their committed outputs
notebooks *files: _kernel
    @go run ./setup notebooks "$@"

# Remove what was built here; runs/ and the user's cache directory stay
clean:
    rm -rf bin .jupyter .venv .cache

# open_clip, transformers and torch in the user's cache directory, pinned by setup/peers.txt.
_peers:
    @go run ./setup peers

# What every task needs: Go itself, and the plugin.
_prepare:
    @command -v go >/dev/null || { echo "Go: not found; install Go 1.26.5 or later"; exit 1; }
    @go run ./setup

# JupyterLab and the Go kernel, inside the repository's ignored folders; gopls completes and explains in cells.
_kernel: setup
    @go run ./setup gopls
    @go run ./setup jupyter
