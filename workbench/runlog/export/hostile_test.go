package export

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"clipbench/workbench/runlog"
)

// foreign makes a run's folder with nothing but a metrics file.
func foreign(t interface{ Fatal(...any) }, dir, metrics string) *runlog.Run {
	check(os.MkdirAll(dir, 0o755))
	check(os.WriteFile(filepath.Join(dir, "metrics.jsonl"), []byte(metrics), 0o644))
	return must(runlog.Open(dir))
}

// TestCSVEqualsWhatWasWritten writes random metrics under awkward names and reads the table back cell by cell.
func TestCSVEqualsWhatWasWritten(t *testing.T) {
	dir := t.TempDir()
	names := []string{"loss", "run", `a "quote", and a comma`, "two\nlines", "größe", "=1+1"}
	value := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, 1e308, 1e6, 1764314400.123456}))
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		var written []map[string]float64
		for step := range rapid.IntRange(0, 20).Draw(t, "steps") {
			row := rapid.MapOf(rapid.SampledFrom(names), value).Draw(t, "row")
			line := map[string]any{"step": step}
			for name, v := range row {
				line[name] = runlog.Number(v)
			}
			check(json.NewEncoder(&text).Encode(line))
			written = append(written, row)
		}
		run := foreign(t, filepath.Join(dir, "a"), text.String())
		files := must(Write(context.Background(), CSV, dir, []*runlog.Run{run})).Files
		records := must(csv.NewReader(must(os.Open(files[0]))).ReadAll())
		if len(records) != len(written)+1 {
			t.Fatalf("%d records of %d rows", len(records), len(written))
		}
		for i, row := range written {
			got := map[string]float64{}
			for column := 5; column < len(records[0]); column++ {
				if field := records[i+1][column]; field != "" {
					got[strings.TrimPrefix(records[0][column], "metric/")] = must(strconv.ParseFloat(field, 64))
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(row) {
				t.Fatalf("row %d is %v, was written %v", i, got, row)
			}
		}
	})
}

func TestMetricsWithAColumnsNameKeepTheirValues(t *testing.T) {
	run := foreign(t, filepath.Join(t.TempDir(), "a"), `{"step":1,"run":2,"metric/run":3}`+"\n")
	files := must(Write(t.Context(), CSV, t.TempDir(), []*runlog.Run{run})).Files
	if text := string(must(os.ReadFile(files[0]))); text != "run,step,samples,epoch,time,metric/run,metric/metric/run\na,1,0,0,0,3,2\n" {
		t.Errorf("%q", text)
	}
	files = must(Write(t.Context(), Parquet, t.TempDir(), []*runlog.Run{run})).Files
	rows := must(parquet.ReadFile[struct {
		Run   string  `parquet:"run"`
		Named float64 `parquet:"metric/metric/run"`
		Other float64 `parquet:"metric/run"`
	}](files[0]))
	if len(rows) != 1 || rows[0].Run != "a" || rows[0].Named != 2 || rows[0].Other != 3 {
		t.Errorf("%+v", rows)
	}
}

// TestHostOfAStrangerLeadsNowhere has a run.json whose host is a path.
func TestHostOfAStrangerLeadsNowhere(t *testing.T) {
	run := foreign(t, filepath.Join(t.TempDir(), "a"), `{"step":1,"loss":2}`+"\n")
	run.Info.Host = "../../../evil\x1b[2J" + strings.Repeat("x", 5000)
	dir := t.TempDir()
	files := must(Write(t.Context(), TensorBoard, dir, []*runlog.Run{run})).Files
	if len(files) != 1 || filepath.Dir(files[0]) != filepath.Join(dir, "a") || strings.Contains(files[0], "\x1b") {
		t.Errorf("%q", files)
	}
}

// TestASecondExportReplacesTheFirst has a run begun anew under its name, and a stranger's event file beside the export.
func TestASecondExportReplacesTheFirst(t *testing.T) {
	run := foreign(t, filepath.Join(t.TempDir(), "a[1]"), `{"step":1,"loss":2}`+"\n")
	dir := t.TempDir()
	first := must(Write(t.Context(), TensorBoard, dir, []*runlog.Run{run})).Files
	stranger := filepath.Join(dir, "a[1]", "events.out.tfevents.1.host")
	check(os.WriteFile(stranger, nil, 0o644))
	run.Info.Created = time.Unix(1_764_314_400, 0)
	second := must(Write(t.Context(), TensorBoard, dir, []*runlog.Run{run})).Files
	if _, err := os.Stat(first[0]); first[0] == second[0] || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still beside %s", first[0], second[0])
	}
	must(os.Stat(stranger))
}

func TestExportTellsWhatIsWrong(t *testing.T) {
	root := t.TempDir()
	broken := foreign(t, filepath.Join(root, "x", "broken"), "{\n"+`{"step":1,"loss":2}`+"\n")
	empty := foreign(t, filepath.Join(root, "x", "empty"), "")
	result := must(Write(t.Context(), CSV, filepath.Join(root, "out"), []*runlog.Run{broken, empty}))
	if told := strings.Join(result.Notices, "\n"); !strings.Contains(told, "broken: metrics.jsonl: line 1 is no metrics") || !strings.Contains(told, "empty: there are no metrics yet") {
		t.Errorf("it says %q", told)
	}
	twin := foreign(t, filepath.Join(root, "y", "broken"), "")
	if _, err := Write(t.Context(), CSV, root, []*runlog.Run{broken, twin}); err == nil || !strings.Contains(err.Error(), "two runs of one name") {
		t.Error(err)
	}
	if _, err := Write(t.Context(), "xlsx", root, []*runlog.Run{broken}); err == nil {
		t.Error("a format that does not exist was written")
	}
}

func TestARunsOwnFolderIsNotWrittenInto(t *testing.T) {
	root := t.TempDir()
	run := foreign(t, filepath.Join(root, "a"), `{"step":1,"loss":2}`+"\n")
	for format, dir := range map[Format]string{TensorBoard: root, CSV: run.Dir, Parquet: run.Dir} {
		if _, err := Write(t.Context(), format, dir, []*runlog.Run{run}); err == nil || !strings.Contains(err.Error(), "a run's own folder") {
			t.Errorf("%s: %v", format, err)
		}
	}
	if entries := must(os.ReadDir(run.Dir)); len(entries) != 1 {
		t.Errorf("%v", entries)
	}
}

// TestAnEndedExportLeavesNothing ends the export when the file is under way.
func TestAnEndedExportLeavesNothing(t *testing.T) {
	run := foreign(t, filepath.Join(t.TempDir(), "a"), `{"step":1,"loss":2}`+"\n")
	tables, _, err := load(t.Context(), []*runlog.Run{run})
	check(err)
	for _, format := range Formats {
		ctx, stop := context.WithCancel(t.Context())
		stop()
		dir := t.TempDir()
		if format == TensorBoard {
			_, err = writeEvents(ctx, dir, tables)
		} else {
			_, err = one(ctx, filepath.Join(dir, "runs"), func(w io.Writer) error {
				if format == CSV {
					return writeCSV(w, tables)
				}
				return writeParquet(w, tables)
			})
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", format, err)
		}
		check(filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				t.Errorf("%s: %s was left", format, path)
			}
			return err
		}))
	}
}
