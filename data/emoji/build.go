package emoji

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"
)

const (
	// recipeVersion changes when the same packages and renderer build another set.
	recipeVersion = "4"
	// side is the width and height of the pictures in pixels.
	side = 64
	// pictureTime is how long one picture may take; most take 2 ms.
	pictureTime = time.Minute
	// maxChildren bounds the renderers at work, 80 MB of memory each.
	maxChildren = 8
)

// Options of Build.
type Options struct {
	Dir      string    // the set's folder; "" is that of Dir
	Progress io.Writer // hears how far the work is and what was skipped; nil is silence
}

// Build makes the emoji set and returns its manifest. It fetches the artwork the first time (34 MB, npm), draws 23,287
// pictures and puts the set in its place whole. A complete set of this version is kept: nothing is fetched or drawn.
//
// A picture that cannot be drawn is skipped, said and listed in the manifest; more than one in a hundred is an error.
func Build(ctx context.Context, o Options) (*Manifest, error) {
	if o.Dir == "" {
		dir, err := Dir()
		if err != nil {
			return nil, err
		}
		o.Dir = dir
	}
	b := builder{dir: o.Dir, progress: newProgress(o.Progress)}
	if kept := b.kept(); kept != nil {
		return kept, nil
	}
	m, err := b.fetchAndBuild(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err() // rather than what the interruption broke
	}
	return m, err
}

// fetchAndBuild is build with the means of this machine.
func (b builder) fetchAndBuild(ctx context.Context) (*Manifest, error) {
	node, err := nodeFolder(ctx, b.progress.say)
	if err != nil {
		return nil, err
	}
	b.modules = filepath.Join(node, "node_modules")
	b.renderer = renderer{command: renderCommand(node), workers: min(runtime.NumCPU(), maxChildren), limit: pictureTime}
	return b.build(ctx)
}

// builder is Build with its means in hand.
type builder struct {
	dir      string
	modules  string // the node_modules folder
	renderer renderer
	progress *progress
}

// recipe names what the set is made from and by.
func recipe() string { return recipeVersion + "-" + shortHash(string(packageLock), renderProgram) }

// kept returns the manifest of a complete set of this recipe, else nil.
func (b builder) kept() *Manifest {
	m, err := readManifest(b.dir)
	if err != nil || m.Recipe != recipe() || !m.complete(b.dir) {
		return nil
	}
	return m
}

// build makes the set in a fresh folder, so that one that cannot be written to is found before anything is drawn.
func (b builder) build(ctx context.Context) (m *Manifest, err error) {
	if err := b.mayReplace(); err != nil {
		return nil, err
	}
	err = replaceFolder(b.dir, func(fresh string) error {
		b.progress.say("reading the artwork")
		pictures, sources, err := plan(ctx, b.modules)
		if err != nil {
			return fmt.Errorf("%w; remove %s and run again", err, filepath.Dir(b.modules))
		}
		if err := b.draw(ctx, pictures); err != nil {
			return err
		}
		m = &Manifest{Recipe: recipe(), Renderer: rendererName, Side: side, Sources: sources}
		return writeSet(fresh, fullRule, pictures, m)
	})
	return m, err
}

// mayReplace refuses to put the set in place of a folder that holds anything else.
func (b builder) mayReplace() error {
	entries, err := os.ReadDir(b.dir)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && len(entries) == 0) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(b.dir, manifestName)); err != nil {
		return fmt.Errorf("%s: holds files that are no emoji set; move them away, or set %s to another folder", b.dir, dataVariable)
	}
	return nil
}

// draw draws the pictures in place. One in a hundred may fail: a renderer of another version fails on others.
func (b builder) draw(ctx context.Context, pictures []picture) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	count := b.progress.count(len(pictures))
	var skipped atomic.Int64
	svg := func(i int) string { return pictures[i].icon.svg(side) }
	return b.renderer.render(ctx, len(pictures), svg, func(i int, d drawing) {
		p := &pictures[i]
		p.drawing = d
		if d.err != nil {
			b.progress.say("%s/%s skipped: %v", p.Style, p.Icon, d.err)
			if n := skipped.Add(1); n > int64(len(pictures)/100+1) {
				cancel(fmt.Errorf("%d of %d pictures cannot be drawn, the last %s/%s: %w", n, len(pictures), p.Style, p.Icon, d.err))
			}
		}
		count()
	})
}
