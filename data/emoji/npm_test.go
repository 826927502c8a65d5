package emoji

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
)

func TestEveryPackageIsPinnedAndVerified(t *testing.T) {
	var wanted struct {
		Dependencies map[string]string `json:"dependencies"`
	}
	var lock struct {
		Packages map[string]struct {
			Version   string `json:"version"`
			Integrity string `json:"integrity"`
		} `json:"packages"`
	}
	if err := errors.Join(json.Unmarshal(packageJSON, &wanted), json.Unmarshal(packageLock, &lock)); err != nil {
		t.Fatal(err)
	}
	if len(wanted.Dependencies) != 11 {
		t.Errorf("%d packages, want 11", len(wanted.Dependencies))
	}
	exact := regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	for name, version := range wanted.Dependencies {
		if !exact.MatchString(version) || lock.Packages["node_modules/"+name].Version != version {
			t.Errorf("%s: package.json wants %s, the lock has %s", name, version, lock.Packages["node_modules/"+name].Version)
		}
	}
	for path, locked := range lock.Packages {
		if path != "" && !strings.HasPrefix(locked.Integrity, "sha512-") {
			t.Errorf("%s has no SHA-512", path)
		}
	}
	if text := string(packageLock); strings.Contains(text, "resolved") || strings.Contains(text, "http") {
		t.Error("the lock names a host: npm takes the user's registry, and the SHA-512 is what counts")
	}
	if name, version, _ := strings.Cut(rendererName[1:], "@"); wanted.Dependencies["@"+name] != version {
		t.Errorf("the manifest would name %s, package.json has %s", rendererName, wanted.Dependencies["@"+name])
	}
	for _, s := range styles {
		if wanted.Dependencies[s.npmPackage] == "" {
			t.Errorf("%s is not installed", s.npmPackage)
		}
	}
}

func TestNPMReasonIsTheLineThatSaysMost(t *testing.T) {
	failed := errors.New("exit status 1")
	for said, want := range map[string]string{
		"npm error code ECONNREFUSED\nnpm error syscall connect\nnpm error errno ECONNREFUSED\nnpm error connect refused\nnpm error more": "connect refused",
		"npm error code EINTEGRITY\nnpm error sha512-x integrity checksum failed\n":                                                       "sha512-x integrity checksum failed",
		"added 14 packages\n": "exit status 1",
		"":                    "exit status 1",
	} {
		if got := npmReason(said, failed); got != want {
			t.Errorf("npmReason(%q) = %q, want %q", said, got, want)
		}
	}
}

func TestWithoutNodeTheErrorSaysWhatToDo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Build(t.Context(), Options{Dir: t.TempDir()})
	want := "node is not installed, and Node draws the emoji set; install Node 18 or later; or use the small set that needs no building, emoji-small:train"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
