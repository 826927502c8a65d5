package checkpoint

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"clipbench/workbench/checkpoint/tensorfile"

	"github.com/gomlx/compute/dtypes"
)

const saverRoot = "CLIPBENCH_TEST_SAVE_INTO"

// TestSaveForever is the child process of the test below: it saves one step after the other until it is killed.
func TestSaveForever(t *testing.T) {
	root := os.Getenv(saverRoot)
	if root == "" {
		t.Skip("runs as the child of TestAKillInTheMiddleOfASaveLeavesNoHalf")
	}
	saver := Saver{
		Root: root, Retention: Retention{Keep: 1, Monitor: "none"},
		Written: func(path string, _ Meta) { fmt.Println("saved", filepath.Base(path)) },
	}
	for round := 0; ; round++ {
		step := round/2 + 1 // each step twice, the second replacing the first
		values := make([]byte, 1<<20)
		for i := range values {
			values[i] = byte(step)
		}
		s := Snapshot{Meta: Meta{Step: step}, Tensors: map[string]tensorfile.Tensor{"/weights": tensorfile.New(dtypes.Uint8, []int{len(values)}, values)}}
		if err := saver.Save(s); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAKillInTheMiddleOfASaveLeavesNoHalf(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	root := t.TempDir()
	for range 12 {
		promised := killed(t, root, time.Duration(r.IntN(40))*time.Millisecond)
		s, skipped, err := Newest(root)
		if errors.Is(err, os.ErrNotExist) && promised == 0 {
			continue
		}
		if err != nil || len(skipped) > 0 || s.Meta.Step < promised {
			t.Fatalf("after a kill: newest %+v, skipped %v, error %v; step %d had been saved", s, skipped, err, promised)
		}
		values := make([]byte, 1<<20)
		if err := s.Tensors["/weights"].Read(values); err != nil || values[0] != byte(s.Meta.Step) || values[len(values)-1] != byte(s.Meta.Step) {
			t.Errorf("step %d holds the values of %d, %v", s.Meta.Step, values[0], err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		everyFolderIsWhole(t, root)
	}
}

// killed runs the child, kills it some time after its first save, and returns the last step it had saved.
func killed(t *testing.T, root string, after time.Duration) int {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestSaveForever$", "-test.v")
	child.Env = append(os.Environ(), saverRoot+"="+root)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	last := 0
	var timer *time.Timer
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, err := fmt.Sscanf(lines.Text(), "saved %d", &last); err == nil && timer == nil {
			timer = time.AfterFunc(after, func() { _ = child.Process.Kill() })
		}
	}
	_ = child.Wait()
	if timer == nil {
		t.Fatal("the child saved nothing")
	}
	return last
}

func everyFolderIsWhole(t *testing.T, root string) {
	t.Helper()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err != nil {
			continue
		}
		s, err := Load(filepath.Join(root, e.Name()))
		if err != nil {
			t.Errorf("a half is there: %v", err)
			continue
		}
		_ = s.Close()
	}
}
