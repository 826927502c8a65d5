package pjrt

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Installer puts a pinned plugin into the user's cache.
type Installer struct {
	Platform string // GOOS/GOARCH
	Cache    string // the user's cache directory
	Pins     []Pin  // in order of preference

	// Fetch leaves the pin's wheel in dir and returns its path. The wheel is verified afterwards.
	Fetch func(ctx context.Context, pin Pin, dir string) (string, error)
}

// ErrPlatform says that no plugin is pinned for this platform.
var ErrPlatform = errors.New("no XLA CPU plugin is known for this platform")

// Install returns a pinned plugin whose bytes were verified by SHA-256, and whether it had to be fetched.
// One that is in the cache and intact is fetched no second time; a damaged one is replaced. A plugin
// appears in the cache whole or not at all.
func (in Installer) Install(ctx context.Context) (p Plugin, fetched bool, err error) {
	var pins []Pin
	for _, pin := range in.Pins {
		if pin.Platform == in.Platform {
			pins = append(pins, pin)
		}
	}
	if len(pins) == 0 {
		return Plugin{}, false, fmt.Errorf("%s: %w", in.Platform, ErrPlatform)
	}
	if in.Cache == "" {
		return Plugin{}, false, errors.New("there is no cache directory: set HOME or XDG_CACHE_HOME")
	}
	for _, pin := range pins {
		if pin.Library.verify(pin.CachePath(in.Cache)) == nil {
			return in.plugin(pin), false, nil
		}
	}
	var problems []error
	for _, pin := range pins {
		if err := in.install(ctx, pin); err != nil {
			problems = append(problems, fmt.Errorf("%s %s: %w", pin.Package, pin.Version, err))
			continue
		}
		return in.plugin(pin), true, nil
	}
	return Plugin{}, false, errors.Join(problems...)
}

func (in Installer) plugin(pin Pin) Plugin {
	return Plugin{Kind: CPU, Path: pin.CachePath(in.Cache), Pin: &pin}
}

// install fetches one pin, verifies the wheel, and moves the verified library into its place.
func (in Installer) install(ctx context.Context, pin Pin) error {
	target := pin.CachePath(in.Cache)
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Dir(target), "fetch-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work) //nolint:errcheck // leftovers are harmless, and named fetch-*
	wheel, err := in.Fetch(ctx, pin, work)
	if err != nil {
		return err
	}
	if err := pin.Wheel.verify(wheel); err != nil {
		return err
	}
	library := filepath.Join(work, libraryName)
	if err := unpack(wheel, pin.Member, library); err != nil {
		return err
	}
	if err := pin.Library.verify(library); err != nil {
		return err
	}
	return os.Rename(library, target)
}

// unpack copies one member of the wheel, which is a zip file, to a new file.
func unpack(wheel, member, to string) error {
	archive, err := zip.OpenReader(wheel)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(wheel), err)
	}
	defer archive.Close() //nolint:errcheck // only read from
	in, err := archive.Open(member)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(wheel), err)
	}
	defer in.Close() //nolint:errcheck // only read from
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// Verify reads the plugin's file and compares it with its pin. A plugin without a pin has nothing to be
// compared with, which is an error too.
func (p Plugin) Verify() error {
	if p.Pin == nil {
		return errors.New("not fetched by this project, so its sum is not known")
	}
	return p.Pin.Library.verify(p.Path)
}

// verify compares a file with the digest: the size first, which costs nothing.
func (d Digest) verify(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read from
	if info, err := file.Stat(); err != nil {
		return err
	} else if info.Size() != d.Bytes {
		return fmt.Errorf("%s: %d bytes, want %d", filepath.Base(path), info.Size(), d.Bytes)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != d.SHA256 {
		return fmt.Errorf("%s: SHA-256 %s, want %s", filepath.Base(path), got, d.SHA256)
	}
	return nil
}
