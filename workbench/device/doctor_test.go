package device

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"clipbench/workbench/device/pjrt"
)

func TestDoctorReportsWithoutAnything(t *testing.T) {
	hidePlugins(t)
	t.Setenv("PATH", t.TempDir())
	r := Doctor(context.Background(), Options{}, Folder{Name: "Emoji set", Path: "/nowhere", Get: "run `clipbench data emoji`"})
	text := r.String()
	for _, want := range []string{"Backend", "go, 1 device(s)", "XLA plugin", "none", "Node", "not found", "→ Emoji set is not there: run `clipbench data emoji`"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

func TestDoctorSaysWhyNothingOpens(t *testing.T) {
	hidePlugins(t)
	r := Doctor(context.Background(), Options{Backend: "torch"})
	if r.Backend != nil || !strings.Contains(r.String(), `backend "torch": unknown`) {
		t.Errorf("got\n%s", r)
	}
}

func TestAdviceFitsTheLack(t *testing.T) {
	cpu := PluginState{Plugin: pjrt.Plugin{Kind: pjrt.CPU, Pin: &pjrt.Pin{}}, Verified: true}
	good := Report{
		Cgo: true, GoSIMD: true, HugePages: "madvise", Tuning: Tuning{On: true},
		Plugins: []PluginState{cpu}, Backend: &Device{Name: "xla:cpu"},
	}
	for _, tc := range []struct {
		name   string
		change func(*Report)
		want   string // in the only advice; "" for no advice
	}{
		{"nothing lacks", func(*Report) {}, ""},
		{"cgo", func(r *Report) { r.Cgo = false }, "C compiler"},
		{"plugin", func(r *Report) { r.Plugins = nil }, "`just setup`"},
		{"another backend", func(r *Report) { r.Backend = &Device{Name: "go"} }, "--backend xla:cpu"},
		{"huge pages", func(r *Report) { r.HugePages = "never" }, "madvise"},
		{"tuning", func(r *Report) { r.Tuning = Tuning{Why: tuneVariable + "=0"} }, "unset"},
		{"a whole plugin", func(r *Report) { r.Plugins[0].Verified = false }, "damaged"},
		{"CUDA", func(r *Report) { r.GPU = "A100" }, "CUDA"},
		{"Node", func(r *Report) { r.Tools = []Tool{{Name: "Node", Problem: "not found"}} }, "Node is missing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := good
			r.Plugins = []PluginState{cpu}
			tc.change(&r)
			got := advices(r)
			if tc.want == "" && len(got) != 0 || tc.want != "" && (len(got) != 1 || !strings.Contains(got[0], tc.want)) {
				t.Errorf("got %q, want one advice with %q", got, tc.want)
			}
		})
	}
}
