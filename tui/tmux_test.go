package tui

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// session is a dashboard in a real terminal: a session of a tmux server of its own.
type session struct {
	t      testing.TB
	socket string
}

// openSession runs the dashboard over root in w by h cells, in colour.
func openSession(t testing.TB, root, run string, w, h int) *session {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed")
	}
	s := &session{t, fmt.Sprintf("clipbench-%d-%d", os.Getpid(), time.Now().UnixNano())}
	t.Cleanup(func() { _ = exec.Command("tmux", "-L", s.socket, "kill-server").Run() }) // it is gone after a quit
	s.tmux("-f", os.DevNull, "new-session", "-d", "-x", fmt.Sprint(w), "-y", fmt.Sprint(h),
		"env", "TERM=tmux-256color", "COLORTERM=truecolor", "LC_ALL=C.UTF-8", "TUI_CHILD=watch", "TUI_ROOT="+root, "TUI_RUN="+run, os.Args[0])
	s.tmux("set", "-g", "status", "off")
	return s
}

func (s *session) tmux(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-L", s.socket}, args...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %v: %v: %s", args, err, out)
	}
	return string(out)
}

// screen is what the terminal shows now, "" if it is gone.
func (s *session) screen() string {
	out, _ := exec.Command("tmux", "-L", s.socket, "capture-pane", "-p").Output() // its error is an empty screen
	return string(out)
}

func (s *session) press(keys ...string) {
	s.t.Helper()
	s.tmux(append([]string{"send-keys"}, keys...)...)
}

// await waits until the screen is as wanted; the wait is as long as a busy machine may need.
func (s *session) await(what string, ok func(screen string) bool) string {
	s.t.Helper()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if screen := s.screen(); ok(screen) {
			return screen
		}
	}
	s.t.Fatalf("not seen within a minute: %s\n%s", what, s.screen())
	return ""
}

func has(text string) func(string) bool {
	return func(screen string) bool { return strings.Contains(screen, text) }
}

// startWriter is another process that writes a run, a step every period, until it is killed or the test ends.
func startWriter(t testing.TB, root, run, period string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TUI_CHILD=write", "TUI_ROOT="+root, "TUI_RUN="+run, "TUI_PERIOD="+period)
	cmd.Stderr = os.Stderr
	check(cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may be gone
		_ = cmd.Wait()
	})
	return cmd
}

// TestInTmuxWithALiveWriterItsDeathAndResizing watches a run that another process writes, sees it grow, sees it die by
// SIGKILL, and holds the screen after every resize against the frame of that size.
func TestInTmuxWithALiveWriterItsDeathAndResizing(t *testing.T) {
	root := t.TempDir()
	writer := startWriter(t, root, "live", "50ms")
	s := openSession(t, root, "", 120, 36)
	first := s.await("the live run", has("live running"))
	s.await("further steps", func(screen string) bool {
		return strings.Contains(screen, "live running") && header(screen) != header(first)
	})
	s.press("2")
	s.await("its charts", has("grad_norm"))

	check(writer.Process.Signal(syscall.SIGKILL))
	_ = writer.Wait() // killed, as it should be
	s.await("its death", has("live crashed"))

	for _, size := range [][2]int{{60, 14}, {200, 50}, {80, 24}, {300, 100}, {120, 36}} {
		s.tmux("resize-window", "-x", fmt.Sprint(size[0]), "-y", fmt.Sprint(size[1]))
		want := trimmed(ansi.Strip(must(Once(t.Context(), root, size[0], size[1], Options{Theme: "dark", View: "charts", Run: "live"}))))
		s.await("the frame of the new size:\n"+want, func(screen string) bool { return trimmed(strings.TrimSuffix(screen, "\n")) == want })
	}
}

// header is the screen's first line.
func header(screen string) string {
	line, _, _ := strings.Cut(screen, "\n")
	return line
}

// TestQuittingLeavesTheRunGoing quits and sees that the run's process lives and writes on, and that the terminal is
// whole again.
func TestQuittingLeavesTheRunGoing(t *testing.T) {
	root := t.TempDir()
	writer := startWriter(t, root, "live", "20ms")
	s := openSession(t, root, "", 80, 24)
	s.await("the live run", has("live"))
	s.press("q")
	for deadline := time.Now().Add(30 * time.Second); s.screen() != "" && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	if screen := s.screen(); screen != "" {
		t.Fatalf("q does not quit:\n%s", screen)
	}
	metrics := filepath.Join(root, "live", "metrics.jsonl")
	before := must(os.Stat(metrics)).Size()
	for deadline := time.Now().Add(30 * time.Second); must(os.Stat(metrics)).Size() == before; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the run stands still")
		}
	}
	check(writer.Process.Signal(syscall.Signal(0)))
}
