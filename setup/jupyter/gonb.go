package jupyter

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// gonb is the kernel's module; go.mod has its version, for cells and kernel speak one protocol.
const gonb = "github.com/janpfeifer/gonb"

// After Jupyter's Stop GoNB gives a cell five seconds, and then kills it. To end a step of a large model and to save it takes
// longer: the kernel is built with this one line changed.
const (
	patientFile   = "internal/jpyexec/jpyexec.go"
	impatientLine = "var WaitToKill = 5 * time.Second"
	patientLine   = "var WaitToKill = 10 * time.Minute"
)

// buildKernel leaves the kernel and goimports, which it runs on each cell, in bin/.
func (l *Lab) buildKernel(ctx context.Context) error {
	if err := l.run(ctx, "go", "install", "golang.org/x/tools/cmd/goimports"); err != nil {
		return err
	}
	source, err := l.patientSource(ctx)
	if err != nil {
		return err
	}
	modfile := filepath.Join(l.Root, ".cache", "kernel.mod")
	for from, to := range map[string]string{"go.mod": modfile, "go.sum": strings.TrimSuffix(modfile, ".mod") + ".sum"} {
		content, err := os.ReadFile(filepath.Join(l.Root, from))
		if err != nil {
			return err
		}
		if from == "go.mod" {
			content = fmt.Appendf(content, "\nreplace %s => %s\n", gonb, source)
		}
		if err := os.WriteFile(to, content, 0o644); err != nil {
			return err
		}
	}
	return l.run(ctx, "go", "build", "-modfile="+modfile, "-o", filepath.Join("bin", "gonb"), gonb)
}

// patientSource is a copy of GoNB's source with the line changed. The folder appears whole or not at all.
func (l *Lab) patientSource(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", gonb)
	cmd.Dir = l.Root
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go mod download %s: %w", gonb, err)
	}
	var module struct{ Version, Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		return "", err
	}
	folder := filepath.Join(l.Root, ".cache", "gonb-"+module.Version)
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	fresh := fmt.Sprintf("%s.%d", folder, os.Getpid())
	if err := os.CopyFS(fresh, os.DirFS(module.Dir)); err != nil {
		return "", err
	}
	path := filepath.Join(fresh, filepath.FromSlash(patientFile))
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	patient := strings.Replace(string(content), impatientLine, patientLine, 1)
	if patient == string(content) {
		return "", fmt.Errorf("%s %s: %s has no line %q any more; look how long its Stop waits now", gonb, module.Version, patientFile, impatientLine)
	}
	if err := os.WriteFile(path, []byte(patient), 0o644); err != nil {
		return "", err
	}
	return folder, os.Rename(fresh, folder)
}
