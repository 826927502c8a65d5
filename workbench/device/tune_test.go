package device

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTuneReExecutesOnceAndOnlyWhereItHelps(t *testing.T) {
	good := func() process {
		return process{linux: true, xla: true, plugin: true}
	}
	for _, tc := range []struct {
		name   string
		env    map[string]string
		change func(*process)
		on     bool
		again  bool
	}{
		{"a plain start", nil, func(*process) {}, false, true},
		{"re-executed", map[string]string{tunablesVariable: tunables, tunedVariable: "1"}, func(*process) {}, true, false},
		{"re-executed in vain", map[string]string{tunedVariable: "1"}, func(*process) {}, false, false},
		{"the user's own", map[string]string{tunablesVariable: "glibc.malloc.hugetlb=0"}, func(*process) {}, false, false},
		{"other tunables", map[string]string{tunablesVariable: "glibc.pthread.rseq=1"}, func(*process) {}, false, true},
		{"switched off", map[string]string{tuneVariable: "0"}, func(*process) {}, false, false},
		{"another system", nil, func(p *process) { p.linux = false }, false, false},
		{"built without XLA", nil, func(p *process) { p.xla = false }, false, false},
		{"no plugin", nil, func(p *process) { p.plugin = false }, false, false},
		{"in tests", nil, func(p *process) { p.underTest = true }, false, false},
		{"under a debugger", nil, func(p *process) { p.traced = true }, false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := good()
			p.getenv = func(name string) string { return tc.env[name] }
			tc.change(&p)
			got, again := p.plan()
			if got.On != tc.on || again != tc.again {
				t.Errorf("got %+v, again %v; want on %v, again %v", got, again, tc.on, tc.again)
			}
			if got.Why == "" && !again {
				t.Error("no reason given")
			}
		})
	}
}

func TestTuneReplacesItsVariables(t *testing.T) {
	have := []string{"A=1", tunablesVariable + "=glibc.pthread.rseq=1", tunedVariable + "=", "B=2"}
	p := process{getenv: func(string) string { return "glibc.pthread.rseq=1" }}
	got := strings.Join(p.next(have), " ")
	want := "A=1 B=2 " + tunablesVariable + "=glibc.pthread.rseq=1:" + tunables + " " + tunedVariable + "=1"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestTuneKeepsProcessAndArguments builds a small program and starts it as a user would.
func TestTuneKeepsProcessAndArguments(t *testing.T) {
	if tuning, again := thisProcessOutsideTests().plan(); !again {
		t.Skip("nothing to tune here: " + tuning.Why)
	}
	program := filepath.Join(t.TempDir(), "tuned")
	if out, err := exec.Command("go", "build", "-o", program, "./testdata/tuned").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "two", "arguments here")
	cmd.Env = append(os.Environ(), tunedVariable+"=", tunablesVariable+"=")
	cmd.Stdin = strings.NewReader("input")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	started := fmt.Sprintf("process %d started\n", cmd.Process.Pid)
	want := started + started + "arguments [two arguments here], input \"input\", tuned true\n" // two lives
	if string(out) != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
}

func thisProcessOutsideTests() process {
	p := thisProcess()
	p.underTest = false
	return p
}
