package source

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"clipbench/data"
	"clipbench/data/webdataset"
)

// folder writes files (name, contents) into a new folder.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// listed reads a whole source as lines of key, image, captions and concept, or of the error.
func listed(t *testing.T, src data.Source) (lines []string) {
	t.Helper()
	for i := range src.Len() {
		s, err := src.Sample(i)
		if err != nil {
			lines = append(lines, err.Error())
			continue
		}
		concept, err := data.ConceptOf(src, i)
		if err != nil || concept != s.Concept || concept != s.Captions[0] {
			t.Errorf("%s: concept %q (%v), in the sample %q", s.Key, concept, err, s.Concept)
		}
		lines = append(lines, strings.Join(append([]string{s.Key, string(s.Image)}, s.Captions...), "|"))
	}
	return lines
}

// check opens spec and compares its samples; a want that ends in … is only a beginning.
func check(t *testing.T, dir, spec string, want ...string) {
	t.Helper()
	src, err := Open(filepath.Join(dir, spec))
	if err != nil {
		t.Fatal(err)
	}
	got := listed(t, src)
	ok := slices.EqualFunc(got, want, func(got, want string) bool {
		got = strings.ReplaceAll(got, dir+string(filepath.Separator), "")
		start, open := strings.CutSuffix(want, "…")
		return got == want || open && strings.HasPrefix(got, start)
	})
	if !ok {
		t.Errorf("%s: %q\nnot %q", spec, got, want)
	}
}

func TestFolder(t *testing.T) {
	dir := folder(t, map[string]string{
		"cats/a.png": "A", "cats/a.txt": "a cat\n\n a second caption \n",
		"b.JPG": "B", "b.txt": "b\r\n",
		"c.webp": "C",
		"d.gif":  "D", "d.txt": " \n",
		".hidden/e.png": "E", ".x.png": "X", "notes.md": "",
	})
	check(t, dir, "",
		"b|B|b",
		"c.webp: has no caption; write it into c.txt",
		"cats/a|A|a cat|a second caption",
		"d.txt: the caption of d.gif is empty")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(filepath.Join(dir, "cats"), link); err != nil {
		t.Skip(err)
	}
	check(t, link, "", "a|A|a cat|a second caption")
}

func TestTable(t *testing.T) {
	dir := folder(t, map[string]string{
		"pics/a.png": "A", "b.png": "B",
		"comma.csv":     "filepath,title\npics/a.png,\"one, two\nthree\"\nb.png,b\n",
		"tab.csv":       "\ufefffilepath\ttitle\r\npics/a.png\t\"one\"\r\n\r\nb.png\t\"b\" is big\r\n",
		"semicolon.csv": "id;caption;image\n1;one;pics/a.png\n2;;b.png\n3\n",
		"hub.tsv":       "file_name\ttext\nmissing.png\tone\nhttps://example.org/a.png\ttwo\n",
	})
	check(t, dir, "comma.csv", "pics/a.png|A|one, two\nthree", "b.png|B|b")
	check(t, dir, "tab.csv", "pics/a.png|A|one", `b.png|B|"b" is big`)
	check(t, dir, "semicolon.csv", "pics/a.png|A|one", "semicolon.csv:3: the caption is empty", "semicolon.csv:4: has only 1 columns")
	check(t, dir, "hub.tsv", "hub.tsv:2: open missing.png: no such file…", "hub.tsv:3: https://example.org/a.png is an address; download…")
}

func TestTableSaysItsSeparator(t *testing.T) {
	dir := folder(t, map[string]string{"x.csv": "filepath;title\na;b\n"})
	table, err := OpenTable(filepath.Join(dir, "x.csv"), Columns{})
	if err != nil {
		t.Fatal(err)
	}
	if got := table.Describe(); !strings.HasSuffix(got, "x.csv: 1 rows, separated by semicolons") {
		t.Error(got)
	}
}

// hubRow is a row as the Hugging Face Hub keeps images.
type hubRow struct {
	Image struct {
		Bytes []byte `parquet:"bytes,optional"`
		Path  string `parquet:"path,optional"`
	} `parquet:"image"`
	Text string `parquet:"text"`
}

func TestParquet(t *testing.T) {
	dir := folder(t, map[string]string{"b.png": "B"})
	rows := make([]hubRow, 5)
	rows[0].Image.Bytes, rows[0].Text = []byte("A"), "a"
	rows[1].Image.Path, rows[1].Text = "b.png", "b"
	rows[2].Text = "c"
	rows[3].Image.Bytes = []byte("D")
	rows[4].Image.Bytes, rows[4].Text = []byte("E"), "e"
	if err := parquet.WriteFile(filepath.Join(dir, "part-0.parquet"), rows, parquet.MaxRowsPerRowGroup(2)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"0|A|a", "1|B|b", "part-0.parquet: row 2: holds neither an image nor a path", "part-0.parquet: row 3: the caption is empty", "4|E|e",
	}
	check(t, dir, "part-0.parquet", want...)
	check(t, dir, "part-{0..0}.parquet", want...)

	type plainRow struct {
		Path  string `parquet:"filepath"`
		Title string `parquet:"title"`
	}
	if err := parquet.WriteFile(filepath.Join(dir, "paths.parquet"), []plainRow{{"b.png", "bee"}}); err != nil {
		t.Fatal(err)
	}
	check(t, dir, "paths.parquet", "0|B|bee")

	type bytesRow struct {
		Image   []byte `parquet:"image"`
		Caption string `parquet:"caption"`
	}
	if err := parquet.WriteFile(filepath.Join(dir, "bytes.parquet"), []bytesRow{{[]byte("F"), "eff"}}); err != nil {
		t.Fatal(err)
	}
	check(t, dir, "bytes.parquet", "0|F|eff")
}

