package runlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drain polls until there is nothing more and takes all in.
func drain(t interface{ Fatal(...any) }, tail *Tail, h *History) {
	for {
		b, err := tail.Poll(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		h.Add(b)
		if !b.More {
			return
		}
	}
}

// dump writes a history down, so that two can be compared.
func dump(h *History) string {
	var s strings.Builder
	for row := range h.Len() {
		fmt.Fprintf(&s, "%d %v %v %v\n", h.Step(row), h.Samples(row), h.Epoch(row), h.Time(row))
	}
	for _, c := range h.Columns() {
		fmt.Fprintf(&s, "%q", c.Name)
		for i := range c.Len() {
			fmt.Fprintf(&s, " %d:%v", c.Row(i), c.Value(i))
		}
		r := c.Range(0, c.Len())
		fmt.Fprintf(&s, " [%v %v] bad %d\n", r.Min, r.Max, c.Bads())
	}
	fmt.Fprintf(&s, "%+v", h.Faults)
	return s.String()
}

func readAll(t interface{ Fatal(...any) }, path string) string {
	h := NewHistory()
	drain(t, NewTail(path), h)
	return dump(h)
}

// someFile is a metrics file as a careless world writes it: steps that go back, torn and foreign lines, clocks that jump.
func someFile(t *rapid.T) []byte {
	var text []byte
	step := 0
	for range rapid.IntRange(0, 60).Draw(t, "lines") {
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			text = append(text, rapid.StringN(0, 20, 40).Draw(t, "junk")...)
			text = append(text, '\n')
			continue
		case 1:
			step = rapid.IntRange(0, step).Draw(t, "back")
		default:
			step += rapid.IntRange(0, 2).Draw(t, "on")
		}
		values := rapid.MapOfN(rapid.SampledFrom([]string{"loss", "lr", "val/top1", "sys/cpu", "größe"}), someValue, 0, 4).Draw(t, "values")
		line, err := appendLine(nil, Step{Step: step, Samples: rapid.IntRange(0, 99).Draw(t, "samples"), Epoch: rapid.Float64Range(0, 9).Draw(t, "epoch")}, values)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, line...)
	}
	return text
}

func TestSplitReadsEqualOneRead(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		text := someFile(t)
		path := filepath.Join(dir, "metrics.jsonl")
		write(t, path, text)
		whole := readAll(t, path)
		write(t, path, nil)
		tail, h := NewTail(path), NewHistory()
		for at := 0; at < len(text); {
			n := rapid.IntRange(1, len(text)-at).Draw(t, "piece")
			extend(t, path, text[at:at+n])
			at += n
			drain(t, tail, h)
		}
		if got := dump(h); got != whole {
			t.Fatalf("in pieces:\n%s\nat once:\n%s", got, whole)
		}
	})
}

func TestTornEndLosesNothingBeforeIt(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		text := someFile(t)
		cut := rapid.IntRange(0, len(text)).Draw(t, "cut")
		end := strings.LastIndexByte(string(text[:cut]), '\n') + 1
		torn, clean := filepath.Join(dir, "torn"), filepath.Join(dir, "clean")
		write(t, torn, text[:cut])
		write(t, clean, text[:end])
		if a, b := readAll(t, torn), readAll(t, clean); a != b {
			t.Fatalf("torn:\n%s\nwithout the torn line:\n%s", a, b)
		}
	})
}

func write(t interface{ Fatal(...any) }, path string, text []byte) {
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

func extend(t interface{ Fatal(...any) }, path string, text []byte) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// numbered are lines of steps from first to last with a loss of ten times the step.
func numbered(first, last int) []byte {
	var text []byte
	for step := first; step <= last; step++ {
		text = fmt.Appendf(text, `{"step":%d,"loss":%d}`+"\n", step, 10*step)
	}
	return text
}

// TestReaderNoticesWhatHappensToItsFile goes through truncation, rotation, rewriting in place, vanishing and return.
func TestReaderNoticesWhatHappensToItsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	tail, h := NewTail(path), NewHistory()
	drain(t, tail, h) // not there yet: nothing, and no error
	check := func(what string, want int) {
		t.Helper()
		drain(t, tail, h)
		if h.Len() != want {
			t.Fatalf("%s: %d rows, want %d", what, h.Len(), want)
		}
	}
	write(t, path, numbered(1, 10))
	check("first", 10)
	write(t, path, numbered(1, 3))
	check("truncated", 3)
	write(t, path, numbered(501, 520))
	check("rewritten longer in place", 20)
	write(t, path+".new", numbered(1, 30))
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	check("rotated", 30)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := tail.Poll(context.Background()); !errors.Is(err, ErrVanished) {
		t.Fatalf("vanished: %v", err)
	}
	if h.Len() != 30 {
		t.Fatalf("what was read is kept: %d rows", h.Len())
	}
	write(t, path, numbered(1, 4))
	check("back again", 4)
}

func TestStepsThatGoBackSupersedeWhatFollowed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.jsonl")
	write(t, path, append(numbered(1, 100), []byte(`{"step":51,"loss":-1}`+"\n"+`{"step":52,"loss":-2}`+"\n")...))
	h := NewHistory()
	drain(t, NewTail(path), h)
	loss := h.Column("loss")
	if h.Len() != 52 || loss.Value(49) != 500 || loss.Value(50) != -1 || h.Faults.Superseded != 50 || h.Faults.Backwards != 1 {
		t.Fatalf("%d rows, %v, %v, %+v", h.Len(), loss.Value(49), loss.Value(50), h.Faults)
	}
}
