package emoji

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestExplainWriteSaysWhatToDo(t *testing.T) {
	other := errors.New("something else")
	for _, tc := range []struct {
		err  error
		want string
	}{
		{&fs.PathError{Op: "write", Path: "/x/a", Err: syscall.ENOSPC}, "/x: the disk is full; free 400 MB there"},
		{&fs.PathError{Op: "mkdir", Path: "/x/a", Err: syscall.EACCES}, "/x: cannot be written to (mkdir /x/a: permission denied)"},
		{&fs.PathError{Op: "mkdir", Path: "/x/a", Err: syscall.EROFS}, "/x: cannot be written to (mkdir /x/a: read-only file system)"},
		{other, "something else"},
	} {
		got := explainWrite("/x", tc.err).Error()
		if !strings.HasPrefix(got, tc.want) || strings.Contains(got, "\n") {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
	if explainWrite("/x", nil) != nil {
		t.Error("no error became one")
	}
}

func TestReplaceFolderIsWholeOrNotAtAll(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "deep", "set")
	put := func(text string, err error) error {
		return replaceFolder(folder, func(fresh string) error {
			return errors.Join(os.WriteFile(filepath.Join(fresh, "file"), []byte(text), 0o644), err)
		})
	}
	if err := put("one", nil); err != nil {
		t.Fatal(err)
	}
	failure := errors.New("failed half-way")
	if err := put("two", failure); !errors.Is(err, failure) {
		t.Fatalf("got %v", err)
	}
	if content, err := os.ReadFile(filepath.Join(folder, "file")); string(content) != "one" {
		t.Errorf("after a failure: %q, %v", content, err)
	}
	killed := folder + ".partial-1"
	long := time.Now().Add(-2 * abandoned)
	if err := errors.Join(os.Mkdir(killed, 0o755), os.Chtimes(killed, long, long)); err != nil {
		t.Fatal(err)
	}
	if err := put("three", nil); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(folder), "*"))
	if content, err := os.ReadFile(filepath.Join(folder, "file")); string(content) != "three" || len(left) != 1 {
		t.Errorf("in the end: %q, %v, folders %v", content, err, left)
	}
}

func TestDirFollowsTheEnvironment(t *testing.T) {
	t.Setenv(dataVariable, "/sets")
	if got, err := Dir(); got != filepath.Join("/sets", "emoji") || err != nil {
		t.Errorf("Dir() = %s, %v", got, err)
	}
	t.Setenv(dataVariable, "")
	if got, err := Dir(); !strings.HasSuffix(got, filepath.Join("clipbench", "data", "emoji")) || err != nil {
		t.Errorf("Dir() = %s, %v", got, err)
	}
}
