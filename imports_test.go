package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImportsPointOneWay holds the house's arrows: of this module a package imports what is listed for it, and what lies
// below that, and itself.
func TestImportsPointOneWay(t *testing.T) {
	allowed := []struct{ of, may string }{ // the first that fits counts
		{"clipbench/data", ""},
		{"clipbench/tui", "workbench/runlog"},
		{"clipbench/workbench/config", ""},
		{"clipbench/workbench/tokenizer", ""},
		{"clipbench/workbench/runlog", ""},
		{"clipbench/workbench/plot", ""},
		{"clipbench/workbench/evaluate", ""},
		{"clipbench/workbench/device", ""},
		{"clipbench/workbench/clip", "workbench/config"},
		{"clipbench/workbench/parallel", "workbench/config workbench/clip"},
		{"clipbench/workbench/train", "workbench/config workbench/clip workbench/parallel workbench/device/programs"},
		{"clipbench/workbench/checkpoint", "workbench/config workbench/clip workbench/tokenizer workbench/train"},
		{"clipbench/workbench", "data"}, // the façade and what is left: all of its own folder
	}
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./data/...", "./tui/...", "./workbench/...").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		path, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		for _, rule := range allowed {
			if !below(path, rule.of) {
				continue
			}
			seen++
			for _, imported := range strings.Fields(imports) {
				if below(imported, "clipbench") && !below(imported, rule.of) && !fits(imported, rule.may) {
					t.Errorf("%s imports %s", path, imported)
				}
			}
			break
		}
	}
	if seen < 20 {
		t.Errorf("%d packages were looked at:\n%s", seen, out)
	}
}

// below tells that a package is one of another's folder.
func below(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

func fits(path, folders string) bool {
	for _, folder := range strings.Fields(folders) {
		if below(path, "clipbench/"+folder) {
			return true
		}
	}
	return false
}
