// Package pjrt knows the XLA plugins this project has run with: where each comes from, what its bytes
// hash to, and where it lies on this machine once set-up has put it there.
//
// A plugin is a shared library with XLA inside, behind the PJRT interface. The package is plain Go: it
// finds and installs files and never loads one.
package pjrt

// Pin names one build of XLA's CPU plugin by content.
type Pin struct {
	Package  string // the Python package whose wheel carries it
	Version  string // of the package
	Platform string // GOOS/GOARCH it runs on
	API      string // the PJRT version that the plugin reports
	Wheel    Digest // of the wheel
	Member   string // the plugin's path inside the wheel
	Library  Digest // of the plugin
	Licence  string

	// StepOptions are XLA's options that speed up a training step when they are switched on, and that this very build is
	// known to have.
	StepOptions []string
}

// Digest is a file's identity.
type Digest struct {
	SHA256 string // lower-case hexadecimal
	Bytes  int64
}

// oneDNN hands the weight gradients' matrix products to oneDNN, which is compiled into both builds.
const oneDNN = "xla_cpu_experimental_onednn_custom_call"

// Pins are the plugins that can be fetched, the preferred one first. Both are unmodified builds of
// OpenXLA that other Python packages publish for their own use; only the shared library is taken.
func Pins() []Pin {
	return []Pin{
		{
			Package: "lammps-jax-pjrt-cpu", Version: "0.11.2", Platform: "linux/amd64", API: "0.115",
			Wheel:   Digest{"1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1", 62711338},
			Member:  "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so",
			Library: Digest{"ad1309ac822b1b24d51b7f9947c7c9fa9ef5d67f390584cbc3d1fa2428fed9c2", 201600336},
			Licence: "Apache-2.0", StepOptions: []string{oneDNN},
		},
		{
			Package: "fastatomstruct-xla-cpu", Version: "2026.6.23", Platform: "linux/amd64", API: "0.106",
			Wheel:   Digest{"88b1c430b341b4bea40a37420311c9c75db6e22b46d2ff95b6986577bee6afe9", 63200622},
			Member:  "fastatomstruct_xla_cpu/libpjrt_cpu.so",
			Library: Digest{"0a0fe56ca17be9efc7b942e89e534e5e0ad4a0f1e369b66d27b62184509015b9", 273768800},
			Licence: "Apache-2.0", StepOptions: []string{oneDNN},
		},
	}
}
