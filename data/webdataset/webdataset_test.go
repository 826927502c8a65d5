package webdataset

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The counts of the first cases are open_clip's own tests; the rest follow Python's braceexpand.
func TestExpandBraces(t *testing.T) {
	for _, tc := range []struct {
		pattern string
		count   int
		first   string
		last    string
	}{
		{"shard_{000..009}_{000..009}.tar", 100, "shard_000_000.tar", "shard_009_009.tar"},
		{"a::b_{000..009}", 11, "a", "b_009"},
		{"{a,b}::c", 3, "a", "c"},
		{"x{9..11}", 3, "x9", "x11"},
		{"x{09..11}", 3, "x09", "x11"},
		{"x{3..1}", 3, "x3", "x1"},
		{"x{0..10..5}", 3, "x0", "x10"},
		{"x{a..c}.tar", 3, "xa.tar", "xc.tar"},
		{"{train,val-{0..2}}.tar", 4, "train.tar", "val-2.tar"},
		{"{}", 1, "{}", "{}"},
		{"{one}", 1, "{one}", "{one}"},
		{"{{0..1}}", 2, "{0}", "{1}"},
		{"{a,}b", 2, "ab", "b"},
		{"plain.tar", 1, "plain.tar", "plain.tar"},
	} {
		t.Run(tc.pattern, func(t *testing.T) {
			names, err := Expand(tc.pattern)
			if err != nil || len(names) != tc.count || names[0] != tc.first || names[len(names)-1] != tc.last {
				t.Errorf("%v, %d names: %q", err, len(names), names)
			}
		})
	}
}

func TestExpandRefusals(t *testing.T) {
	for pattern, want := range map[string]string{
		"a{0..9":                     "the brace at character 2 is not closed",
		"{0..9999999}":               "more than 1000000",
		"{0..9999}{0..9999}":         "more than 1000000",
		"{0..9223372036854775807}":   "more than 1000000",
		filepath.Join("no", "*.tar"): "no file matches",
	} {
		if _, err := Expand(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, not %q", pattern, err, want)
		}
	}
}

func FuzzExpand(f *testing.F) {
	for _, seed := range []string{"a{0..3}b", "{a,b{1..2}}", "x::y{01..03}", "{", "}{", "{..}", "{1..2..0}", "{a..z..-3}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		if strings.ContainsAny(pattern, "*?[") || len(pattern) > 60 {
			t.Skip()
		}
		if names, err := Expand(pattern); err == nil && !strings.ContainsAny(pattern, "{:") && !slices.Equal(names, []string{pattern}) {
			t.Errorf("%q became %q", pattern, names)
		}
	})
}

