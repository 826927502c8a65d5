package workbench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAWarmUpThatOutlastsTheRunIsTold(t *testing.T) {
	for warmup, told := range map[string]string{
		"11": "", // the twelfth step has the full rate
		"12": "the learning rate only rises, and ends at 0.000923 of 0.001",
		"99": "model.optim.sched.warmup_steps=99: the run has 12 steps, so the learning rate only rises, and ends at 0.00012 of 0.001",
	} {
		root, said := t.TempDir(), &recorder{}
		run := tiny(t, root, said, "model.optim.sched.warmup_steps="+warmup)
		for range 2 {
			if _, err := run.TrainSteps(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
		}
		log, err := os.ReadFile(filepath.Join(root, "tiny", "log.txt"))
		if err != nil {
			t.Fatal(err)
		}
		for where, text := range map[string]string{"standard error": strings.Join(said.said, "\n"), "the log": string(log)} {
			if n := strings.Count(text, "warmup_steps"); told == "" && n != 0 || told != "" && (n != 1 || !strings.Contains(text, told)) {
				t.Errorf("a warm-up of %s: %s has\n%s\nwant %q once", warmup, where, text, told)
			}
		}
	}
}
