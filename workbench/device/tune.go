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
	// tuneVariable switches all tuning off when it is 0: the allocator's here, XLA's flags in Open.
	tuneVariable = "CLIPBENCH_TUNE"
	// tunedVariable marks a process that was re-executed, so that none is re-executed twice.
	tunedVariable = "CLIPBENCH_TUNED"

	tunablesVariable = "GLIBC_TUNABLES"
	hugeTunable      = "glibc.malloc.hugetlb"

	hugePagesFile = "/sys/kernel/mm/transparent_hugepage/enabled"
)

// Tuning says whether this process's allocator uses huge pages, and why.
type Tuning struct {
	On  bool   `json:"on"`
	Why string `json:"why"`
}

// Tune re-executes the program once with GLIBC_TUNABLES=glibc.malloc.hugetlb=1, which glibc reads only
// while a process starts. XLA's CPU plugin maps and unmaps its temporary buffer in every step; with huge
// pages the kernel's share of that is a third of what it was (docs/results.md).
//
// The process keeps its id, arguments and open standard streams, and everything else in it is lost: call
// Tune before any work, in the verbs that open a device. It returns only in the process that goes on.
// What the user has set in GLIBC_TUNABLES stays, and CLIPBENCH_TUNE=0 leaves everything as it is.
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
		return Tuning{Why: "not re-executed with " + hugeTunable + "=1 yet"}
	}
	return t
}

// process is what Tune decides by.
type process struct {
	getenv    func(string) string
	linux     bool
	xla       bool   // built in
	plugin    bool   // a CPU plugin is there to gain from it
	underTest bool   // a test binary: exec would run its tests again
	traced    bool   // under a debugger, which would lose its grip
	hugePages string // the kernel's setting: always, madvise, never, or "" where it has none
}

func thisProcess() process {
	p := process{
		getenv: os.Getenv, linux: runtime.GOOS == "linux", xla: HasXLA,
		underTest: testing.Testing(), traced: traced(), hugePages: hugePages(),
	}
	for _, plugin := range pjrt.Find(pjrt.Here()) {
		p.plugin = p.plugin || plugin.Kind == pjrt.CPU
	}
	return p
}

// plan says how things stand, and whether to re-execute.
func (p process) plan() (t Tuning, again bool) {
	switch tunables := p.getenv(tunablesVariable); {
	case p.getenv(tuneVariable) == "0":
		return Tuning{Why: tuneVariable + "=0"}, false
	case strings.Contains(tunables, hugeTunable+"=1") || strings.Contains(tunables, hugeTunable+"=2"):
		return Tuning{On: p.hugePages != "never", Why: tunablesVariable + "=" + tunables}, false
	case strings.Contains(tunables, hugeTunable):
		return Tuning{Why: "switched off by " + tunablesVariable}, false
	case p.getenv(tunedVariable) != "":
		return Tuning{Why: "re-executed, and " + tunablesVariable + " did not come through"}, false
	case !p.linux || !p.xla || !p.plugin:
		return Tuning{Why: "only XLA's CPU plugin on Linux gains from it"}, false
	case p.hugePages == "never" || p.hugePages == "":
		return Tuning{Why: "the kernel gives no huge pages"}, false
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
	tunables := hugeTunable + "=1"
	if have := p.getenv(tunablesVariable); have != "" {
		tunables = have + ":" + tunables
	}
	kept := slices.DeleteFunc(slices.Clone(environment), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return name == tunablesVariable || name == tunedVariable
	})
	return append(kept, tunablesVariable+"="+tunables, tunedVariable+"=1")
}

// tuning says whether the user lets this package set anything.
func tuning() bool { return os.Getenv(tuneVariable) != "0" }

// mergeFlags adds to XLA_FLAGS those flags whose name is not in it yet.
func mergeFlags(have string, flags []string) string {
	for _, flag := range flags {
		name, _, _ := strings.Cut(flag, "=")
		if !strings.Contains(have, name) {
			have = strings.TrimSpace(have + " " + flag)
		}
	}
	return have
}

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
