package notebooks

import (
	"os"
	"path/filepath"
	"testing"
)

func checkYourData(t *testing.T, e *execution) {
	files, err := filepath.Glob(filepath.Join(e.Folder, "shelf", "train", "*.png"))
	if err != nil || len(files) != 135 {
		t.Errorf("%d pictures were written, want 135 (%v)", len(files), err)
	}
	if _, err := os.Stat(filepath.Join(e.Folder, "shelf", "test.csv")); err != nil {
		t.Error(err)
	}
	rows := e.numbers(t, `shelves: top-1 (\S+) of (\d+)   old labels: top-1 (\S+) of (\d+)`)
	if len(rows) != 3 {
		t.Fatalf("%d reports, want as it is, fine-tuned, from scratch", len(rows))
	}
	for _, r := range rows {
		within(t, "top-1 on shelves", r[0], 0, 1)
	}
	if asItIs, tuned := rows[0][0], rows[1][0]; tuned <= asItIs {
		t.Errorf("fine-tuned %g, as it is %g", tuned, asItIs)
	}
	e.learns(t, "shelves")
	e.learns(t, "scratch")
}
