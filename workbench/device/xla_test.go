//go:build cgo

package device

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clipbench/workbench/device/pjrt"
)

// needPlugin skips a test where set-up has not fetched XLA's CPU plugin.
func needPlugin(t *testing.T) {
	t.Helper()
	for _, p := range pjrt.Find(pjrt.Here()) {
		if p.Kind == pjrt.CPU {
			return
		}
	}
	t.Skip("no XLA CPU plugin on this machine: `just setup` fetches it")
}

func TestXLAShowsFourDevices(t *testing.T) {
	needPlugin(t)
	d, err := Open(context.Background(), Options{Backend: "xla:cpu"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if d.Name != "xla:cpu" || d.Devices != 4 {
		t.Errorf("got %v, want xla:cpu with 4 devices", d)
	}
}

func TestBrokenPluginFallsThroughToTheNext(t *testing.T) {
	broken := filepath.Join(hidePlugins(t), "pjrt_c_api_cpu_plugin.so")
	if err := os.WriteFile(broken, []byte("not a library"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Open(context.Background(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if d.Name != "go" || len(d.Tried) < 2 || !strings.Contains(d.Tried[len(d.Tried)-2].Problem, broken) {
		t.Errorf("got %+v, want go after %s failed", d, broken)
	}
}

func TestPluginConfigSharesTheHostsMemory(t *testing.T) {
	cpu := pjrt.Plugin{Kind: pjrt.CPU, Path: "/p.so"}
	for _, tc := range []struct {
		plugin        pjrt.Plugin
		options, want string
	}{
		{cpu, "", "/p.so,shared_buffers"},
		{cpu, "noshared_buffers", "/p.so,noshared_buffers"},
		{pjrt.Plugin{Kind: pjrt.CUDA, Path: "/c.so"}, "tf32=false", "/c.so,tf32=false"},
	} {
		if got := pluginConfig(tc.plugin, tc.options); got != tc.want {
			t.Errorf("pluginConfig(%v, %q) = %q, want %q", tc.plugin, tc.options, got, tc.want)
		}
	}
}
