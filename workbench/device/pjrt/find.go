package pjrt

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Kind says which processor a plugin drives.
type Kind string

// The two kinds of plugin that this project looks for.
const (
	CPU  Kind = "cpu"
	CUDA Kind = "cuda"
)

// libraryName is what a CPU plugin is called once it is in the cache.
const libraryName = "pjrt_c_api_cpu_plugin.so"

// Environment is what a search depends on, so that a test can make one up.
type Environment struct {
	Platform   string // GOOS/GOARCH
	Home       string // the user's home directory, "" if there is none
	Cache      string // the user's cache directory, "" if there is none
	SearchPath string // PJRT_PLUGIN_LIBRARY_PATH: directories, ":" between them
	VirtualEnv string // the active Python environment, "" if there is none
	GPU        bool   // an NVIDIA GPU seems to be present
}

// Here describes this process's machine.
func Here() Environment {
	home, _ := os.UserHomeDir()
	cache, _ := os.UserCacheDir()
	return Environment{
		Platform:   runtime.GOOS + "/" + runtime.GOARCH,
		Home:       home,
		Cache:      cache,
		SearchPath: os.Getenv("PJRT_PLUGIN_LIBRARY_PATH"),
		VirtualEnv: os.Getenv("VIRTUAL_ENV"),
		GPU:        hasGPU(),
	}
}

// hasGPU reports whether an NVIDIA driver is at work: the device file or nvidia-smi exists.
func hasGPU() bool {
	if _, err := os.Stat("/dev/nvidiactl"); err == nil {
		return true
	}
	_, err := exec.LookPath("nvidia-smi")
	return err == nil
}

// Plugin is a plugin's file on this machine.
type Plugin struct {
	Kind Kind   `json:"kind"`
	Path string `json:"path"` // absolute
	Pin  *Pin   `json:"-"`    // nil for a plugin that this project did not fetch
}

// String names the plugin and its version where they are known.
func (p Plugin) String() string {
	if p.Pin == nil {
		return p.Path
	}
	return p.Pin.Package + " " + p.Pin.Version
}

// CachePath is where set-up puts the pin's library: the directory is named by its content. It is "" when
// the user has no cache directory.
func (p Pin) CachePath(cache string) string {
	if cache == "" {
		return ""
	}
	return filepath.Join(cache, "clipbench", "pjrt", p.Library.SHA256[:16], libraryName)
}

// Find lists the plugins that env has, CUDA before CPU and the preferred first. It looks at names and
// sizes only: a pinned plugin of another size than its pin's is left out. CUDA plugins are listed only
// where there is a GPU.
func Find(env Environment) []Plugin {
	var found []Plugin
	if env.GPU {
		found = append(found, glob(CUDA, cudaPatterns(env))...)
	}
	for _, pin := range Pins() {
		path := pin.CachePath(env.Cache)
		if pin.Platform == env.Platform && hasSize(path, pin.Library.Bytes) {
			found = append(found, Plugin{Kind: CPU, Path: path, Pin: &pin})
		}
	}
	return append(found, glob(CPU, cpuPatterns(env))...)
}

// cudaPatterns are where go-xla's installer and pip put the CUDA plugin.
func cudaPatterns(env Environment) []string {
	var patterns []string
	for _, dir := range append(directories(env), suffixed(directories(env), "nvidia")...) {
		patterns = append(patterns, filepath.Join(dir, "pjrt_c_api_cuda_plugin.so"))
	}
	if env.VirtualEnv != "" {
		for _, cuda := range []string{"xla_cuda13", "xla_cuda12"} {
			patterns = append(patterns,
				filepath.Join(env.VirtualEnv, "lib/python3*/site-packages/jax_plugins", cuda, "xla_cuda_plugin.so"))
		}
	}
	return patterns
}

// cpuPatterns are where go-xla's own installer leaves CPU plugins.
func cpuPatterns(env Environment) []string {
	return suffixed(directories(env), "pjrt_c_api_cpu*_plugin.so")
}

// directories are go-xla's own search path; PJRT_PLUGIN_LIBRARY_PATH takes its place when set.
func directories(env Environment) []string {
	var dirs []string
	for dir := range strings.SplitSeq(env.SearchPath, ":") {
		if filepath.IsAbs(dir) {
			dirs = append(dirs, dir)
		}
	}
	if env.SearchPath != "" {
		return dirs
	}
	if env.Home != "" {
		dirs = append(dirs, filepath.Join(env.Home, ".local/lib/go-xla"))
	}
	return append(dirs, "/usr/local/lib/go-xla")
}

func suffixed(dirs []string, name string) []string {
	out := make([]string, len(dirs))
	for i, dir := range dirs {
		out[i] = filepath.Join(dir, name)
	}
	return out
}

func glob(kind Kind, patterns []string) []Plugin {
	var found []Plugin
	for _, pattern := range patterns {
		paths, _ := filepath.Glob(pattern) // the only error is a malformed pattern
		slices.Sort(paths)
		for _, path := range paths {
			found = append(found, Plugin{Kind: kind, Path: path})
		}
	}
	return found
}

func hasSize(path string, size int64) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() == size
}
