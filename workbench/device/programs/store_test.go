package programs

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestAProgramComesBackUntilItsFileIsBroken(t *testing.T) {
	s := &Store{Dir: filepath.Join(t.TempDir(), "new"), Limit: 1 << 20}
	key := s.key([]byte("text"))
	if got := s.get(key); got != nil {
		t.Errorf("an empty store holds %q", got)
	}
	want := []byte("machine code")
	s.put(key, want)
	if got := s.get(key); !bytes.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	path := filepath.Join(s.Dir, key)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-1] ^= 1
	for _, broken := range [][]byte{flipped, whole[:len(whole)-1], whole[:10], {}} {
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := s.get(key); got != nil {
			t.Errorf("a broken file of %d bytes came back as %q", len(broken), got)
		}
	}
}

func TestTheKeyTellsEverythingApart(t *testing.T) {
	a, b := &Store{On: "plugin a"}, &Store{On: "plugin b"}
	seen := map[string]bool{}
	for _, key := range []string{
		a.key([]byte("text"), []byte("options")), b.key([]byte("text"), []byte("options")),
		a.key([]byte("textop"), []byte("tions")), a.key([]byte("textoptions")), a.key([]byte("text"), []byte("others")),
	} {
		if seen[key] {
			t.Error("two different programs have one key")
		}
		seen[key] = true
	}
}

func TestWhatWasUnusedForLongestMakesRoom(t *testing.T) {
	s := &Store{Dir: t.TempDir(), Limit: 3 * 132} // three programs of 100 bytes with their sums
	for i, name := range []string{"a", "b", "c"} {
		s.put(name, make([]byte, 100))
		at := time.Now().Add(time.Duration(i-10) * time.Hour)
		if err := os.Chtimes(filepath.Join(s.Dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	s.get("a")
	s.put("d", make([]byte, 100))
	for name, want := range map[string]bool{"a": true, "b": false, "c": true, "d": true} {
		if got := s.get(name) != nil; got != want {
			t.Errorf("%s is there: %v, want %v", name, got, want)
		}
	}
}

// age makes a file of 100 bytes that was last touched so long ago.
func age(t *testing.T, s *Store, name string, ago time.Duration) {
	t.Helper()
	path, at := filepath.Join(s.Dir, name), time.Now().Add(-ago)
	if err := os.WriteFile(path, make([]byte, 100), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsJustWrittenOrReadStaysWhateverTheLimit(t *testing.T) {
	s := &Store{Dir: t.TempDir(), Limit: 1}
	age(t, s, freshPrefix+"another", time.Second)
	age(t, s, "read", time.Second)
	age(t, s, "idle", time.Hour)
	s.put("written", make([]byte, 100))
	for name, want := range map[string]bool{freshPrefix + "another": true, "read": true, "idle": false, "written": true} {
		if _, err := os.Stat(filepath.Join(s.Dir, name)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
}

func TestWhatAKilledWriterLeftIsSweptWithinTheLimitToo(t *testing.T) {
	s := &Store{Dir: t.TempDir(), Limit: 1 << 20}
	age(t, s, freshPrefix+"left", time.Hour)
	age(t, s, freshPrefix+"writing", time.Second)
	age(t, s, "program", time.Hour)
	s.tidy()
	for name, want := range map[string]bool{freshPrefix + "left": false, freshPrefix + "writing": true, "program": true} {
		if _, err := os.Stat(filepath.Join(s.Dir, name)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
}

func TestAFolderThatCannotBeWrittenCostsNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := &Store{Dir: filepath.Join(file, "below"), Limit: 1 << 20}
	s.put("a", []byte("program"))
	if got := s.get("a"); got != nil {
		t.Errorf("got %q", got)
	}
}
