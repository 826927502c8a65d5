// Package notebooks holds the notebooks, and the tests that execute them with a real Jupyter client.
package notebooks

import (
	"context"
	"errors"
	"image"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"clipbench/setup/jupyter"
	"clipbench/setup/venv"
	"clipbench/workbench"
)

// checks says of each notebook what its outputs have to show after it was executed in the short setting.
var checks = map[string]func(*testing.T, *execution){
	"01-quickstart.ipynb":    checkQuickstart,
	"02-similarity.ipynb":    checkSimilarity,
	"03-zero-shot.ipynb":     checkZeroShot,
	"04-configuration.ipynb": checkConfiguration,
	"05-parallel.ipynb":      checkParallel,
	"06-your-own-data.ipynb": checkYourData,
	"07-other-weights.ipynb": checkOtherWeights,
}

// execution is a notebook that was executed.
type execution struct {
	*jupyter.Notebook
	Folder string // the cells' working folder, with the runs that they made
}

func TestEveryNotebookRunsFromACleanKernelAndShowsWhatItClaims(t *testing.T) {
	l := lab(t)
	for _, path := range all(t) {
		t.Run(path, func(t *testing.T) {
			t.Parallel() // most of the time one core links a cell or compiles a step
			check := checks[path]
			if check == nil {
				t.Fatal("nothing checks its outputs: add it to checks")
			}
			check(t, execute(t, l, path))
		})
	}
}

func TestEveryNotebookIsCommittedWithItsOutputs(t *testing.T) {
	elsewhere := regexp.MustCompile(`/(root|home|Users|tmp)/\S+`)
	for _, path := range all(t) {
		n, err := jupyter.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range n.Code() {
			if strings.HasPrefix(string(c.Source), "%%") && len(c.Outputs) == 0 { // the others only declare
				t.Errorf("%s: code cell %d runs and has no output; execute it: just notebooks", path, i)
			}
			for _, o := range c.Outputs {
				if o.Type == "error" {
					t.Errorf("%s: code cell %d: its output is an error: %s", path, i, o.Value)
				}
			}
			if found := elsewhere.FindString(c.Printed() + c.Shown("text/html")); found != "" {
				t.Errorf("%s: code cell %d shows a path of some machine: %s", path, i, found)
			}
		}
	}
}

func TestNoCellIsLongerThanAPersonReads(t *testing.T) {
	const lines, imports = 15, 5
	for _, path := range all(t) {
		n, err := jupyter.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range n.Code() {
			source := strings.TrimSpace(string(c.Source))
			if got := strings.Count(source, "\n") + 1; got > lines {
				t.Errorf("%s: code cell %d has %d lines, more than %d", path, i, got, lines)
			}
			if _, block, ok := strings.Cut(source, "import ("); ok {
				block, _, _ = strings.Cut(block, ")")
				if got := strings.Count(block, `"`) / 2; got > imports {
					t.Errorf("%s: code cell %d imports %d packages, more than %d", path, i, got, imports)
				}
			}
		}
	}
}

// all are the notebooks of this folder.
func all(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("*.ipynb")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	return paths
}

// lab is Jupyter, set up once. Without Python the test is skipped.
func lab(t testing.TB) *jupyter.Lab {
	t.Helper()
	l, err := setUp()
	if errors.Is(err, venv.ErrNoPython) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var setUp = sync.OnceValues(func() (*jupyter.Lab, error) {
	l, err := jupyter.Here()
	if err != nil {
		return nil, err
	}
	return l, l.Install(context.Background(), func(subject, line string) { log.Printf("%s %s", subject, line) })
})

// execute executes a notebook in the short setting, in a folder of its own.
func execute(t *testing.T, l *jupyter.Lab, path string) *execution {
	t.Helper()
	folder, err := l.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	n, err := l.Execute(t.Context(), path, jupyter.Options{
		Folder: folder, Output: filepath.Join(folder, "executed.ipynb"), Env: []string{workbench.ShortVariable + "=1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &execution{n, folder}
}

// numbers are what a pattern's groups match in all that the notebook printed, one row for each match.
func (e *execution) numbers(t testing.TB, pattern string) [][]float64 {
	t.Helper()
	matches := regexp.MustCompile(pattern).FindAllStringSubmatch(e.Printed(), -1)
	if len(matches) == 0 {
		t.Fatalf("nothing that was printed matches %q:\n%s", pattern, e.Printed())
	}
	var rows [][]float64
	for _, match := range matches {
		var row []float64
		for _, text := range match[1:] {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			row = append(row, v)
		}
		rows = append(rows, row)
	}
	return rows
}

// picture is the n-th picture of all that the notebook shows, which has to be at least so many pixels wide and high.
func (e *execution) picture(t *testing.T, n, width, height int) image.Image {
	t.Helper()
	pictures, err := e.Pictures()
	if err != nil {
		t.Fatal(err)
	}
	if len(pictures) <= n {
		t.Fatalf("%d pictures, want more than %d", len(pictures), n)
	}
	if b := pictures[n].Bounds(); b.Dx() < width || b.Dy() < height {
		t.Errorf("picture %d has %d×%d pixels, want at least %d×%d", n, b.Dx(), b.Dy(), width, height)
	}
	return pictures[n]
}

// within reports a number that is not where it has to be.
func within(t *testing.T, what string, got, low, high float64) {
	t.Helper()
	if !(got >= low && got <= high) {
		t.Errorf("%s is %g, want it from %g to %g", what, got, low, high)
	}
}
