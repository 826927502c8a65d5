//go:build cgo

package device

import (
	"fmt"
	"os"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/compute/xla"

	"clipbench/workbench/device/pjrt"
)

// HasXLA says whether this program was built with XLA in it: go-xla needs cgo.
const HasXLA = true

// openXLA loads the plugin by its absolute path, which is what keeps go-xla from searching, and from
// looking for one on the network.
func openXLA(plugin pjrt.Plugin, options string) (compute.Backend, error) {
	xla.EnableAutoInstall(false)
	if err := setFlags(plugin.Flags()); err != nil {
		return nil, err
	}
	backend, err := xla.New(pluginConfig(plugin, options))
	if err != nil {
		return nil, fmt.Errorf("plugin %s: %w", plugin.Path, err)
	}
	return backend, nil
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

// setFlags adds flags to XLA_FLAGS, which XLA reads when the plugin is loaded. What the user has set
// stays as it is.
func setFlags(flags []string) error {
	merged := mergeFlags(os.Getenv("XLA_FLAGS"), flags)
	if !tuning() || merged == os.Getenv("XLA_FLAGS") {
		return nil
	}
	return os.Setenv("XLA_FLAGS", merged)
}
