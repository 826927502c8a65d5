package device

import (
	"slices"

	"clipbench/workbench/device/pjrt"
)

// advices says for each lack what would make the work faster, or possible.
func advices(r Report) []string {
	var lines []string
	advise := func(lack bool, line string) {
		if lack {
			lines = append(lines, line)
		}
	}
	onGo := r.Backend == nil || r.Backend.Name == "go"
	plugin := slices.ContainsFunc(r.Plugins, func(p PluginState) bool { return p.Kind == pjrt.CPU })
	cuda := slices.ContainsFunc(r.Plugins, func(p PluginState) bool { return p.Kind == pjrt.CUDA })

	advise(!r.Cgo, "XLA is not built in: install a C compiler and build with CGO_ENABLED=1; xla:cpu trains about 3 times as fast as the Go backend")
	advise(r.Cgo && !plugin, "no XLA CPU plugin: `just setup` fetches it; xla:cpu trains about 3 times as fast as the Go backend")
	advise(r.Cgo && plugin && onGo, "XLA's plugin is here and the Go backend does the work: use --backend xla:cpu, or see why above")
	advise(onGo && !r.GoSIMD, "the Go backend runs without vector code: build with GOEXPERIMENT=simd (`just build` does)")
	advise(r.GPU != "" && !cuda, "there is a GPU and no CUDA plugin: pip install jax-cuda13-plugin[with-cuda] in an active virtual environment (not run by this project)")
	advise(!onGo && r.HugePages == "never", "huge pages are off: write madvise to "+hugePagesFile+" as root")
	advise(!onGo && r.HugePages != "never" && !r.Tuning.On && r.Tuning.Why == tuneVariable+"=0", "tuning is off: unset "+tuneVariable)
	for _, p := range r.Plugins {
		advise(p.Pin != nil && !p.Verified, "the plugin in "+p.Path+" is damaged: `just setup` replaces it")
	}
	for _, tool := range r.Tools {
		advise(tool.Problem != "", tool.Name+" is missing ("+tool.Use+"): "+tool.Problem)
	}
	for _, folder := range r.Data {
		advise(!folder.Present, folder.Name+" is not there: "+folder.Get)
	}
	return lines
}
