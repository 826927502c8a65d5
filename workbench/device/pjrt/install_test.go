package pjrt

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func digest(data []byte) Digest {
	sum := sha256.Sum256(data)
	return Digest{SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(data))}
}

// wheel makes a wheel that holds one library, and its pin.
func wheel(t *testing.T, library string) ([]byte, Pin) {
	t.Helper()
	var data bytes.Buffer
	archive := zip.NewWriter(&data)
	member, err := archive.Create("pkg/plugin.so")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := member.Write([]byte(library)); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return data.Bytes(), Pin{
		Package: "pkg", Version: "1", Platform: "test/test", Member: "pkg/plugin.so",
		Wheel: digest(data.Bytes()), Library: digest([]byte(library)),
	}
}

// serve is a Fetch that writes what it is given and counts its calls.
func serve(calls *int, content map[string][]byte) func(context.Context, Pin, string) (string, error) {
	return func(_ context.Context, pin Pin, dir string) (string, error) {
		*calls++
		data, found := content[pin.Package]
		if !found {
			return "", errors.New("the host does not answer")
		}
		path := filepath.Join(dir, "w.whl")
		return path, os.WriteFile(path, data, 0o600)
	}
}

func TestInstallFetchesOnce(t *testing.T) {
	data, pin := wheel(t, "the library")
	var calls int
	in := Installer{Platform: "test/test", Cache: t.TempDir(), Pins: []Pin{pin}, Fetch: serve(&calls, map[string][]byte{"pkg": data})}
	for i, wantFetched := range []bool{true, false} {
		p, fetched, err := in.Install(context.Background())
		if err != nil || fetched != wantFetched || calls != 1 {
			t.Fatalf("run %d: fetched %v after %d calls, %v", i, fetched, calls, err)
		}
		if got, err := os.ReadFile(p.Path); err != nil || string(got) != "the library" {
			t.Fatalf("got %q, %v", got, err)
		}
		if err := p.Verify(); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(pin.CachePath(in.Cache), []byte("the libraru"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, fetched, err := in.Install(context.Background()); err != nil || !fetched {
		t.Errorf("a damaged plugin of the right size: fetched %v, %v; want it replaced", fetched, err)
	}
}

func TestInstallTriesTheNextPin(t *testing.T) {
	data, second := wheel(t, "another library")
	_, first := wheel(t, "a library")
	first.Package = "gone"
	var calls int
	in := Installer{Platform: "test/test", Cache: t.TempDir(), Pins: []Pin{first, second}, Fetch: serve(&calls, map[string][]byte{"pkg": data})}
	p, fetched, err := in.Install(context.Background())
	if err != nil || !fetched || calls != 2 || p.Pin.Package != "pkg" {
		t.Errorf("got %v, fetched %v after %d calls, %v", p, fetched, calls, err)
	}
}

func TestInstallKeepsNothingUnverified(t *testing.T) {
	data, pin := wheel(t, "the library")
	for _, tc := range []struct {
		name   string
		serve  []byte
		change func(*Pin)
		want   string
	}{
		{"another wheel", append(bytes.Clone(data[:len(data)-1]), 'x'), func(*Pin) {}, "SHA-256"},
		{"a truncated wheel", data[:20], func(*Pin) {}, "20 bytes"},
		{"another library in the right wheel", data, func(p *Pin) { p.Library = digest([]byte("the libraru")) }, "SHA-256"},
		{"no such member", data, func(p *Pin) { p.Member = "pkg/other.so" }, "other.so"},
		{"no zip at all", []byte("hello"), func(p *Pin) { p.Wheel = digest([]byte("hello")) }, "not a valid zip"},
		{"no host", nil, func(p *Pin) { p.Package = "gone" }, "does not answer"},
		{"another platform", data, func(p *Pin) { p.Platform = "plan9/386" }, ErrPlatform.Error()},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pin := pin
			tc.change(&pin)
			var calls int
			in := Installer{Platform: "test/test", Cache: t.TempDir(), Pins: []Pin{pin}, Fetch: serve(&calls, map[string][]byte{"pkg": tc.serve})}
			_, _, err := in.Install(context.Background())
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want an error with %q", err, tc.want)
			}
			left, globErr := filepath.Glob(filepath.Join(in.Cache, "clipbench/pjrt/*/*"))
			if globErr != nil || len(left) != 0 {
				t.Errorf("left behind: %q, %v", left, globErr)
			}
		})
	}
}
