package device

import (
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"clipbench/workbench/device/pjrt"
)

const (
	// tuneVariable switches all tuning off when it is 0: the allocator's here, XLA's options and the keeping of programs in Open.
	tuneVariable = "CLIPBENCH_TUNE"
	// tunedVariable marks a process that was re-executed, so that none is re-executed twice.
	tunedVariable = "CLIPBENCH_TUNED"

	// tunables make glibc's allocator use huge pages, and keep XLA's buffers from step to step in one
	// heap where it would otherwise map, zero and unmap them each time. What is freed stays with the
	// process, up to 8 GiB of it: memory use is that of the largest moment.
	tunables = "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1:glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=8589934592"

	tunablesVariable = "GLIBC_TUNABLES"
	mallocTunables   = "glibc.malloc."

	hugePagesFile = "/sys/kernel/mm/transparent_hugepage/enabled"
)

// Tunables is the variable, and its value, that set glibc's allocator for XLA in a process that starts with them: what Tune
// does, for programs that somebody else starts.
func Tunables() (name, value string) { return tunablesVariable, tunables }

// Tuning says whether this process's allocator is set for XLA, and why.
type Tuning struct {
	On  bool   `json:"on"`
	Why string `json:"why"`
}

// Tune re-executes the program once with GLIBC_TUNABLES set, which glibc reads only while a process
// starts: XLA's CPU plugin allocates and frees its temporary buffer in every step, and with these settings
// that costs next to nothing (docs/results.md).
//
// The process keeps its id, arguments and standard streams, and everything else in it is lost: call Tune
// before any work, in the verbs that open a device. It returns only in the process that goes on. Settings
// of the user's own for glibc's malloc are left alone, and CLIPBENCH_TUNE=0 switches all of this off.
func Tune() Tuning {
	p := thisProcess()
	t, again := p.plan()
	if !again {
		return t
	}
	program, err := os.Executable()
	if err != nil {
		return Tuning{Why: "the program's own path is not known: " + err.Error()}
	}
	return Tuning{Why: "re-executing failed: " + syscall.Exec(program, os.Args, p.next(os.Environ())).Error()}
}

// TuningHere says what Tune has done for this process, or would do, without doing it.
func TuningHere() Tuning {
	t, again := thisProcess().plan()
	if again {
		return Tuning{Why: "this process was not re-executed with " + tunablesVariable}
	}
	return t
}

// process is what Tune decides by.
type process struct {
	getenv    func(string) string
	linux     bool
	xla       bool // built in
	plugin    bool // a CPU plugin is there to gain from it
	underTest bool // a test binary: exec would run its tests again
	traced    bool // under a debugger, which would lose its grip
}

func thisProcess() process {
	p := process{
		getenv: os.Getenv, linux: runtime.GOOS == "linux", xla: HasXLA,
		underTest: testing.Testing(), traced: traced(),
	}
	for _, plugin := range pjrt.Find(pjrt.Here()) {
		p.plugin = p.plugin || plugin.Kind == pjrt.CPU
	}
	return p
}

// plan says how things stand, and whether to re-execute.
func (p process) plan() (t Tuning, again bool) {
	switch have := p.getenv(tunablesVariable); {
	case p.getenv(tuneVariable) == "0":
		return Tuning{Why: tuneVariable + "=0"}, false
	case strings.Contains(have, tunables):
		return Tuning{On: true, Why: "huge pages, buffers kept from step to step"}, false
	case strings.Contains(have, mallocTunables):
		return Tuning{Why: tunablesVariable + " is the user's own: " + have}, false
	case p.getenv(tunedVariable) != "":
		return Tuning{Why: "re-executed, and " + tunablesVariable + " did not come through"}, false
	case !p.linux || !p.xla || !p.plugin:
		return Tuning{Why: "only XLA's CPU plugin on Linux gains from it"}, false
	case p.underTest:
		return Tuning{Why: "not in tests"}, false
	case p.traced:
		return Tuning{Why: "not under a debugger"}, false
	}
	return Tuning{}, true
}

// next is the environment of the next life. The two variables are replaced, not appended: of two entries
// with one name the first would count, and the process would be re-executed for ever.
func (p process) next(environment []string) []string {
	value := tunables
	if have := p.getenv(tunablesVariable); have != "" {
		value = have + ":" + tunables
	}
	kept := slices.DeleteFunc(slices.Clone(environment), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return name == tunablesVariable || name == tunedVariable
	})
	return append(kept, tunablesVariable+"="+value, tunedVariable+"=1")
}

// tuning says whether the user lets this package set anything.
func tuning() bool { return os.Getenv(tuneVariable) != "0" }

// traced reports whether a debugger holds this process.
func traced() bool {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return false
	}
	_, after, found := strings.Cut(string(status), "TracerPid:")
	tracer, _, _ := strings.Cut(after, "\n")
	return found && strings.TrimSpace(tracer) != "0"
}

// hugePages is the kernel's setting for transparent huge pages, the word in brackets of
// "always [madvise] never".
func hugePages() string {
	setting, err := os.ReadFile(hugePagesFile)
	if err != nil {
		return ""
	}
	_, after, _ := strings.Cut(string(setting), "[")
	word, _, _ := strings.Cut(after, "]")
	return word
}