// writeShards writes n samples, four to a shard, and returns the folder.
func writeShards(t testing.TB, n int) string {
	t.Helper()
	dir := t.TempDir()
	w, err := NewWriter(dir, "train", 4)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		err := w.Add(fmt.Sprintf("u%03d", i), map[string][]byte{
			"png":  bytes.Repeat([]byte{byte(i)}, 1000+i),
			"txt":  fmt.Appendf(nil, "caption %d\n", i),
			"json": fmt.Appendf(nil, `{"base":"b%d","tags":["x","y"],"style":"noto"}`, i/2),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func open(t testing.TB, patterns ...string) *Shards {
	t.Helper()
	s, err := Open(patterns...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	dir := writeShards(t, 10)
	s := open(t, filepath.Join(dir, "train-{000000..000002}.tar"))
	if s.Len() != 10 || len(s.Files()) != 3 {
		t.Fatalf("%d samples in %q", s.Len(), s.Files())
	}
	for i := range s.Len() {
		sample, err := s.Sample(i)
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("u%03d", i); sample.Key != want {
			t.Errorf("key %q, not %q", sample.Key, want)
		}
		if !bytes.Equal(sample.Image, bytes.Repeat([]byte{byte(i)}, 1000+i)) {
			t.Errorf("%s: the image differs", sample.Key)
		}
		if want := []string{fmt.Sprintf("caption %d", i)}; !slices.Equal(sample.Captions, want) {
			t.Errorf("captions %q, not %q", sample.Captions, want)
		}
		concept, err := s.Concept(i)
		if want := fmt.Sprintf("b%d", i/2); err != nil || sample.Concept != want || concept != want {
			t.Errorf("concept %q and %q (%v), not %q", sample.Concept, concept, err, want)
		}
		if !slices.Equal(sample.Tags, []string{"x", "y"}) || sample.Meta["style"] != "noto" {
			t.Errorf("tags %q, meta %v", sample.Tags, sample.Meta)
		}
	}
}

func TestShardsAreDeterministic(t *testing.T) {
	sum := func(dir string) (sums []string) {
		for _, file := range open(t, filepath.Join(dir, "*.tar")).Files() {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sums = append(sums, fmt.Sprintf("%x", sha256.Sum256(content)))
		}
		return sums
	}
	if a, b := sum(writeShards(t, 6)), sum(writeShards(t, 6)); !reflect.DeepEqual(a, b) {
		t.Errorf("%q and %q", a, b)
	}
}

func TestDamagedShards(t *testing.T) {
	const header = 512 // of the first member, u000.json; its contents take 512 more
	for _, tc := range []struct {
		name   string
		damage func(content []byte) []byte
		usable int
		want   string
	}{
		{"cut in a member", func(c []byte) []byte { return c[:len(c)-2500] }, 3, "u003.png ends after 572 of 1003 bytes"},
		{"cut in a header", func(c []byte) []byte { return c[:1024+100] }, 0, "cut short after 1124 bytes, behind u000.json"},
		{"a member larger than the shard", func(c []byte) []byte {
			return resized(c, "77777777777")
		}, 0, "u000.json ends after"},
		{"a member smaller than it is", func(c []byte) []byte {
			c = slices.Concat(c[:header], bytes.Repeat([]byte("x"), 1024), c[header+512:])
			return c
		}, 0, "no member begins at byte 1024"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(writeShards(t, 4), "train-000000.tar")
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, tc.damage(content), 0o644); err != nil {
				t.Fatal(err)
			}
			s := open(t, path)
			var last error
			usable := 0
			for i := range s.Len() {
				if _, err := s.Sample(i); err != nil {
					last = err
				} else {
					usable++
				}
			}
			if usable != tc.usable || last == nil || !strings.Contains(last.Error(), tc.want) || !strings.Contains(last.Error(), path) {
				t.Errorf("%d usable, %v; want %d, %q", usable, last, tc.usable, tc.want)
			}
		})
	}
}

// resized lies about the size of the first member, with a correct checksum.
func resized(content []byte, size string) []byte {
	c := bytes.Clone(content)
	copy(c[124:], size)
	copy(c[148:156], "        ")
	sum := 0
	for _, v := range c[:512] {
		sum += int(v)
	}
	copy(c[148:156], fmt.Sprintf("%06o\x00 ", sum))
	return c
}

func TestOpenRefusals(t *testing.T) {
	dir := writeShards(t, 4)
	write := func(name string, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tc := range []struct{ name, pattern, want string }{
		{"one of several is missing", filepath.Join(dir, "train-{000000..000002}.tar"), "stands for 3 files, 1 of them exist"},
		{"missing", filepath.Join(dir, "other.tar"), "no such file"},
		{"empty", write("empty.tar", ""), "is empty"},
		{"short", write("short.tar", "hello"), "has 5 bytes"},
		{"no tar", write("no.tar", strings.Repeat("hello ", 1000)), "is no tar file"},
		{"compressed", write("gz.tar", "\x1f\x8b"+strings.Repeat("z", 600)), "gunzip"},
		{"a folder", dir, "is a folder"},
		{"no samples", write("zero.tar", strings.Repeat("\x00", 1024)), "hold no samples"},
		{"an address", "https://example.org/{0..9}.tar", "from files only"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := Open(tc.pattern); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, not %q", err, tc.want)
			}
		})
	}
}

func TestIncompleteSamples(t *testing.T) {
	dir := t.TempDir()
	w, err := NewWriter(dir, "x", 100)
	if err != nil {
		t.Fatal(err)
	}
	for key, members := range map[string]map[string][]byte{
		"a": {"png": []byte("p"), "txt": []byte("words")},
		"b": {"png": []byte("p")},
		"c": {"txt": []byte("words")},
		"d": {"png": []byte("p"), "json": []byte("{")},
		"e": {"JPG": []byte("p"), "json": []byte(`{"caption":"from json"}`)},
	} {
		if err := w.Add(key, members); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s := open(t, filepath.Join(dir, "x-000000.tar"))
	wants := map[string]string{"b": "has no caption", "c": "has no image", "d": "its json is broken"}
	for i := range s.Len() {
		sample, err := s.Sample(i)
		switch want := wants[sample.Key]; {
		case want == "" && err != nil:
			t.Error(err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, not %q", sample.Key, err, want)
		}
	}
}

func TestWriterRefusesBadKeys(t *testing.T) {
	w, err := NewWriter(t.TempDir(), "x", 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"", "a.b", "a/b.c"} {
		if err := w.Add(key, nil); err == nil {
			t.Errorf("key %q is accepted", key)
		}
	}
}

func FuzzOpen(f *testing.F) {
	shard, err := os.ReadFile(filepath.Join(writeShards(f, 2), "train-000000.tar"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(shard)
	f.Add(shard[:len(shard)-2000])
	f.Add(resized(shard, "00000000777"))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "fuzz.tar")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(path)
		if err != nil {
			return
		}
		for i := range s.Len() {
			_, _ = s.Sample(i)
		}
	})
}
