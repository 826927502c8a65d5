// Package programs keeps the programs that XLA compiled on disk, so that a graph is compiled once on a machine and not once in
// every process: each cell of a notebook is a process.
//
// PJRT, XLA's interface, can serialize a compiled program and load it again; go-xla does not offer it. So the plugin is loaded
// here, with its one function for compiling replaced, and handed to go-xla.
package programs

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Store is a folder of compiled programs. Each file is named by all that its program depends on, and begins with the SHA-256 of
// the rest. Processes may share it: files appear whole, none is removed that was touched just now, and one that is broken or
// gone is compiled again. A disk that fails costs time and nothing else, so no error is reported.
type Store struct {
	Dir   string
	Limit int64  // bytes; the idle programs unused for longest make room
	On    string // what a program depends on besides its text: plugin, flags, processor
}

// freshPrefix begins the name of a file that is being written.
const freshPrefix = ".fresh-"

// idle is how long nobody has touched a file that may be removed: to write or to read one takes a second at most.
const idle = 10 * time.Minute

// key names the program of these parts.
func (s *Store) key(parts ...[]byte) string {
	hash := sha256.New()
	for _, part := range append([][]byte{[]byte(s.On)}, parts...) {
		hash.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(part))))
		hash.Write(part)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// get reads a program. It is nil if there is none, or a broken one.
func (s *Store) get(key string) []byte {
	path, now := filepath.Join(s.Dir, key), time.Now()
	_ = os.Chtimes(path, now, now) // first: what was touched just now is not removed, and what is open can be read to its end
	content, err := os.ReadFile(path)
	if err != nil || len(content) <= sha256.Size {
		return nil
	}
	program := content[sha256.Size:]
	if sha256.Sum256(program) != [sha256.Size]byte(content) {
		return nil
	}
	return program
}

// put keeps a program.
func (s *Store) put(key string, program []byte) {
	if os.MkdirAll(s.Dir, 0o700) != nil {
		return
	}
	fresh, err := os.CreateTemp(s.Dir, freshPrefix+"*")
	if err != nil {
		return
	}
	sum := sha256.Sum256(program)
	_, err = fresh.Write(append(sum[:], program...))
	if closed := fresh.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(fresh.Name(), filepath.Join(s.Dir, key))
	}
	if err != nil {
		_ = os.Remove(fresh.Name())
		return
	}
	s.tidy()
}

// tidy removes what killed processes left half written, and of the programs those unused for longest until the rest is within
// the limit. What is not idle stays in any case: another process may be at it.
func (s *Store) tidy() {
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return
	}
	var removable []fs.FileInfo
	var total int64
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		total += info.Size()
		if time.Since(info.ModTime()) > idle {
			removable = append(removable, info)
		}
	}
	slices.SortFunc(removable, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	for _, file := range removable {
		left := strings.HasPrefix(file.Name(), freshPrefix)
		if (left || total > s.Limit) && os.Remove(filepath.Join(s.Dir, file.Name())) == nil {
			total -= file.Size()
		}
	}
}
