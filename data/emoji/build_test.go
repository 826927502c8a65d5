package emoji

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writePackages writes the least that plan reads: six emoji, drawn by every style. Of twemoji's pictures the fire
// crashes the renderer.
func writePackages(t *testing.T) string {
	t.Helper()
	modules := t.TempDir()
	write := func(content any, path ...string) {
		file := filepath.Join(append([]string{modules}, path...)...)
		text, err := json.Marshal(content)
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, text, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	write(map[string]any{"version": "17.0.0", "license": "MIT", "author": "A. Author"}, captionsPackage, "package.json")
	write(map[string]any{"groups": []any{}, "subgroups": []any{}}, captionsPackage, "en", "messages.json")
	for _, language := range languages {
		write([]map[string]any{
			{"hexcode": "1F600", "label": language + " grinning face", "tags": []string{"smile"}},
			{"hexcode": "1F525", "label": language + " fire"},
			{"hexcode": "1F319", "label": language + " crescent moon"}, // an unseen concept
			{"hexcode": "1F3B8", "label": language + " guitar"},        // a concept for validation
			{"hexcode": "1F44D", "label": language + " thumbs up", "skins": []map[string]any{
				{"hexcode": "1F44D-1F3FB", "label": language + " thumbs up: light skin tone"},
			}},
		}, captionsPackage, language, "data.json")
	}
	for _, s := range styles {
		icons := map[string]any{"no-emoji": map[string]any{"body": "nothing"}}
		for _, name := range []string{"grinning-face", "fire", "crescent-moon", "guitar", "thumbs-up", "thumbs-up-light-skin-tone"} {
			icons["en-"+name] = map[string]any{"body": fmt.Sprintf("<g>%s of %s</g>", name, s.name)}
		}
		if s.name == fullRule.unseenStyle {
			icons["en-fire"] = map[string]any{"body": "crash"}
		}
		write(map[string]any{"icons": icons, "width": 128, "height": 100}, s.npmPackage, "icons.json")
		write(map[string]any{}, s.npmPackage, "chars.json")
		write(map[string]any{"version": "1.0.0"}, s.npmPackage, "package.json")
		write(map[string]any{"name": s.name, "license": map[string]any{"spdx": "MIT"}}, s.npmPackage, "info.json")
	}
	return modules
}

// testBuilder builds from writePackages with the fake renderer into a folder of its own.
func testBuilder(t *testing.T) builder {
	return builder{
		dir:      filepath.Join(t.TempDir(), "data", "emoji"),
		modules:  writePackages(t),
		renderer: renderer{command: fakeCommand("works"), workers: 2, limit: time.Minute},
		progress: newProgress(nil),
	}
}

func TestBuildWritesEveryPictureIntoItsSplit(t *testing.T) {
	b := testBuilder(t)
	var said bytes.Buffer
	b.progress = newProgress(&said)
	m, err := b.build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for split, want := range map[string]int{ // 9 styles: 1 unseen, 1 for validation, 7 others; 3 plain concepts
		"train": 7 * 3, "train-tone": 7, "validation-style": 3, "validation-style-tone": 1, "validation-concept": 7,
		"validation-both": 1, "unseen-concept": 8, "unseen-style": 4 - 1, "unseen-style-tone": 1, "unseen-both": 1,
	} {
		if got := m.Splits[split].Pairs; got != want {
			t.Errorf("%s has %d pairs, want %d", split, got, want)
		}
	}
	if m.Pairs != 9*6-1 || len(m.Splits) != 10 {
		t.Errorf("%d pairs in %d splits, want 53 in 10", m.Pairs, len(m.Splits))
	}
	skipped := Skipped{"twemoji", "en-fire", "1F525", "the renderer died (exit status 134)"}
	if len(m.Skipped) != 1 || m.Skipped[0] != skipped {
		t.Errorf("skipped %v, want %v", m.Skipped, skipped)
	}
	for _, want := range []string{"emoji: twemoji/en-fire skipped: the renderer died", "emoji: 54 of 54 pictures drawn, 0s left\n"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("progress lacks %q: %s", want, said.String())
		}
	}
}

