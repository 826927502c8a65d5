package workbench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestABarCountsOnATerminalAndLeavesNothing(t *testing.T) {
	var out strings.Builder
	b := NewBar(&out)
	b.Count("pictures", 10, 30)
	if out.Len() > 0 {
		t.Fatalf("in a pipe it says %q", out.String())
	}
	b.terminal = true
	b.Count("pictures", 10, 30)
	b.drawn, b.since = time.Time{}, time.Now().Add(-4*time.Second)
	b.Count("pictures", 20, 30)
	b.Count("pictures", 30, 30)
	b.Close()
	lines := strings.Split(out.String(), "\r\x1b[K")
	if len(lines) != 4 || !strings.HasSuffix(lines[1], "10 of 30 pictures  ? left") || !strings.HasSuffix(lines[2], "20 of 30 pictures  4s left") || lines[3] != "" {
		t.Errorf("it draws %q", lines)
	}
}

func TestEmbeddingIsCounted(t *testing.T) {
	run := tiny(t, t.TempDir(), &recorder{})
	var counted [][2]int
	run.Counted = func(_ string, done, total int) { counted = append(counted, [2]int{done, total}) }
	source, err := OpenSource("emoji-small:train")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.EmbedImages(t.Context(), source); err != nil {
		t.Fatal(err)
	}
	if n := source.Len(); len(counted) != 2 || counted[0] != [2]int{128, n} || counted[1] != [2]int{n, n} {
		t.Errorf("counted %v of %d", counted, n)
	}
}

func TestEmbeddedFilesAreThoseOfTheirSource(t *testing.T) {
	run, dir := tiny(t, t.TempDir(), &recorder{}), t.TempDir()
	source, err := OpenSource("emoji-small:validation-style")
	if err != nil {
		t.Fatal(err)
	}
	source = Head(source, 20)
	var paths []string
	for i := range source.Len() {
		s, err := source.Sample(i)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, filepath.Join(dir, s.Key+".png"))
		if err := os.WriteFile(paths[i], s.Image, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := run.EmbedImages(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	got, err := run.EmbedFiles(t.Context(), paths)
	if err != nil || len(got) != len(want.Images) {
		t.Fatalf("%d rows, %v", len(got), err)
	}
	for i := range got {
		for j := range got[i] {
			if got[i][j] != want.Images[i][j] {
				t.Fatalf("picture %d: %v, of the source %v", i, got[i], want.Images[i])
			}
		}
		if s, _ := source.Sample(i); want.Captions[i] != s.Captions[0] {
			t.Errorf("picture %d is called %q, want %q", i, want.Captions[i], s.Captions[0])
		}
	}
}
