package device

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// String is the report as aligned text, a line for each finding.
func (r Report) String() string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	row := func(subject, format string, values ...any) {
		fmt.Fprintf(w, "%s\t%s\n", subject, fmt.Sprintf(format, values...))
	}
	row("Machine", "%s, %d cores, %.1f GiB, %s", r.CPU, r.Cores, float64(r.Memory)/(1<<30), r.Platform)
	row("Vector units", "%s", orNone(strings.Join(r.SIMD, ", ")))
	row("GPU", "%s", orNone(r.GPU))
	row("Built with", "Go %s, XLA %s, Go backend's vector code %s", r.Go, inOrOut(r.Cgo), inOrOut(r.GoSIMD))
	for _, p := range r.Plugins {
		row("XLA plugin", "%s: %s", p.Kind, p)
	}
	if len(r.Plugins) == 0 {
		row("XLA plugin", "none")
	}
	if r.Backend != nil {
		row("Backend", "%s", r.Backend)
		for _, attempt := range r.Backend.Tried[:len(r.Backend.Tried)-1] {
			row("", "before it, %s: %s", attempt.Name, attempt.Problem)
		}
	} else {
		row("Backend", "%s", r.Problem)
	}
	row("Huge pages", "%s; this process: %s", orNone(r.HugePages), r.Tuning)
	for _, tool := range r.Tools {
		row(tool.Name, "%s (%s)", tool.Version+tool.Problem, tool.Use)
	}
	for _, folder := range r.Data {
		row(folder.Name, "%s", folder)
	}
	w.Flush()
	for _, advice := range r.Advice {
		text.WriteString("\n→ " + advice)
	}
	if len(r.Advice) > 0 {
		text.WriteByte('\n')
	}
	return text.String()
}

// String names the plugin, its version, and how far it is to be trusted.
func (p PluginState) String() string {
	s := p.Name
	if p.API != "" {
		s += " (PJRT " + p.API + ")"
	}
	if p.Verified {
		return s + ", SHA-256 verified"
	}
	return s + ", " + p.Problem
}

// String says on or off, and why.
func (t Tuning) String() string {
	if t.On {
		return "on, " + t.Why
	}
	return "off, " + t.Why
}

// String says where the folder is, or how to get it.
func (f Folder) String() string {
	if f.Present {
		return f.Path
	}
	return "missing; " + f.Get
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func inOrOut(in bool) string {
	if in {
		return "in"
	}
	return "not in"
}
