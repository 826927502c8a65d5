package runlog

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

// TestLifeOfAProcess asks about this process, one that is dead, and records of this pid that mean another process.
func TestLifeOfAProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the start of a process is read on Linux only")
	}
	dead := exec.Command("true")
	check(dead.Run())
	this := thisProcess()
	with := func(change func(p *Process)) Process {
		p := this
		change(&p)
		return p
	}
	for _, tc := range []struct {
		name string
		p    Process
		want Life
	}{
		{"this one", this, Alive},
		{"a record of an older version, without the kernel's boot", with(func(p *Process) { p.Boot = "" }), Alive},
		{"dead", with(func(p *Process) { p.PID = dead.Process.Pid }), Gone},
		{"its pid was given to another process", with(func(p *Process) { p.Start-- }), Gone},
		{"the same host, started anew, or another of its name", with(func(p *Process) { p.Boot = "other" }), OutOfSight},
		{"another host", with(func(p *Process) { p.Host = "other" }), OutOfSight},
		{"another container", with(func(p *Process) { p.Namespace = "pid:[1]" }), OutOfSight},
		{"nothing known", Process{}, OutOfSight},
		{"a pid of no process", with(func(p *Process) { p.PID = -1 }), OutOfSight},
	} {
		if got := tc.p.Life(); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

// TestZombieIsGone has a writer that was killed and whose parent has not yet asked how it ended.
func TestZombieIsGone(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the start of a process is read on Linux only")
	}
	cmd := exec.Command("sleep", "60")
	check(cmd.Start())
	p := thisProcess()
	p.PID, p.Start = cmd.Process.Pid, startOf(cmd.Process.Pid)
	if p.Life() != Alive {
		t.Fatal("it was not alive")
	}
	check(cmd.Process.Kill())
	for deadline := time.Now().Add(10 * time.Second); p.Life() != Gone; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a zombie counts as alive")
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Error("it ended by itself")
	}
}

func TestHostOfARunDecidesOnlyForItsOwnProcesses(t *testing.T) {
	root := t.TempDir()
	w := must(Create(root, "a", Info{}, nil))
	check(w.Status(Status{State: Running, Next: time.Hour}))
	defer w.Close(Status{}) //nolint:errcheck // its folder is the test's
	path := root + "/a/run.json"
	run := must(Open(root + "/a"))
	run.Info.Host, run.Info.PID = "elsewhere", 1<<22-1
	check(replaceJSON(path, run.Info, false))
	if run = must(Open(root + "/a")); run.State != Running || run.Life != OutOfSight {
		t.Errorf("a run on another host: %s, %v", run.State, run.Life)
	}
	run.Info.Host = must(os.Hostname())
	check(replaceJSON(path, run.Info, false))
	if run = must(Open(root + "/a")); run.State != Crashed {
		t.Errorf("a pid that this host does not have: %s", run.State)
	}
}
