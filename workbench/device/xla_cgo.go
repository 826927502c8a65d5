//go:build cgo

package device

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/compute/xla"

	"clipbench/workbench/device/pjrt"
	"clipbench/workbench/device/programs"
)

// HasXLA says whether this program was built with XLA in it: go-xla needs cgo.
const HasXLA = true

// programsLimit bounds the folder of compiled programs, in bytes. One has some megabytes.
const programsLimit = 1 << 30

// openXLA loads the plugin by its absolute path, which is what keeps go-xla from searching, and from
// looking for one on the network.
func openXLA(plugin pjrt.Plugin, options string) (compute.Backend, error) {
	xla.EnableAutoInstall(false)
	if plugin.Pin != nil && tuning() {
		rules := programs.Rules{Store: compiled(plugin), StepOptions: plugin.Pin.StepOptions}
		if err := programs.Open(plugin.Path, rules); err != nil {
			return nil, err
		}
	}
	backend, err := xla.New(pluginConfig(plugin, options))
	if err != nil {
		return nil, fmt.Errorf("plugin %s: %w", plugin.Path, err)
	}
	return backend, nil
}

// compiled is where a pinned plugin's programs are kept: nowhere, if the processor is not known, for they are its machine code,
// if XLA is to dump what it compiles, or if its flags lie in a file, whose name says nothing of them.
func compiled(plugin pjrt.Plugin) *programs.Store {
	cache, err := os.UserCacheDir()
	processor := processorIdentity()
	flags := os.Getenv("XLA_FLAGS")
	inFile := flags != "" && !strings.HasPrefix(strings.TrimSpace(flags), "-")
	if err != nil || processor == "" || strings.Contains(flags, "xla_dump") || inFile {
		return nil
	}
	return &programs.Store{
		Dir: filepath.Join(cache, "clipbench", "programs"), Limit: programsLimit,
		On: fmt.Sprintf("plugin %s\nflags %s\nprocessors %d\n%s", plugin.Pin.Library.SHA256, flags, runtime.NumCPU(), processor),
	}
}

// pluginConfig is go-xla's configuration string. The CPU's memory is the host's, so buffers are shared
// unless the options say otherwise.
func pluginConfig(plugin pjrt.Plugin, options string) string {
	config := plugin.Path
	if options != "" {
		config += "," + options
	}
	if plugin.Kind == pjrt.CPU && !strings.Contains(options, "shared_buffers") {
		config += ",shared_buffers"
	}
	return config
}
