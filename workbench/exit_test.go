package workbench

import (
	"errors"
	"fmt"
	"testing"

	"clipbench/workbench/config"
)

func TestOnlyAWrongOverrideIsWrongUse(t *testing.T) {
	load := func(overrides ...string) error {
		_, err := config.LoadBytes("file.yaml", []byte("model: {optim: {lr: 1e-3, sched: {min_lr: 1e-4}}}"), overrides...)
		return err
	}
	_, inFile := config.LoadBytes("file.yaml", []byte("model: {optim: {lrr: 1e-3}}"), "name=other")
	for name, tc := range map[string]struct {
		err  error
		want int
	}{
		"none":                           {nil, 0},
		"another":                        {errors.New("the disk is full"), 1},
		"a key of the file":              {inFile, 1},
		"an override":                    {load("model.optim.lrr=1"), 2},
		"an override and the file's key": {load("model.optim.lr=1e-5"), 2},
		"wrapped":                        {fmt.Errorf("training: %w", load("trainer.max_steps=0")), 2},
	} {
		if got := ExitStatus(tc.err); got != tc.want {
			t.Errorf("%s: %d for %v, want %d", name, got, tc.err, tc.want)
		}
	}
}
