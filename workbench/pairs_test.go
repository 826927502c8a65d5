package workbench

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestASetWithoutASplitIsToldOfItsSplits(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, spec := range []string{"emoji-small", "emoji-small:"} {
		if _, err := OpenSource(spec); err == nil || !strings.Contains(err.Error(), "emoji-small: a split is missing, as in :train; there are train, unseen-both, ") {
			t.Errorf("%s: %v", spec, err)
		}
	}
	folderOfPairs(t, filepath.Join(".", "emoji-small"))
	if pairs, err := OpenSource("emoji-small"); err != nil || pairs.Len() != 20 {
		t.Errorf("a folder of that name: %v", err)
	}
	if pairs, err := OpenSource("emoji-small:train"); err != nil || pairs.Len() != 135 {
		t.Errorf("the set beside a folder of its name: %v", err)
	}
}
