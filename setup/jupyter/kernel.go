package jupyter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"clipbench/workbench/device"
)

// FolderVariable names the working folder of cells; without it that is the repository's, as for recipes and the command.
const FolderVariable = "CLIPBENCH_FOLDER"

// start starts the kernel. It finds the repository by its own place.
//   - GOEXPERIMENT as everywhere: with another one, Go would build all packages a second time.
//   - The linker takes most of a cell's time: see linkerOptions. To collect garbage seldom saves it, and the compiler, a tenth.
//   - The allocator is set as device.Tune sets it for the command.
//   - The kernel's own log would fill Jupyter's terminal; what ends the kernel comes through.
//   - Jupyter counts on a kernel to end by itself when the server is gone, as after two quick Ctrl-C. GoNB does not, so a second
//     process looks after the server, and ends the kernel with its cell.
const start = `#!/bin/sh
root=$(cd "$(dirname "$0")/../../.." && pwd) || exit 1
for program in gonb goimports; do
    [ -x "$root/bin/$program" ] || { echo "%[4]s$root/bin/$program is missing; run: just lab" >&2; exit 1; }
done
command -v go >/dev/null || { echo "%[4]sGo is not on PATH" >&2; exit 1; }
export GOBIN="$root/bin" PATH="$root/bin:$PATH"
export GOEXPERIMENT=simd GOFLAGS="${GOFLAGS:+$GOFLAGS }'-ldflags=%[5]s' '-toolexec=env GOGC=400'" GOMLX_NO_AUTO_INSTALL=1
export %[1]s="${%[1]s:-%[2]s}"
cd "${%[3]s:-$root}" || exit 1
if [ -n "$JPY_PARENT_PID" ]; then
    while kill -0 $$; do
        kill -0 "$JPY_PARENT_PID" || kill -s TERM -- -$$
        sleep 1
    done >/dev/null 2>&1 &
fi
exec gonb --kernel "$1" -raw_error -go_work="$root" -logtostderr=false -stderrthreshold=FATAL -log_file=/dev/null
`

// complaintPrefix begins the line that the script leaves when it cannot start the kernel.
const complaintPrefix = "the Go kernel: "

func startScript(linker string) string {
	name, value := device.Tunables()
	return fmt.Sprintf(start, name, value, FolderVariable, complaintPrefix, linker)
}

// Without the debugger's tables a cell links in half the time, and stack traces do not need them. Go's own linker takes three
// quarters of the time of gcc's (docs/results.md), where it can link what the machine's gcc made of XLA's C.
const (
	withGCC    = "-w"
	withGoOnly = "-w -linkmode=internal"
)

// linkerOptions are those for cells: the fastest that link a program with XLA in it on this machine.
func (l *Lab) linkerOptions(ctx context.Context) string {
	if l.run(ctx, "go", "build", "-ldflags="+withGoOnly, "-o", filepath.Join(".cache", "linked"), "./recipes/emoji") != nil {
		return withGCC
	}
	return withGoOnly
}

// kernelSpec is Jupyter's kernel.json.
type kernelSpec struct {
	Arguments     []string          `json:"argv"`
	DisplayName   string            `json:"display_name"`
	Language      string            `json:"language"`
	InterruptMode string            `json:"interrupt_mode"`
	Environment   map[string]string `json:"env"`
}

// spec has no absolute path: {resource_dir} is where Jupyter found it.
var spec = kernelSpec{
	Arguments:   []string{"sh", "{resource_dir}/start", "{connection_file}"},
	DisplayName: "Go (gonb)", Language: "go", InterruptMode: "message", Environment: map[string]string{},
}

// installKernel writes the kernel's two files unless they are as they should be, and says so when others were there.
func (l *Lab) installKernel(linker string, say func(subject, line string)) error {
	dir := filepath.Join(l.data(), "kernels", "gonb")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	content, err := json.MarshalIndent(spec, "", "  ")
	if err != nil {
		return err
	}
	for name, want := range map[string]string{"kernel.json": string(content) + "\n", "start": startScript(linker)} {
		path := filepath.Join(dir, name)
		have, err := os.ReadFile(path)
		if err == nil && string(have) == want {
			continue
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err == nil {
			say("Go kernel", stale(string(have), l.Root))
		}
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// stale says why a kernel's file is replaced.
func stale(content, root string) string {
	if strings.Contains(content, "/bin/gonb") && !strings.Contains(content, root+"/bin/gonb") {
		return "was set up for another folder; set up anew for " + root
	}
	return "was set up otherwise; set up anew"
}
