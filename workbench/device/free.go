package device

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/shirou/gopsutil/v4/mem"
)

// FreeMemory is how many bytes this process may still take before the system ends it or others: what the machine has
// available, or less where a cgroup, such as a container's, allows less.
func FreeMemory() (int, error) {
	machine, err := mem.VirtualMemory()
	if err != nil {
		return 0, fmt.Errorf("memory of the machine: %w", err)
	}
	return min(int(machine.Available), freeInCgroups(os.DirFS("/"))), nil
}

// memoryFiles are where one version of cgroups says what a group may take, has taken, and could give back of it.
type memoryFiles struct{ root, limit, usage, reclaimable string }

// cgroups are the two versions, by the controllers in the group's line of /proc/self/cgroup.
var cgroups = map[string]memoryFiles{
	"":       {"sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"},
	"memory": {"sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"},
}

// freeInCgroups is the least that this process's groups and those above them leave; MaxInt where none has a bound.
func freeInCgroups(system fs.FS) int {
	free := math.MaxInt
	groups, _ := fs.ReadFile(system, "proc/self/cgroup") // there is none outside Linux
	for line := range strings.Lines(string(groups)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3) // number:controllers:path
		if len(fields) < 3 {
			continue
		}
		files, ok := cgroups[fields[1]]
		if !ok {
			continue
		}
		for at := fields[2]; ; at = path.Dir(at) {
			free = min(free, files.free(system, path.Join(files.root, at)))
			if at == "/" || at == "." {
				break
			}
		}
	}
	return free
}

// free is what a group leaves. A container may not see the groups above its own: a missing file bounds nothing.
func (f memoryFiles) free(system fs.FS, group string) int {
	limit, bounded := number(system, path.Join(group, f.limit))
	usage, known := number(system, path.Join(group, f.usage))
	if !bounded || !known {
		return math.MaxInt
	}
	stat, _ := fs.ReadFile(system, path.Join(group, "memory.stat"))
	for lines := bufio.NewScanner(bytes.NewReader(stat)); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), f.reclaimable+" "); ok {
			n, _ := strconv.Atoi(value)
			usage -= n
		}
	}
	return max(0, limit-usage)
}

// number reads a file of one number; false where there is none, as in memory.max of "max".
func number(system fs.FS, file string) (int, bool) {
	text, err := fs.ReadFile(system, file)
	if err != nil {
		return 0, false
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	return n, err == nil
}
