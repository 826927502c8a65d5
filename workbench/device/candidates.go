package device

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/gomlx/compute"

	"clipbench/workbench/device/pjrt"
)

// candidate is one backend that could be opened.
type candidate struct {
	name    string // as the user knows it: xla:cuda, xla:cpu, go
	plugin  pjrt.Plugin
	options string // GoMLX's own, comma-separated
}

// candidates lists what to try for wish, in order, given the plugins there are. An empty wish means
// anything. A wish for a backend that this program does not know is an error; one for a known backend
// with no plugin gives a candidate that says so when it is opened.
func candidates(wish string, plugins []pjrt.Plugin) ([]candidate, error) {
	backend, rest, _ := strings.Cut(wish, ":")
	which, options, _ := strings.Cut(rest, ",")
	switch {
	case wish == "":
		return append(xlaCandidates(plugins, "", pjrt.CUDA, pjrt.CPU), candidate{name: "go"}), nil
	case backend == "go":
		return []candidate{{name: "go", options: rest}}, nil
	case backend == "xla" && which == "":
		return orMissing(xlaCandidates(plugins, options, pjrt.CUDA, pjrt.CPU), "xla"), nil
	case backend == "xla" && (which == "cuda" || which == "cpu"):
		return orMissing(xlaCandidates(plugins, options, pjrt.Kind(which)), "xla:"+which), nil
	case backend == "xla" && filepath.IsAbs(which):
		return xlaCandidates([]pjrt.Plugin{atPath(which, plugins)}, options, pjrt.CUDA, pjrt.CPU), nil
	}
	return nil, fmt.Errorf("backend %q: unknown; use xla:cuda, xla:cpu, go or xla:/path/to/plugin.so", wish)
}

// CheckName refuses what names no backend that this program knows, on whatever machine.
func CheckName(name string) error {
	_, err := candidates(name, nil)
	return err
}

// xlaCandidates keeps the plugins of the given kinds.
func xlaCandidates(plugins []pjrt.Plugin, options string, kinds ...pjrt.Kind) []candidate {
	var out []candidate
	for _, kind := range kinds {
		for _, p := range plugins {
			if p.Kind == kind {
				out = append(out, candidate{name: "xla:" + string(kind), plugin: p, options: options})
			}
		}
	}
	return out
}

// orMissing stands a candidate without a plugin in for none at all.
func orMissing(found []candidate, name string) []candidate {
	if len(found) == 0 {
		return []candidate{{name: name}}
	}
	return found
}

// atPath is the plugin at a path: one of those found, or else one to be told by its name.
func atPath(path string, plugins []pjrt.Plugin) pjrt.Plugin {
	for _, p := range plugins {
		if p.Path == path {
			return p
		}
	}
	kind := pjrt.CPU
	if strings.Contains(strings.ToLower(filepath.Base(path)), "cuda") {
		kind = pjrt.CUDA
	}
	return pjrt.Plugin{Kind: kind, Path: path}
}

// open opens the candidate and proves it by a small product. A panic of the backend is an error here.
func (c candidate) open() (backend compute.Backend, err error) {
	defer func() {
		if p := recover(); p != nil {
			backend, err = nil, fmt.Errorf("opening %s: %v", c.name, p)
		}
	}()
	switch {
	case c.name == "go":
		backend, err = openGo(c.options)
	case c.plugin.Path == "":
		return nil, errNoPlugin
	default:
		backend, err = openXLA(c.plugin, c.options)
	}
	if err != nil {
		return nil, err
	}
	if err := proves(backend); err != nil {
		backend.Finalize()
		return nil, err
	}
	return backend, nil
}
