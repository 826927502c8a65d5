package runlog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// lock takes the folder for one writer. The kernel gives it back when the process ends, however it ends.
// The lock's file names its holder; where the file system has no locks, that name alone decides.
func lock(dir string) (*os.File, error) {
	path := filepath.Join(dir, "writer.lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, explain(path, err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	holder := holderOf(f)
	locked := err == nil || !errors.Is(err, syscall.EWOULDBLOCK) && holder.Life() != Alive
	if !locked {
		_ = f.Close()
		return nil, fmt.Errorf("%s: %s is writing this run; wait for it, stop it, or use another name", dir, holder)
	}
	if err := writeHolder(f); err != nil {
		_ = f.Close()
		return nil, explain(path, err)
	}
	return f, nil
}

// holderOf reads who took the lock; a holder that cannot be read is a process without a name.
func holderOf(f *os.File) Process {
	var p Process
	if err := json.NewDecoder(io.NewSectionReader(f, 0, 1<<16)).Decode(&p); err != nil {
		return Process{Host: "an unknown host"}
	}
	return p
}

// writeHolder names the calling process in the lock's file.
func writeHolder(f *os.File) error {
	b, err := json.Marshal(thisProcess())
	if err != nil {
		return err
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt(append(b, '\n'), 0)
	return err
}
