package runlog

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary be the other process of a test: RUNLOG_CHILD says which.
func TestMain(m *testing.M) {
	switch os.Getenv("RUNLOG_CHILD") {
	case "":
		os.Exit(m.Run())
	case "write":
		childWrites(os.Getenv("RUNLOG_ROOT"))
	case "count":
		childCounts(os.Getenv("RUNLOG_ROOT"))
	case "read":
		childReads(os.Getenv("RUNLOG_ROOT"))
	case "full":
		childFillsItsDisk(os.Getenv("RUNLOG_ROOT"))
	}
}

// child starts this binary as another process over root.
func child(what, root string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "RUNLOG_CHILD="+what, "RUNLOG_ROOT="+root)
	cmd.Stderr = os.Stderr
	return cmd
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// childWrites writes run "a" until it is killed; it says "ready" when it has begun.
func childWrites(root string) {
	w := must(Create(root, "a", Info{}, nil))
	for step := 0; ; step++ {
		check(w.Scalars(Step{Step: step}, map[string]float64{"loss": float64(step)}))
		if step == 10 {
			check(w.Status(Status{State: Running, Step: step, Total: 100}))
			fmt.Println("ready")
		}
		time.Sleep(time.Millisecond)
	}
}

// childFillsItsDisk writes until no more fits, then, given room again, once more.
func childFillsItsDisk(root string) {
	signal.Ignore(syscall.SIGXFSZ)
	w := must(Create(root, "a", Info{}, nil))
	var limit syscall.Rlimit
	check(syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	room := limit.Cur
	limit.Cur = 1000 // bytes in a file: the last line written is torn
	check(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	step := 0
	for w.Scalars(Step{Step: step}, map[string]float64{"loss": 1.25}) == nil {
		step++
	}
	limit.Cur = room
	check(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	check(w.Scalars(Step{Step: step}, map[string]float64{"loss": 2.5}))
	check(w.Close(Status{State: Finished, Step: step}))
}

// childReads reads a metrics file as a viewer does and says how much memory it has taken at most, in MB.
func childReads(path string) {
	h := must(ReadAll(context.Background(), path))
	status := string(must(os.ReadFile("/proc/self/status")))
	for line := range strings.Lines(status) {
		if kB, found := strings.CutPrefix(line, "VmHWM:"); found {
			fmt.Println(must(strconv.ParseFloat(strings.Fields(kB)[0], 64)) / 1e3)
		}
	}
	runtime.KeepAlive(h)
}

// childCounts writes run "a" without a pause and reports every step that it has written.
func childCounts(root string) {
	w := must(Create(root, "a", Info{}, nil))
	for step := 1; ; step++ {
		w.Log(slog.LevelInfo, "step")
		check(w.Scalars(Step{Step: step}, map[string]float64{"loss": float64(step)}))
		fmt.Println(step)
	}
}
