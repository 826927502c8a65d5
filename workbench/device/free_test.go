package device

import (
	"math"
	"testing"
	"testing/fstest"
)

func TestCgroupsBoundWhatIsFree(t *testing.T) {
	files := func(pairs ...string) fstest.MapFS {
		system := fstest.MapFS{}
		for i := 0; i < len(pairs); i += 2 {
			system[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1] + "\n")}
		}
		return system
	}
	for name, tc := range map[string]struct {
		system fstest.MapFS
		want   int
	}{
		"no Linux": {files(), math.MaxInt},
		"version 2, the group above bounds": {files("proc/self/cgroup", "0::/jobs/one",
			"sys/fs/cgroup/jobs/one/memory.max", "max", "sys/fs/cgroup/jobs/one/memory.current", "100",
			"sys/fs/cgroup/jobs/memory.max", "1000", "sys/fs/cgroup/jobs/memory.current", "700",
			"sys/fs/cgroup/jobs/memory.stat", "active_file 60\ninactive_file 50\nfile_mapped 3"), 350},
		"version 1": {files("proc/self/cgroup", "5:cpu,cpuacct:/a\n4:memory:/a",
			"sys/fs/cgroup/memory/a/memory.limit_in_bytes", "500", "sys/fs/cgroup/memory/a/memory.usage_in_bytes", "200",
			"sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712", "sys/fs/cgroup/memory/memory.usage_in_bytes", "400"), 300},
		"a container that sees only its own group": {files("proc/self/cgroup", "0::/docker/abc",
			"sys/fs/cgroup/memory.max", "800", "sys/fs/cgroup/memory.current", "300"), 500},
		"over its bound": {files("proc/self/cgroup", "0::/", "sys/fs/cgroup/memory.max", "800", "sys/fs/cgroup/memory.current", "900"), 0},
	} {
		if got := freeInCgroups(tc.system); got != tc.want {
			t.Errorf("%s: %d bytes are free, want %d", name, got, tc.want)
		}
	}
}
