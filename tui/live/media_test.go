package live

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func put(dir, step, name, content string) {
	check(os.MkdirAll(filepath.Join(dir, "media", step), 0o755))
	check(os.WriteFile(filepath.Join(dir, "media", step, name), []byte(content), 0o644))
}

const matrixJSON = `{"rows":["cat","dog"],"columns":["a cat","a dog","NaN"],"values":[[0.9,0.1,"NaN"],[0.2,0.8,0]]}`

func TestMediaAreListedByNameAndStep(t *testing.T) {
	dir := t.TempDir()
	for _, step := range []string{"100", "20", "3"} {
		put(dir, step, "similarity.json", matrixJSON)
	}
	put(dir, "20", "grid.png", "torn")
	put(dir, "20", ".similarity.json.tmp", "being written")
	put(dir, "20", "notes.txt", "no picture")
	put(dir, "latest", "similarity.json", matrixJSON)
	s, r := storeOf(dir)
	s.Take(s.MediaJob(r)())
	if want := []string{"similarity.json", "grid.png"}; !reflect.DeepEqual(r.Media.Names, want) {
		t.Errorf("names %v, want %v", r.Media.Names, want)
	}
	if want := map[string][]int{"similarity.json": {3, 20, 100}, "grid.png": {20}}; !reflect.DeepEqual(r.Media.Steps, want) {
		t.Errorf("steps %v, want %v", r.Media.Steps, want)
	}
}

func TestMatrixAndPictureAreRead(t *testing.T) {
	dir := t.TempDir()
	put(dir, "3", "similarity.json", matrixJSON)
	put(dir, "3", "grid.png", "")
	f, err := os.Create(filepath.Join(dir, "media", "3", "grid.png"))
	check(err)
	check(png.Encode(f, image.NewGray(image.Rect(0, 0, 7, 5))))
	check(f.Close())
	s, r := storeOf(dir)
	for _, name := range []string{"similarity.json", "grid.png"} {
		s.Take(s.ShotJob(r, 3, name)())
	}
	if m := r.Shot(3, "similarity.json").Matrix; m == nil || m.Values[0][0] != 0.9 || m.Columns[1] != "a dog" {
		t.Errorf("the matrix is %v", m)
	}
	if img := r.Shot(3, "grid.png").Image; img == nil || img.Bounds().Dx() != 7 {
		t.Errorf("the picture is %v", img)
	}
}

func TestBrokenMediaSayWhatIsWrong(t *testing.T) {
	for name, tc := range map[string]struct{ content, why string }{
		"a.json":      {"{", "no JSON object"},
		"b.json":      {`{"rows":["x"],"columns":["y"],"values":[[1,2]]}`, "row 0 has 2 values for 1 columns"},
		"c.json":      {`{"rows":[],"columns":[],"values":[]}`, "0 rows"},
		"d.png":       {"not a picture", "not a picture"},
		"absent.json": {"", "no such file"},
	} {
		dir := t.TempDir()
		if tc.content != "" {
			put(dir, "1", name, tc.content)
		}
		s, r := storeOf(dir)
		s.Take(s.ShotJob(r, 1, name)())
		if err := r.Shot(1, name).Err; err == nil || !strings.Contains(err.Error(), tc.why) {
			t.Errorf("%s: %v, want %q", name, err, tc.why)
		}
		r.Retry()
		if r.Shot(1, name) != nil {
			t.Errorf("%s is not read again", name)
		}
	}
}

func TestDifferencesAreOnlyTheKeysThatDiffer(t *testing.T) {
	runs := []*Run{
		{Config: map[string]string{"a": "1", "b": "2", "c": "3"}},
		{Config: map[string]string{"a": "1", "b": "5"}},
	}
	keys, values := Differences(runs)
	if want := []string{"b", "c"}; !reflect.DeepEqual(keys, want) {
		t.Errorf("keys %v, want %v", keys, want)
	}
	if want := [][]string{{"2", "5"}, {"3", "–"}}; !reflect.DeepEqual(values, want) {
		t.Errorf("values %v, want %v", values, want)
	}
}
