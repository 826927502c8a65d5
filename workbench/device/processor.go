package device

import (
	"os"
	"strings"
)

// processorIdentity is what tells processors with different instructions apart: the lines of the first one in /proc/cpuinfo that
// name it and what it can do. It is "" where there is no such file.
func processorIdentity() string {
	content, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(content), "\n\n")
	var identity strings.Builder
	for line := range strings.Lines(first) {
		name, _, _ := strings.Cut(line, "\t")
		switch name {
		case "vendor_id", "cpu family", "model", "model name", "stepping", "flags":
			identity.WriteString(line)
		}
	}
	return identity.String()
}
