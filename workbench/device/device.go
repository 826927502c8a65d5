// Package device finds the GoMLX backend that runs the work: xla:cuda, xla:cpu or go, the first of them
// that works on this machine.
//
// XLA runs from a plugin, a shared library that set-up fetches into the user's cache directory; the Go
// backend is compiled in and always there. Nothing in this package uses the network.
//
// Only xla:cpu and go have been run by this project. xla:cuda is looked for and opened in the same way,
// and that is all that can be said of it.
package device

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/gomlx/compute"

	"clipbench/workbench/device/pjrt"
)

// BackendVariable is GoMLX's environment variable that names a backend.
const BackendVariable = compute.ConfigEnvVar

// Options say what to open.
type Options struct {
	// Backend is one of xla:cuda, xla:cpu, xla, go, xla:/path/to/plugin.so, each with options after a
	// comma as GoMLX takes them (xla:cuda,tf32=false; go:parallelism=4). Empty means GOMLX_BACKEND, and
	// if that is empty too, the first of xla:cuda, xla:cpu, go that works.
	Backend string
}

// Device is an open backend and how it was come by.
type Device struct {
	Backend compute.Backend `json:"-"`
	Name    string          `json:"name"`             // xla:cuda, xla:cpu or go
	Plugin  string          `json:"plugin,omitempty"` // XLA's plugin: package and version, or its path
	Devices int             `json:"devices"`          // how many a mesh can use; XLA's CPU plugin shows 4
	Why     string          `json:"why"`
	Tried   []Attempt       `json:"tried"` // in order; the last one succeeded
}

// Attempt is one backend that was tried.
type Attempt struct {
	Name    string `json:"name"`
	Problem string `json:"problem,omitempty"` // empty: it works
}

// Open opens the backend that o names, or the first that works. "Works" means that a small product was
// compiled, run and right. An error names every backend that was tried and what to do.
func Open(ctx context.Context, o Options) (*Device, error) {
	wish, source := o.Backend, "asked for by --backend"
	if wish == "" {
		wish, source = os.Getenv(BackendVariable), "asked for by "+BackendVariable
	}
	choices, err := candidates(wish, pjrt.Find(pjrt.Here()))
	if err != nil {
		return nil, err
	}
	d := &Device{Why: source}
	if wish == "" {
		d.Why = "the first that works of xla:cuda, xla:cpu, go"
	}
	for _, c := range choices {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if d.try(c) == nil {
			return d, nil
		}
	}
	return nil, fmt.Errorf("no backend works: %s", d.problems())
}

// Close frees the backend and what it holds on the device.
func (d *Device) Close() { d.Backend.Finalize() }

// String is the line that says what runs the work and why.
func (d *Device) String() string {
	s := d.Name
	if d.Plugin != "" {
		s += " (" + d.Plugin + ")"
	}
	return fmt.Sprintf("%s, %d device(s): %s", s, d.Devices, d.Why)
}

// try opens c and notes the outcome.
func (d *Device) try(c candidate) error {
	backend, err := c.open()
	if err != nil {
		d.Tried = append(d.Tried, Attempt{Name: c.name, Problem: firstLine(err)})
		return err
	}
	d.Tried = append(d.Tried, Attempt{Name: c.name})
	d.Backend, d.Name, d.Plugin, d.Devices = backend, c.name, c.plugin.String(), backend.NumDevices()
	return nil
}

func (d *Device) problems() string {
	lines := make([]string, len(d.Tried))
	for i, a := range d.Tried {
		lines[i] = a.Name + ": " + a.Problem
	}
	return strings.Join(lines, "; ")
}

// errNoPlugin is what to do when XLA is wanted and not there.
var errNoPlugin = errors.New("no plugin on this machine; `just setup` fetches it for the CPU, or use --backend go")

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
