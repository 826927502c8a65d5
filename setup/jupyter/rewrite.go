package jupyter

import (
	"context"
	"os"
	"path/filepath"
)

// Scratch makes a working folder that sees what the repository's has, and no run: what was left by an earlier execution
// must not change the next.
func (l *Lab) Scratch() (string, error) {
	folder, err := os.MkdirTemp("", "clipbench-notebook-")
	if err != nil {
		return "", err
	}
	return folder, l.link(folder, "recipes", "data", "docs", "notebooks", "workbench", "go.mod")
}

func (l *Lab) link(folder string, names ...string) error {
	for _, name := range names {
		if err := os.Symlink(filepath.Join(l.Root, name), filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	return nil
}

// Rewrite executes a notebook and puts the outputs into its file, unless a cell fails. An output that differs from the
// one before in nothing but measured times stays as it was.
func (l *Lab) Rewrite(ctx context.Context, path string, o Options) error {
	fresh, err := os.CreateTemp(filepath.Dir(path), ".executed-*")
	if err != nil {
		return err
	}
	o.Output = fresh.Name()
	defer func() { _ = os.Remove(o.Output) }()
	if err := fresh.Close(); err != nil {
		return err
	}
	if _, err := l.Execute(ctx, path, o); err != nil {
		return err
	}
	if err := os.Chmod(o.Output, 0o644); err != nil {
		return err
	}
	return os.Rename(o.Output, path)
}