func TestOpenShards(t *testing.T) {
	dir := t.TempDir()
	w, err := webdataset.NewWriter(dir, "x", 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "b"} {
		if err := w.Add(key, map[string][]byte{"png": []byte(strings.ToUpper(key)), "txt": []byte(key)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := []string{"a|A|a", "b|B|b"}
	check(t, dir, "x-{000000..000001}.tar", want...)
	check(t, dir, "", want...)
}

func TestADigestStandsForContentAndNotForThePlace(t *testing.T) {
	files := map[string]string{}
	table := "filepath,title\n"
	for i := range 200 {
		stem := fmt.Sprintf("%03d", i)
		files["photos/"+stem+".png"], files["photos/"+stem+".txt"] = "picture "+stem, "caption "+stem
		table += "photos/" + stem + ".png,caption " + stem + "\n"
	}
	files["pairs.csv"] = table
	digest := func(spec string, change func(map[string]string)) string {
		changed := maps.Clone(files)
		if change != nil {
			change(changed)
		}
		src, err := Open(filepath.Join(folder(t, changed), spec))
		if err != nil {
			t.Fatal(err)
		}
		return data.Digest(src)
	}
	for _, spec := range []string{"photos", "pairs.csv"} {
		was := digest(spec, nil)
		if is := digest(spec, nil); is != was || len(was) != 32 {
			t.Errorf("%s elsewhere: %s, was %s", spec, is, was)
		}
		for what, change := range map[string]func(map[string]string){
			"a picture that is read": func(f map[string]string) { f["photos/000.png"] = "picture 00!" },
			"a row's caption":        func(f map[string]string) { f["pairs.csv"] = strings.Replace(table, "caption 001", "caption 01!", 1) },
			"a picture's name": func(f map[string]string) {
				f["photos/002a.png"], f["photos/002a.txt"] = f["photos/002.png"], f["photos/002.txt"]
				delete(f, "photos/002.png")
			},
			"a picture's size":           func(f map[string]string) { f["photos/002.png"] = "another picture" },
			"a caption beside a picture": func(f map[string]string) { f["photos/002.txt"] = "caption 00!" },
		} {
			elsewhere := spec == "photos" && what == "a row's caption" || spec == "pairs.csv" && what == "a caption beside a picture"
			if is := digest(spec, change); (is == was) != elsewhere {
				t.Errorf("%s: %s gives %s, was %s", spec, what, is, was)
			}
		}
	}
}

func TestOpenRefusals(t *testing.T) {
	dir := folder(t, map[string]string{
		"columns.csv": "url,words\na,b\n", "caption.tsv": "filepath\tx y\na\tb\n", "empty.csv": "filepath,title\n",
		"quotes.csv": "filepath,title\na.png,\"never closed\n", "broken.parquet": "PAR1 and no more",
		"pictures/a.png": "A", "nothing/x.md": "", "other.zip": "",
	})
	for _, tc := range []struct{ spec, want string }{
		{"columns.csv", "has no column filepath (the path of the image) and no column title (the caption); its columns are url, words"},
		{"caption.tsv", "has no column title (the caption); its columns are filepath, x y"},
		{"empty.csv", "no rows"},
		{"quotes.csv", "line 2"},
		{"broken.parquet", "is no whole Parquet file"},
		{"pictures", "holds 1 images and no captions; write them beside: a.txt for a.png"},
		{"nothing", "holds no images"},
		{"other.zip", "not known as data"},
		{"absent", "no such data"},
		{"absent.csv", "no such file"},
		{"absent.parquet", "no such file"},
		{"absent.tar", "no such file"},
	} {
		t.Run(tc.spec, func(t *testing.T) {
			_, err := Open(filepath.Join(dir, tc.spec))
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), tc.spec) {
				t.Errorf("%v, not %q", err, tc.want)
			}
		})
	}
}

// No table, however odd, may do worse than an error.
func TestAnyTable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	rapid.Check(t, func(t *rapid.T) {
		content := rapid.StringMatching(`(filepath[,;\t]title\n)?([ab",;\t\r\n]|""){0,40}`).Draw(t, "content")
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		table, err := OpenTable(path, Columns{})
		if err != nil {
			return
		}
		for i := range table.Len() {
			if s, err := table.text(i); err == nil && s.Concept == "" {
				t.Fatalf("row %d has neither a caption nor an error", i)
			}
		}
	})
}
