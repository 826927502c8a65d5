package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// terminal is a tmux session that a test types into and reads from.
type terminal struct {
	t      *testing.T
	socket string
}

// openTerminal starts a command line in a terminal of 120 by 40 cells.
func openTerminal(t *testing.T, commandLine string) terminal {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("needs tmux")
	}
	s := terminal{t, fmt.Sprintf("clipbench-%d", os.Getpid())}
	s.tmux("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40", commandLine+"; echo status=$?; sleep 600")
	t.Cleanup(func() { _ = exec.Command("tmux", "-L", s.socket, "kill-server").Run() })
	return s
}

func (s terminal) tmux(args ...string) string {
	s.t.Helper()
	out, err := child("tmux", append([]string{"-L", s.socket}, args...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// shows waits until the screen has a pattern, and returns its first group.
func (s terminal) shows(pattern string) string {
	s.t.Helper()
	re, found := regexp.MustCompile(pattern), []string(nil)
	defer func() {
		if s.t.Failed() {
			s.t.Logf("the screen:\n%s", s.tmux("capture-pane", "-p"))
		}
	}()
	awaits(s.t, pattern+" on the screen", func() bool {
		found = re.FindStringSubmatch(s.tmux("capture-pane", "-p"))
		return found != nil
	})
	return found[len(found)-1]
}

func TestWatchedTrainingGoesOnWhenTheDashboardIsLeft(t *testing.T) {
	runs := filepath.Join(t.TempDir(), "runs")
	run := filepath.Join(runs, "tiny")
	s := openTerminal(t, program+" "+commandLine(trainArgs(runs, "--watch", "trainer.max_steps=100000", "trainer.val_check_interval=100000")))
	s.shows(`tiny[\s\S]*loss`)
	s.tmux("send-keys", "q")
	pid, err := strconv.Atoi(s.shows(`tiny goes on in process (\d+)`))
	if err != nil {
		t.Fatal(err)
	}
	s.shows(`status=0`)
	metrics := metricsOf(t, run)
	last := int(metrics[len(metrics)-1]["step"].(float64))
	awaits(t, "further steps without the dashboard", func() bool { return stepReached(run, last+3) })
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	awaits(t, "the stop", func() bool {
		status, _ := os.ReadFile(filepath.Join(run, "status.json"))
		return strings.Contains(string(status), `"stopped"`)
	})
}

func TestWatchedTrainingThatCannotBeginSaysWhy(t *testing.T) {
	s := openTerminal(t, program+" "+commandLine(trainArgs(t.TempDir(), "--watch", "model.data.train.dataset_path=[nowhere]")))
	s.shows(`clipbench: nowhere: no such data`)
	s.shows(`status=1`)
}
