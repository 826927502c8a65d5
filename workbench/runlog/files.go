package runlog

import (
	"fmt"
	"os"
	"syscall"
)

// OpenFile opens an ordinary file for reading; whatever else has the name is an error. A pipe that nobody writes to does
// not stop it.
func OpenFile(path string) (*os.File, os.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, explain(path, err)
	}
	stat, err := f.Stat()
	err = explain(path, err)
	if err == nil && !stat.Mode().IsRegular() {
		err = fmt.Errorf("%s: not an ordinary file", path)
	}
	if err != nil {
		_ = f.Close()
		return nil, nil, err
	}
	return f, stat, nil
}
