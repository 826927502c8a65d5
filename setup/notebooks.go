package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"clipbench/setup/jupyter"
)

func installJupyter(ctx context.Context) error {
	lab, err := jupyter.Here()
	if err != nil {
		return err
	}
	return lab.Install(ctx, say)
}

// executeNotebooks executes notebooks, all of notebooks/ if none is named, and rewrites their outputs. A notebook whose
// cell fails stays as it was.
func executeNotebooks(ctx context.Context, paths []string) error {
	lab, err := jupyter.Here()
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		if paths, err = filepath.Glob(filepath.Join(lab.Root, "notebooks", "*.ipynb")); err != nil {
			return err
		}
	}
	folder, err := lab.Scratch()
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	for _, path := range paths {
		start := time.Now()
		if err := lab.Rewrite(ctx, path, jupyter.Options{Folder: folder}); err != nil {
			return err
		}
		say(filepath.Base(path), fmt.Sprintf("executed in %.0f s", time.Since(start).Seconds()))
	}
	return nil
}