func TestABuiltSampleHasItsPictureCaptionTagsAndConcept(t *testing.T) {
	b := testBuilder(t)
	t.Setenv(dataVariable, filepath.Dir(b.dir))
	if _, err := b.build(t.Context()); err != nil {
		t.Fatal(err)
	}
	source, err := Open("unseen-style+unseen-style-tone")
	if err != nil {
		t.Fatal(err)
	}
	if source.Name() != "emoji:unseen-style+unseen-style-tone" || source.Len() != 4 {
		t.Fatalf("%s has %d samples, want 4", source.Name(), source.Len())
	}
	faces, err := Showing(source, []string{"1F600", "1F355"})
	if err != nil || faces.Len() != 1 {
		t.Fatalf("%d pictures show a face or a pizza (%v), want 1", faces.Len(), err)
	}
	s := sampleOf(t, faces, 0)
	wantImage := "PNG of " + icon{Body: "<g>grinning-face of twemoji</g>", Width: 128, Height: 100}.svg(side)
	if string(s.Image) != wantImage {
		t.Errorf("image %q, want %q", s.Image, wantImage)
	}
	if s.Key != "twemoji-1F600" || s.Captions[0] != "en grinning face" || s.Tags[0] != "smile" || s.Concept != "1F600" {
		t.Errorf("sample %+v", s)
	}
	if german := s.Meta["captions"].(map[string]any)["de"]; german != "de grinning face" {
		t.Errorf("the German caption is %v", german)
	}
	if thumb := sampleOf(t, source, 3); thumb.Concept != "1F44D" || thumb.Captions[0] != "en thumbs up: light skin tone" {
		t.Errorf("the skin tone is %+v", thumb)
	}
}

// TestASplitIsShuffled compares with the order of sha1sum over 1F3B8, the guitar, followed by the style.
func TestASplitIsShuffled(t *testing.T) {
	b := testBuilder(t)
	t.Setenv(dataVariable, filepath.Dir(b.dir))
	if _, err := b.build(t.Context()); err != nil {
		t.Fatal(err)
	}
	source, err := Open(ValidationConcept)
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for i := range source.Len() {
		order = append(order, sampleOf(t, source, i).Meta["style"].(string))
	}
	if got := strings.Join(order, " "); got != "noto-v1 fluent-flat fluent emojione openmoji noto fxemoji" {
		t.Errorf("the guitars come as %s", got)
	}
}

func TestACompleteSetIsKept(t *testing.T) {
	b := testBuilder(t)
	if b.kept() != nil {
		t.Fatal("a set that is not there is kept")
	}
	first, err := b.build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", "") // no Node: a second build that does anything fails
	second, err := Build(t.Context(), Options{Dir: b.dir})
	if err != nil {
		t.Fatal(err)
	}
	if second.Recipe != first.Recipe || second.Pairs != first.Pairs {
		t.Errorf("kept %+v, built %+v", second, first)
	}
	shard := first.files(b.dir, Train)[0]
	if err := os.Truncate(shard, 1000); err != nil {
		t.Fatal(err)
	}
	if b.kept() != nil {
		t.Error("a set with a shard cut short is kept")
	}
}

func TestEqualBuildsAreEqualByteForByte(t *testing.T) {
	b := testBuilder(t)
	first, err := b.build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.renderer.workers = 1
	second, err := b.build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	one, _ := json.Marshal(first)
	two, _ := json.Marshal(second)
	if !bytes.Equal(one, two) {
		t.Errorf("first %s\nthen %s", one, two)
	}
}

func TestACancelledBuildLeavesWhatWasThere(t *testing.T) {
	b := testBuilder(t)
	if _, err := b.build(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.build(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if b.kept() == nil {
		t.Error("the set that was there is gone")
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(b.dir), "*"))
	if len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestTooManyCrashesEndTheBuild(t *testing.T) {
	b := testBuilder(t)
	for _, name := range []string{"noto", "fluent-emoji"} {
		icons := filepath.Join(b.modules, "@iconify-json", name, "icons.json")
		content, err := os.ReadFile(icons)
		if err == nil {
			err = os.WriteFile(icons, bytes.ReplaceAll(content, []byte("guitar of"), []byte("crash of")), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := b.build(t.Context())
	if err == nil || !strings.Contains(err.Error(), "2 of 54 pictures cannot be drawn, the last ") {
		t.Errorf("got %v", err)
	}
}

func TestBuildKeepsItsHandsOffAStrangersFolder(t *testing.T) {
	b := testBuilder(t)
	precious := filepath.Join(b.dir, "precious.txt")
	if err := errors.Join(os.MkdirAll(b.dir, 0o755), os.WriteFile(precious, []byte("mine"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.build(t.Context()); err == nil || !strings.Contains(err.Error(), "holds files that are no emoji set") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
}
