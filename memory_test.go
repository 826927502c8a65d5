package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clipbench/workbench/device"
)

func TestOutOfMemorySaysWhatWasNeededAndWhatLowersItMost(t *testing.T) {
	d, err := device.Open(t.Context(), device.Options{Backend: "xla:cpu"})
	if err != nil {
		t.Skip("no XLA CPU plugin on this machine: `just setup` fetches it")
	}
	d.Close()
	// The scores of 65,536 positions take a tebibyte in every block but the last, which asks for one place alone: more than is free, and than the shell lets the process ask for.
	runs := filepath.Join(t.TempDir(), "runs")
	c := child("sh", append([]string{"-c", `ulimit -v 8000000 && exec "$@"`, "sh", program}, trainArgs(runs, "--backend", "xla:cpu", "model.text.encoder_seq_length=65536", "model.text.num_layers=2")...)...)
	o := finish(t, c)
	advice := []string{"training on 1 device needs about 1.0 TiB", "model.text.use_flash_attention=true (", "model.micro_batch_size=8 model.global_batch_size=16 (", "trainer.precision=bf16 ("}
	o.refused(t, 1, append(advice, "out of memory", "Out of memory allocating")...)
	log, err := os.ReadFile(filepath.Join(runs, "tiny", "log.txt"))
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(log), "Out of memory")
	for _, word := range append(advice, "memory may run out", " are free") {
		if !strings.Contains(before, word) {
			t.Errorf("before memory ran out the log did not say %q:\n%s", word, log)
		}
	}
}
