package emoji

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
)

// Side is the width and height of the pictures in pixels.
const Side = 64

// recipeVersion changes when the same packages build another set.
const recipeVersion = "1"

const manifestName = "manifest.json"

// Options of Build.
type Options struct {
	Dir      string    // where to; "" is Dir()
	Progress io.Writer // how far it is and what was skipped; nil is silence
}

// Build makes the emoji set. A complete set of this recipe is kept as it is.
func Build(ctx context.Context, o Options) (*Manifest, error) {
	if o.Dir == "" {
		dir, err := Dir()
		if err != nil {
			return nil, err
		}
		o.Dir = dir
	}
	if manifest, err := readManifest(o.Dir); err == nil && manifest.Recipe == recipe() && manifest.complete(o.Dir) {
		return manifest, nil
	}
	say := newProgress(o.Progress, 0)
	folder, err := nodeFolder(ctx, say.say)
	if err != nil {
		return nil, err
	}
	var manifest *Manifest
	err = replaceFolder(o.Dir, func(fresh string) (err error) {
		manifest, err = build(ctx, folder, fresh, o.Progress)
		return err
	})
	return manifest, err
}

func recipe() string { return recipeVersion + "-" + renderHash()[:16] }

func build(ctx context.Context, node, fresh string, out io.Writer) (*Manifest, error) {
	modules := filepath.Join(node, "node_modules")
	all, err := readEmojis(modules)
	if err != nil {
		return nil, err
	}
	arts := map[string]*artwork{}
	total := 0
	for _, style := range Styles {
		if arts[style.Package], err = readArtwork(modules, style.Package); err != nil {
			return nil, err
		}
	}
	var naming []*artwork
	for _, p := range namingPackages {
		naming = append(naming, arts[p])
	}
	names := newIconNames(all, naming)
	type job struct {
		sample
		svg string
	}
	var jobs []job
	m := &Manifest{Recipe: recipe(), Size: Side, Splits: map[string]SplitInfo{}}
	for _, style := range Styles {
		art := arts[style.Package]
		joined := joinIcons(all, names, art)
		for _, key := range slices.Sorted(maps.Keys(joined)) {
			e := all.byKey[key]
			jobs = append(jobs, job{sample{sampleJSON: sampleJSON{e.Hexcode, e.Label, e.Tags, e.Group, e.Subgroup, e.SkinTone, e.Base, style.Name, joined[key], style.Package + "@" + art.Version, art.Info.License.SPDX, e.Captions}}, art.Icons[joined[key]].svg(Side)})
		}
		total += len(joined)
	}
	p := newProgress(out, len(jobs))
	r := renderer{command: func(ctx context.Context) *exec.Cmd {
		return exec.CommandContext(ctx, "node", filepath.Join(node, "render.mjs"))
	}, workers: runtime.NumCPU()}
	errs := make([]error, len(jobs))
	err = r.render(ctx, len(jobs), func(i int) string { return jobs[i].svg }, func(i int, d drawn) {
		jobs[i].png, errs[i] = d.png, d.err
		if d.err != nil {
			p.say("skipped %s/%s: %v", jobs[i].Style, jobs[i].Icon, d.err)
		}
		p.one()
	})
	if err != nil {
		return nil, err
	}
	splits := map[string][]sample{}
	for i, j := range jobs {
		if errs[i] != nil {
			m.Skipped = append(m.Skipped, Skipped{j.Style, j.Icon, j.Hexcode, errs[i].Error()})
			continue
		}
		s := splitOf(j.Style, j.Base, j.SkinTone)
		splits[s] = append(splits[s], j.sample)
		m.Pairs++
	}
	for _, name := range slices.Sorted(maps.Keys(splits)) {
		a := splits[name]
		slices.SortFunc(a, func(x, y sample) int {
			return int(int64(shuffleKey(emojiKey(x.Hexcode), x.Style)) - int64(shuffleKey(emojiKey(y.Hexcode), y.Style)))
		})
		shards, err := writeShards(fresh, name, a)
		if err != nil {
			return nil, err
		}
		info := SplitInfo{Pairs: len(a), Shards: shards, Styles: map[string]int{}}
		c, l := map[string]bool{}, map[string]bool{}
		for _, x := range a {
			info.Styles[x.Style]++
			c[x.Base] = true
			l[x.Label] = true
		}
		info.Concepts, info.Labels = len(c), len(l)
		m.Splits[name] = info
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	return m, os.WriteFile(filepath.Join(fresh, manifestName), append(b, '\n'), 0o644)
}

func readManifest(dir string) (*Manifest, error) {
	m := &Manifest{}
	return m, readJSON(filepath.Join(dir, manifestName), m)
}

func (m *Manifest) complete(dir string) bool {
	for _, s := range m.Splits {
		for _, sh := range s.Shards {
			info, err := os.Stat(filepath.Join(dir, sh.Name))
			if err != nil || info.Size() != sh.Bytes {
				return false
			}
		}
	}
	return true
}

const dataVariable = "CLIPBENCH_DATA"

// Dir is the folder of the built set: CLIPBENCH_DATA/emoji, or clipbench/data/emoji in the user's cache folder.
func Dir() (string, error) {
	if data := os.Getenv(dataVariable); data != "" {
		return filepath.Join(data, "emoji"), nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder for data: %w; set %s", err, dataVariable)
	}
	return filepath.Join(cache, "clipbench", "data", "emoji"), nil
}

var _ = errors.New
