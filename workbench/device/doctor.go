package device

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/mem"
	features "golang.org/x/sys/cpu"

	"clipbench/workbench/device/pjrt"
)

// Report is what a look at the machine found: what runs the work, why, and what would make it faster.
type Report struct {
	CPU      string   `json:"cpu"`
	Cores    int      `json:"cores"` // that this process may use
	SIMD     []string `json:"simd"`  // of avx2, avx512, avx512-bf16, amx, amx-bf16, neon
	Memory   uint64   `json:"memory_bytes"`
	Platform string   `json:"platform"` // GOOS/GOARCH
	GPU      string   `json:"gpu"`      // nvidia-smi's answer, "" for none

	Go     string `json:"go"`
	Cgo    bool   `json:"cgo"`     // XLA is built in
	GoSIMD bool   `json:"go_simd"` // GOEXPERIMENT=simd: the Go backend's vector code is built in

	Plugins   []PluginState `json:"plugins"`
	Backend   *Device       `json:"backend"` // nil when none opens
	Problem   string        `json:"problem,omitempty"`
	Tuning    Tuning        `json:"tuning"`
	HugePages string        `json:"huge_pages"` // always, madvise or never; "" where the kernel has none

	Tools  []Tool   `json:"tools"`
	Data   []Folder `json:"data"`
	Advice []string `json:"advice"` // one line for each lack
}

// PluginState is a plugin and whether its bytes are the pinned ones.
type PluginState struct {
	pjrt.Plugin
	Name     string `json:"name"`
	API      string `json:"api,omitempty"` // the PJRT version
	Verified bool   `json:"verified"`      // SHA-256 compared just now
	Problem  string `json:"problem,omitempty"`
}

// Tool is a program beside Go that some task needs.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	Use     string `json:"use"`
	Problem string `json:"problem,omitempty"`
}

// Folder is data that a task needs, and how to come by it.
type Folder struct {
	Name    string `json:"name"`
	Path    string `json:"path"`
	Present bool   `json:"present"`
	Get     string `json:"get"` // the command that makes it
}

// Doctor looks at the machine, opens the backend that o asks for, and closes it again. data names the
// folders to look for. It fails at nothing: what is wrong is in the report.
func Doctor(ctx context.Context, o Options, data ...Folder) Report {
	r := Report{
		Cores: runtime.GOMAXPROCS(0), SIMD: simd(), GPU: gpu(ctx),
		Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Go:       goVersion(), Cgo: HasXLA, GoSIMD: hasSIMD,
		Plugins: pluginStates(), Tuning: TuningHere(), HugePages: hugePages(), Tools: lookForTools(ctx),
	}
	r.CPU = cpuModel(ctx)
	if memory, err := mem.VirtualMemoryWithContext(ctx); err == nil {
		r.Memory = memory.Total
	}
	for _, folder := range data {
		_, err := os.Stat(folder.Path)
		folder.Present = err == nil
		r.Data = append(r.Data, folder)
	}
	if d, err := Open(ctx, o); err != nil {
		r.Problem = firstLine(err)
	} else {
		d.Close()
		r.Backend = d
	}
	r.Advice = advices(r)
	return r
}

// goVersion is the compiler's version without the experiments it was given.
func goVersion() string {
	version, _, _ := strings.Cut(strings.TrimPrefix(runtime.Version(), "go"), "-X:")
	return version
}

func cpuModel(ctx context.Context) string {
	info, err := cpu.InfoWithContext(ctx)
	if err != nil || len(info) == 0 {
		return "unknown"
	}
	return info[0].ModelName
}

// simd lists the vector units that matter to the backends.
func simd() []string {
	var have []string
	for _, unit := range []struct {
		name string
		has  bool
	}{
		{"avx2", features.X86.HasAVX2},
		{"avx512", features.X86.HasAVX512F},
		{"avx512-bf16", features.X86.HasAVX512BF16},
		{"amx", features.X86.HasAMXTile},
		{"amx-bf16", features.X86.HasAMXBF16},
		{"neon", features.ARM64.HasASIMD},
	} {
		if unit.has {
			have = append(have, unit.name)
		}
	}
	return have
}

// gpu is nvidia-smi's list of names, driver and memory.
func gpu(ctx context.Context) string {
	out, err := ask(ctx, "nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader")
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(out, "\n", "; ")
}

func pluginStates() []PluginState {
	var states []PluginState
	for _, p := range pjrt.Find(pjrt.Here()) {
		state := PluginState{Plugin: p, Name: p.String()}
		if p.Pin != nil {
			state.API = p.Pin.API
		}
		if err := p.Verify(); err != nil {
			state.Problem = err.Error()
		}
		state.Verified = state.Problem == ""
		states = append(states, state)
	}
	return states
}

// lookForTools asks each program for its version.
func lookForTools(ctx context.Context) []Tool {
	node := Tool{Name: "Node", Use: "draws the emoji set"}
	node.Version, node.Problem = version(ctx, "node", "--version")
	npm := Tool{Name: "npm", Use: "fetches the emoji artwork"}
	npm.Version, npm.Problem = version(ctx, "npm", "--version")
	python := Tool{Name: "Python", Use: "its pip fetches XLA's plugin"}
	if _, v, err := pjrt.Python(ctx); err != nil {
		python.Problem = err.Error()
	} else {
		python.Version = v
	}
	return []Tool{node, npm, python}
}

func version(ctx context.Context, name string, arguments ...string) (v, problem string) {
	out, err := ask(ctx, name, arguments...)
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", "not found"
	case err != nil:
		return "", err.Error()
	}
	return strings.TrimPrefix(out, "v"), ""
}

// ask runs a program that answers at once, or is ended after ten seconds.
func ask(ctx context.Context, name string, arguments ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, arguments...)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}
