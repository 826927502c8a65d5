//go:build !linux

package runlog

import (
	"os"
	"testing"
)

// asNobody runs f unless the tests are root's, who could read everything.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("root may read and write everything; run the tests as another user")
	}
	f()
}
