package jupyter

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// pretend makes a repository whose bin/gonb prints what it was started with.
func pretend(t *testing.T) *Lab {
	t.Helper()
	l := &Lab{Root: filepath.Join(t.TempDir(), "repository")}
	if err := os.MkdirAll(filepath.Join(l.Root, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"gonb", "goimports"} {
		script := "#!/bin/sh\npwd\necho \"$@\"\necho $GOEXPERIMENT\ngo env GOFLAGS\n"
		if err := os.WriteFile(filepath.Join(l.Root, "bin", program), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func install(t *testing.T, l *Lab) (said []string) {
	t.Helper()
	if err := l.installKernel(withGoOnly, func(_, line string) { said = append(said, line) }); err != nil {
		t.Fatal(err)
	}
	return said
}

// startKernel starts the kernel as Jupyter does from kernel.json.
func startKernel(t *testing.T, l *Lab) string {
	t.Helper()
	dir := filepath.Join(l.Root, ".jupyter", "kernels", "gonb")
	content, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec kernelSpec
	if err := json.Unmarshal(content, &spec); err != nil {
		t.Fatal(err)
	}
	for i, argument := range spec.Arguments {
		spec.Arguments[i] = strings.NewReplacer("{resource_dir}", dir, "{connection_file}", "connection.json").Replace(argument)
	}
	cmd := exec.Command(spec.Arguments[0], spec.Arguments[1:]...)
	cmd.Dir = t.TempDir()
	out, _ := cmd.CombinedOutput()
	return string(out)
}

func TestKernelStartsInTheRepositoryWhereverThatMoved(t *testing.T) {
	l := pretend(t)
	install(t, l)
	moved := &Lab{Root: filepath.Join(t.TempDir(), "moved and renamed")}
	if err := os.Rename(l.Root, moved.Root); err != nil {
		t.Fatal(err)
	}
	out := startKernel(t, moved)
	for _, want := range []string{moved.Root + "\n", "--kernel connection.json", "-go_work=" + moved.Root, "simd", `'-ldflags=-w -linkmode=internal'`} {
		if !strings.Contains(out, want) {
			t.Errorf("the kernel of the moved repository lacks %q: %s", want, out)
		}
	}
	if said := install(t, moved); len(said) != 0 {
		t.Errorf("nothing is stale, and set-up said %q", said)
	}
}

func TestTheKernelEndsWhenItsServerIsGone(t *testing.T) {
	l := pretend(t)
	install(t, l)
	if err := os.WriteFile(filepath.Join(l.Root, "bin", "gonb"), []byte("#!/bin/sh\nexec sleep 60\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	server := exec.Command("sleep", "60")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	kernel := exec.CommandContext(t.Context(), "sh", filepath.Join(l.Root, ".jupyter", "kernels", "gonb", "start"), "connection.json")
	kernel.Env = append(os.Environ(), fmt.Sprintf("JPY_PARENT_PID=%d", server.Process.Pid))
	kernel.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // as Jupyter starts it
	if err := kernel.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = kernel.Wait() // it is killed
		close(ended)
	}()
	select {
	case <-ended:
		t.Fatal("with its server there the kernel ended")
	case <-time.After(3 * time.Second):
	}
	if err := server.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = server.Wait()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Error("the kernel goes on without its server")
		_ = kernel.Process.Kill()
		<-ended
	}
}

func TestAStaleKernelIsMendedAndSaidSo(t *testing.T) {
	l := pretend(t)
	dir := filepath.Join(l.Root, ".jupyter", "kernels", "gonb")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	stale := `{"argv":["/old/place/bin/gonb","--kernel","{connection_file}","-go_work=/old/place"],"display_name":"Go (gonb)","language":"go"}`
	if err := os.WriteFile(filepath.Join(dir, "kernel.json"), []byte(stale), 0o644); err != nil {
		t.Fatal(err)
	}
	said := install(t, l)
	if len(said) != 1 || !strings.Contains(said[0], "another folder") {
		t.Errorf("set-up said %q", said)
	}
	if out := startKernel(t, l); !strings.Contains(out, "-go_work="+l.Root) {
		t.Errorf("the mended kernel starts so: %s", out)
	}
	if said := install(t, l); len(said) != 0 {
		t.Errorf("the second time set-up said %q", said)
	}
}

func TestAKernelWithoutItsProgramSaysWhatToDo(t *testing.T) {
	l := pretend(t)
	install(t, l)
	if err := os.Remove(filepath.Join(l.Root, "bin", "goimports")); err != nil {
		t.Fatal(err)
	}
	out := startKernel(t, l)
	if !strings.Contains(out, "goimports is missing; run: just lab") || strings.Contains(out, "connection.json") {
		t.Errorf("it said %q", out)
	}
	if reason := kernelsReason("noise\n" + out); !strings.HasSuffix(reason, "run: just lab") {
		t.Errorf("of what it said, %q is told", reason)
	}
}

func TestHereIsTheRepositoryAndNowhereElse(t *testing.T) {
	l, err := Here()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(l.Root, "setup", "jupyter", "execute.py")); err != nil {
		t.Error(err)
	}
	t.Chdir(t.TempDir())
	if _, err := Here(); err == nil || !strings.Contains(err.Error(), "repository") {
		t.Errorf("outside of the repository: %v", err)
	}
}

func TestCellsAreLinkedByGCCWhereGosLinkerCannot(t *testing.T) {
	l := pretend(t)
	for status, want := range map[string]string{"exit 0": withGoOnly, "exit 1": withGCC} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "go"), []byte("#!/bin/sh\n"+status+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
		if got := l.linkerOptions(t.Context()); got != want {
			t.Errorf("with a link that ends in %s: %q, want %q", status, got, want)
		}
	}
}
