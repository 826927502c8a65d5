package pjrt

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// place makes a file of the given size under root.
func place(t *testing.T, root, name string, size int64) {
	t.Helper()
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // an empty file
	if err := file.Truncate(size); err != nil {
		t.Fatal(err)
	}
}

func TestFindKnowsWherePluginsLie(t *testing.T) {
	first, second := Pins()[0], Pins()[1]
	cached := func(p Pin) string { return p.CachePath("cache") }
	for _, tc := range []struct {
		name  string
		files map[string]int64
		env   Environment
		want  []string
	}{
		{"nothing", nil, Environment{}, nil},
		{"the fetched plugin", map[string]int64{cached(first): first.Library.Bytes}, Environment{}, []string{"cpu " + cached(first)}},
		{
			"both, the preferred first",
			map[string]int64{cached(second): second.Library.Bytes, cached(first): first.Library.Bytes},
			Environment{},
			[]string{"cpu " + cached(first), "cpu " + cached(second)},
		},
		{"a half-written one is none", map[string]int64{cached(first): 812}, Environment{}, nil},
		{"another platform's is none", map[string]int64{cached(first): first.Library.Bytes}, Environment{Platform: "linux/arm64"}, nil},
		{
			"go-xla's own",
			map[string]int64{"home/.local/lib/go-xla/pjrt_c_api_cpu_v0.83.1_plugin.so": 1},
			Environment{},
			[]string{"cpu home/.local/lib/go-xla/pjrt_c_api_cpu_v0.83.1_plugin.so"},
		},
		{
			"a search path takes its place",
			map[string]int64{"home/.local/lib/go-xla/pjrt_c_api_cpu_plugin.so": 1, "mine/pjrt_c_api_cpu_plugin.so": 1},
			Environment{SearchPath: "ROOT/mine:relative"},
			[]string{"cpu mine/pjrt_c_api_cpu_plugin.so"},
		},
		{"CUDA without a GPU is left alone", map[string]int64{"home/.local/lib/go-xla/nvidia/pjrt_c_api_cuda_plugin.so": 1}, Environment{}, nil},
		{
			"CUDA comes first",
			map[string]int64{
				"home/.local/lib/go-xla/nvidia/pjrt_c_api_cuda_plugin.so": 1,
				cached(first): first.Library.Bytes,
			},
			Environment{GPU: true},
			[]string{"cuda home/.local/lib/go-xla/nvidia/pjrt_c_api_cuda_plugin.so", "cpu " + cached(first)},
		},
		{
			"pip's CUDA",
			map[string]int64{"venv/lib/python3.11/site-packages/jax_plugins/xla_cuda12/xla_cuda_plugin.so": 1},
			Environment{GPU: true, VirtualEnv: "ROOT/venv"},
			[]string{"cuda venv/lib/python3.11/site-packages/jax_plugins/xla_cuda12/xla_cuda_plugin.so"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			root := t.TempDir()
			for name, size := range tc.files {
				place(t, root, name, size)
			}
			env := tc.env
			env.Home, env.Cache = filepath.Join(root, "home"), filepath.Join(root, "cache")
			env.SearchPath = strings.ReplaceAll(env.SearchPath, "ROOT", root)
			env.VirtualEnv = strings.ReplaceAll(env.VirtualEnv, "ROOT", root)
			if env.Platform == "" {
				env.Platform = "linux/amd64"
			}
			var got []string
			for _, p := range Find(env) {
				if strings.HasPrefix(p.Path, root) { // /usr/local may hold plugins of the machine's own
					got = append(got, string(p.Kind)+" "+strings.TrimPrefix(p.Path, root+"/"))
				}
			}
			if strings.Join(got, "\n") != strings.Join(tc.want, "\n") {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestPinsHaveWholeDigests(t *testing.T) {
	for _, pin := range Pins() {
		if len(pin.Library.SHA256) != 64 || len(pin.Wheel.SHA256) != 64 {
			t.Errorf("%s: a SHA-256 has 64 digits", pin.Package)
		}
	}
}
