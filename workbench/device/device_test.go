package device

import (
	"context"
	"strings"
	"testing"

	"clipbench/workbench/device/pjrt"
)

func TestCandidatesAreTriedInOrder(t *testing.T) {
	cpu := pjrt.Plugin{Kind: pjrt.CPU, Path: "/p/cpu.so"}
	cuda := pjrt.Plugin{Kind: pjrt.CUDA, Path: "/p/cuda.so"}
	both := []pjrt.Plugin{cuda, cpu}
	for _, tc := range []struct {
		name, wish string
		plugins    []pjrt.Plugin
		want       string
	}{
		{"anything", "", both, "xla:cuda /p/cuda.so; xla:cpu /p/cpu.so; go "},
		{"anything without plugins", "", nil, "go "},
		{"go", "go", both, "go "},
		{"go with options", "go:parallelism=2,ops_sequential", both, "go parallelism=2,ops_sequential"},
		{"xla", "xla", both, "xla:cuda /p/cuda.so; xla:cpu /p/cpu.so"},
		{"xla without plugins", "xla", nil, "xla "},
		{"cpu alone", "xla:cpu", both, "xla:cpu /p/cpu.so"},
		{"cuda that is not there", "xla:cuda", []pjrt.Plugin{cpu}, "xla:cuda "},
		{"options go along", "xla:cuda,tf32=false", both, "xla:cuda /p/cuda.so tf32=false"},
		{"a path that was found", "xla:/p/cpu.so", both, "xla:cpu /p/cpu.so"},
		{"another path", "xla:/q/my_CUDA.so,preallocate", both, "xla:cuda /q/my_CUDA.so preallocate"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := candidates(tc.wish, tc.plugins)
			if err != nil {
				t.Fatal(err)
			}
			var shown []string
			for _, c := range got {
				shown = append(shown, strings.Join(strings.Fields(c.name+" "+c.plugin.Path+" "+c.options), " "))
			}
			want := strings.ReplaceAll(strings.TrimSpace(tc.want), " ;", ";")
			if got := strings.Join(shown, "; "); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestUnknownBackendsAreRefused(t *testing.T) {
	for _, wish := range []string{"cuda", "torch", "xla:tpu", "xla:relative/plugin.so", "GO"} {
		if _, err := Open(context.Background(), Options{Backend: wish}); err == nil || !strings.Contains(err.Error(), "use xla:cuda, xla:cpu, go") {
			t.Errorf("%q: got %v, want a refusal that names the backends", wish, err)
		}
	}
}

func TestGoBackendOpensEverywhere(t *testing.T) {
	d, err := Open(context.Background(), Options{Backend: "go"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if d.Name != "go" || d.Devices != 1 || !strings.Contains(d.Why, "--backend") {
		t.Errorf("got %v", d)
	}
	if got := d.Backend.Description(); !strings.Contains(got, "parallelism=-1") {
		t.Errorf("%s: the default bound on workers deadlocks; want parallelism=-1", got)
	}
}

func TestGoBackendTakesItsOptions(t *testing.T) {
	d, err := Open(context.Background(), Options{Backend: "go:parallelism=2,ops_sequential"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if got := d.Backend.Description(); !strings.Contains(got, "parallelism=2") {
		t.Errorf("got %s, want parallelism=2", got)
	}
	for _, bad := range []string{"go:parallelism=many", "go:colour=red"} {
		if _, err := Open(context.Background(), Options{Backend: bad}); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestEnvironmentNamesTheBackend(t *testing.T) {
	t.Setenv(BackendVariable, "go")
	d, err := Open(context.Background(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if d.Name != "go" || !strings.Contains(d.Why, BackendVariable) {
		t.Errorf("got %v, want go because of %s", d, BackendVariable)
	}
}

func TestCancelledContextOpensNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if d, err := Open(ctx, Options{Backend: "go"}); err == nil {
		t.Errorf("opened %v", d)
	}
}

func TestMissingPluginSaysWhatToDo(t *testing.T) {
	hidePlugins(t)
	for _, wish := range []string{"xla:cpu", "xla:cuda", "xla:/nowhere/plugin.so"} {
		_, err := Open(context.Background(), Options{Backend: wish})
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want one line", wish, err)
		}
	}
	d, err := Open(context.Background(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if d.Name != "go" {
		t.Errorf("without plugins: got %v, want go", d)
	}
}

// hidePlugins makes a machine without any plugin, and returns the one directory where they are looked for.
func hidePlugins(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", dir)
	t.Setenv("VIRTUAL_ENV", "")
	t.Setenv(BackendVariable, "")
	return dir
}
