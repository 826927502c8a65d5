package live

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"clipbench/workbench/runlog"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// readLog polls a run's log until nothing more comes.
func readLog(s *Store, r *Run) []runlog.LogLine {
	for {
		if r.Log != nil {
			r.Log.due = time.Time{}
		}
		job := s.LogJob(r)
		before := r.Log.offset
		s.Take(job())
		if r.Log.offset == before {
			return r.Log.Lines
		}
	}
}

func storeOf(dir string) (*Store, *Run) {
	s := NewStore(context.Background(), dir, time.Now)
	return s, &Run{Run: &runlog.Run{Dir: dir, Name: "run"}, clock: time.Now}
}

func lineOf(i int) string {
	return fmt.Sprintf("2026-11-24T09:00:00.%03dZ WARN  %d line %d", i%1000, i, i)
}

// TestLogReadInPiecesEqualsReadAtOnce writes a log in random pieces, which tear lines, and polls between them.
func TestLogReadInPiecesEqualsReadAtOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "log.txt")
		var all strings.Builder
		for i := range rapid.IntRange(0, 30).Draw(rt, "lines") {
			all.WriteString(lineOf(i) + "\n" + strings.Repeat("    more\n", rapid.IntRange(0, 2).Draw(rt, "more")))
		}
		s, r := storeOf(dir)
		rest := all.String()
		for rest != "" {
			n := rapid.IntRange(1, len(rest)).Draw(rt, "piece")
			f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
			check(err)
			_, err = f.WriteString(rest[:n])
			check(err)
			check(f.Close())
			rest = rest[n:]
			readLog(s, r)
		}
		var got strings.Builder
		if r.Log != nil {
			for _, l := range r.Log.Lines {
				if l.Time.IsZero() {
					got.WriteString(l.Text + "\n")
					continue
				}
				fmt.Fprintf(&got, "%s %-5s %d %s\n", l.Time.Format("2006-01-02T15:04:05.000Z"), l.Level, l.Step, l.Text)
			}
		}
		if got.String() != all.String() {
			rt.Fatalf("read\n%swant\n%s", got.String(), all.String())
		}
	})
}

func TestLogBegunAnewIsReadAnew(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "log.txt")
	check(os.WriteFile(path, []byte(lineOf(1)+"\n"+lineOf(2)+"\n"), 0o644))
	s, r := storeOf(dir)
	if n := len(readLog(s, r)); n != 2 {
		t.Fatalf("%d lines, want 2", n)
	}
	check(os.WriteFile(path, []byte(lineOf(7)+"\n"), 0o644))
	if lines := readLog(s, r); len(lines) != 1 || lines[0].Step != 7 {
		t.Errorf("read %v, want the line of step 7", lines)
	}
}

// TestOnlyTheEndOfAVastLogIsKept writes 20 MB.
func TestOnlyTheEndOfAVastLogIsKept(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	n := 0
	for ; b.Len() < 20<<20; n++ {
		b.WriteString(lineOf(n) + "\n")
	}
	check(os.WriteFile(filepath.Join(dir, "log.txt"), []byte(b.String()), 0o644))
	s, r := storeOf(dir)
	lines := readLog(s, r)
	if last := lines[len(lines)-1].Step; last != n-1 || !r.Log.Skipped || len(lines) > n/2 {
		t.Errorf("%d of %d lines, the last of step %d, skipped %v", len(lines), n, last, r.Log.Skipped)
	}
	for i := 1; i < len(lines); i++ {
		if lines[i].Step != lines[i-1].Step+1 {
			t.Fatalf("step %d follows step %d", lines[i].Step, lines[i-1].Step)
		}
	}
}
