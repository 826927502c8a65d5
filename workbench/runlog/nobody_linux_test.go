package runlog

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// asNobody runs f with the rights that others have, also where the tests are root's: root could read everything.
// Only f's own goroutine loses its rights.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		f()
		return
	}
	for dir := filepath.Dir(t.TempDir()); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		check(os.Chmod(dir, 0o755)) // the way to the test's folders
	}
	done := make(chan any)
	go func() {
		defer func() { done <- recover() }()
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		if _, err := unix.SetfsuidRetUid(65534); err != nil {
			panic(err)
		}
		f()
	}()
	if p := <-done; p != nil {
		panic(p)
	}
}
