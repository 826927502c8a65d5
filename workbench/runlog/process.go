package runlog

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// Process names one process well enough to ask later whether it still lives: a pid alone may have been given to
// another process since, and means nothing in another container.
type Process struct {
	Host      string `json:"host"`
	PID       int    `json:"pid"`
	Start     uint64 `json:"pid_start,omitempty"`     // clock ticks from boot to its start; Linux only
	Namespace string `json:"pid_namespace,omitempty"` // Linux only
	Boot      string `json:"boot,omitempty"`          // of the kernel, another one after each start of a machine; Linux only
}

// thisProcess is the calling process.
func thisProcess() Process {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	namespace, _ := os.Readlink("/proc/self/ns/pid") // absent outside Linux, as is the next
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return Process{
		Host: host, PID: os.Getpid(), Start: startOf(os.Getpid()), Namespace: namespace, Boot: string(bytes.TrimSpace(boot)),
	}
}

// startOf reads when a process began from /proc/<pid>/stat; 0 if that cannot be known.
func startOf(pid int) uint64 {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The second field is the command in brackets and may hold anything; the 22nd is the start.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 20 || string(fields[0]) == "Z" {
		return 0
	}
	start, err := strconv.ParseUint(string(fields[19]), 10, 64)
	if err != nil {
		return 0
	}
	return start
}

// Life is what can be known of a process from here.
type Life int

// A process is alive, gone, or out of sight: on another host (or on one of the same name, or this one before it was
// started anew), or in another container.
const (
	OutOfSight Life = iota
	Alive
	Gone
)

// Life looks whether p still runs.
func (p Process) Life() Life {
	if p.PID <= 0 || !p.near(thisProcess()) {
		return OutOfSight
	}
	if err := syscall.Kill(p.PID, 0); err != nil && !errors.Is(err, syscall.EPERM) {
		return Gone
	}
	if p.Start != 0 && startOf(p.PID) != p.Start {
		return Gone
	}
	return Alive
}

// near reports whether the pids of p and of here are of one kind.
func (p Process) near(here Process) bool {
	return p.Host == here.Host && p.Namespace == here.Namespace && (p.Boot == "" || p.Boot == here.Boot)
}

// String is how a message names the process.
func (p Process) String() string { return fmt.Sprintf("process %d on %s", p.PID, p.Host) }
