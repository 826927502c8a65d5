package device

import (
	"reflect"

	"github.com/gomlx/compute"
)

// Memory is what a compiled program takes on each of its devices, in bytes.
type Memory struct {
	Arguments int64 `json:"arguments"` // state and batch
	Results   int64 `json:"results"`   // the state after, and metrics
	Aliases   int64 `json:"aliases"`   // results that lie where an argument lay
	Temporary int64 `json:"temporary"` // activations, gradients and whatever else lies between
}

// Peak is all of it together.
func (m Memory) Peak() int64 { return m.Arguments + m.Results - m.Aliases + m.Temporary }

// MemoryOf reads what XLA has reserved for a compiled program. The Go backend does not say: false.
func MemoryOf(program compute.Executable) (m Memory, ok bool) {
	// go-xla keeps the plugin's own account (PJRT_Executable_GetCompiledMemoryStats) in a private field.
	v := reflect.ValueOf(program)
	for _, name := range []string{"exec", "OnDeviceMemoryUsageStats"} {
		if v = reflect.Indirect(v); v.Kind() != reflect.Struct {
			return m, false
		}
		if v = v.FieldByName(name); !v.IsValid() {
			return m, false
		}
	}
	for name, to := range map[string]*int64{"Inputs": &m.Arguments, "Outputs": &m.Results, "Aliases": &m.Aliases, "Temporary": &m.Temporary} {
		field := v.FieldByName(name)
		if !field.CanInt() {
			return m, false
		}
		*to = field.Int()
	}
	return m, true
}
