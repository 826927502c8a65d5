package main

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// random is a training in which everything random is switched on: dropout, dropped paths, augmentation, varied captions, a
// moving average; validated and saved often.
var random = []string{
	"trainer.max_steps=60", "trainer.val_check_interval=7", "trainer.log_every_n_steps=2",
	"exp_manager.checkpoint_callback_params.every_n_train_steps=3", "exp_manager.checkpoint_callback_params.save_top_k=2",
	"exp_manager.ema.enable=true", "exp_manager.ema.decay=0.9", "model.data.tag_probability=0.5",
	"model.vision.hidden_dropout=0.1", "model.text.hidden_dropout=0.1", "model.vision.attention_dropout=0.1", "model.vision.drop_path_rate=0.1",
	"model.data.augment.flip=0.5", "model.data.augment.rotate=10", "model.data.augment.brightness=0.2",
}

// TestAfterAnyKillTheRunGoesOnToTheSameBits kills a training with SIGKILL twenty times, half of them while it writes a
// checkpoint, and compares it with one that was never killed.
func TestAfterAnyKillTheRunGoesOnToTheSameBits(t *testing.T) {
	whole, broken := filepath.Join(t.TempDir(), "runs"), filepath.Join(t.TempDir(), "runs")
	succeeds(t, trainArgs(whole, random...)...)

	r := rand.New(rand.NewPCG(20, 26))
	insideASave := 0
	for kill := range 20 {
		// Without progress in between, twenty lives would be one: each is to get some steps further, in the end near the last.
		if killed(t, broken, 1+kill*54/20, kill%2 == 0, time.Duration(r.IntN(60))*time.Millisecond) {
			insideASave++
		}
	}
	if insideASave == 0 {
		t.Error("no kill met the writing of a checkpoint")
	}
	succeeds(t, trainArgs(broken, random...)...)

	state := func(runs string) []byte {
		content, err := os.ReadFile(filepath.Join(runs, "tiny", "checkpoints", "60", "state.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	if !bytes.Equal(state(whole), state(broken)) {
		t.Error("the states differ")
	}
	want, got := results(t, filepath.Join(whole, "tiny")), results(t, filepath.Join(broken, "tiny"))
	if len(want) != 30+9 || !reflect.DeepEqual(want, got) {
		t.Errorf("the metrics differ; of the run never killed, %d lines:\n%v\nof the other, %d lines:\n%v", len(want), want, len(got), got)
	}
	t.Logf("%d of 20 kills met the writing of a checkpoint", insideASave)
}

// killed lets a run go on to a step and kills it: some time later, or when a checkpoint is being written. It tells whether
// a half-written one was left.
func killed(t *testing.T, runs string, step int, saving bool, later time.Duration) (half bool) {
	t.Helper()
	run := filepath.Join(runs, "tiny")
	c := clipbench(trainArgs(runs, random...)...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	awaits(t, "a step to kill at", func() bool {
		return len(ended) > 0 || stepReached(run, step) && (!saving || len(halves(run)) > 0)
	})
	if !saving {
		time.Sleep(later)
	}
	_ = c.Process.Kill()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("before the kill the run ended: %v\n%s", err, &stderr)
	}
	return len(halves(run)) > 0
}

// halves are the checkpoints of a run that are being written.
func halves(run string) []string {
	found, _ := filepath.Glob(filepath.Join(run, "checkpoints", ".saving-*"))
	return found
}

// results are the lines of a run's metrics that do not tell of time and machine.
func results(t *testing.T, run string) (lines []line) {
	t.Helper()
	for _, l := range metricsOf(t, run) {
		maps.DeleteFunc(l, func(name string, _ any) bool {
			return slices.Contains([]string{"time", "pairs_per_s", "wait"}, name) || strings.HasPrefix(name, "sys/")
		})
		if len(l) > len([]string{"step", "samples", "epoch"}) {
			lines = append(lines, l)
		}
	}
	return lines
}

func TestAnInterruptSavesSaysHowToGoOnAndTheSameCommandDoes(t *testing.T) {
	runs := filepath.Join(t.TempDir(), "runs")
	args := trainArgs(runs, "trainer.max_steps=100000", "trainer.val_check_interval=100000")
	first := interrupted(t, filepath.Join(runs, "tiny"), 3, args)
	if first.code != 0 || !strings.Contains(first.stderr, "train it again to go on") {
		t.Errorf("exit status %d, and standard error says:\n%s", first.code, first.stderr)
	}
	if again := "go on:     clipbench " + strings.Join(args, " "); !strings.Contains(first.stdout, again) {
		t.Errorf("standard output does not say %q:\n%s", again, first.stdout)
	}
	metrics := metricsOf(t, filepath.Join(runs, "tiny"))
	last := int(metrics[len(metrics)-1]["step"].(float64))
	if _, err := os.Stat(filepath.Join(runs, "tiny", "checkpoints", strconv.Itoa(last), "checkpoint.json")); err != nil {
		t.Errorf("the step it was stopped at was not saved: %v", err)
	}
	second := interrupted(t, filepath.Join(runs, "tiny"), last+3, args)
	if !strings.Contains(second.stderr, strconv.Itoa(last)+" of 100000 steps done") {
		t.Errorf("the second did not go on from step %d:\n%s", last, second.stderr)
	}
	for i, l := range results(t, filepath.Join(runs, "tiny")) {
		if int(l["step"].(float64)) != i+1 {
			t.Fatalf("line %d of the metrics is of step %v: one is missing or doubled", i+1, l["step"])
		}
	}
}

// interrupted runs the program and interrupts it when its metrics have come to a step.
func interrupted(t *testing.T, run string, step int, args []string) outcome {
	t.Helper()
	c := clipbench(args...)
	go func() {
		deadline := time.Now().Add(2 * time.Minute)
		for !stepReached(run, step) && time.Now().Before(deadline) {
			time.Sleep(5 * time.Millisecond)
		}
		_ = c.Process.Signal(os.Interrupt)
	}()
	return finish(t, c)
}

func TestAnInterruptDuringValidationLosesNoValidation(t *testing.T) {
	whole, broken := filepath.Join(t.TempDir(), "runs"), filepath.Join(t.TempDir(), "runs")
	args := []string{"trainer.max_steps=6", "trainer.val_check_interval=3", `model.data.validation.dataset_path=["emoji-small:validation-style","emoji-small:validation-concept"]`}
	succeeds(t, trainArgs(whole, args...)...)
	interrupted := clipbench(trainArgs(broken, args...)...)
	if err := interrupted.Start(); err != nil {
		t.Fatal(err)
	}
	status := filepath.Join(broken, "tiny", "status.json")
	awaits(t, "a validation", func() bool {
		text, _ := os.ReadFile(status)
		return bytes.Contains(text, []byte(`"validating"`))
	})
	_ = interrupted.Process.Signal(os.Interrupt)
	if err := interrupted.Wait(); err != nil {
		t.Fatal(err)
	}
	succeeds(t, trainArgs(broken, args...)...)
	want, got := results(t, filepath.Join(whole, "tiny")), results(t, filepath.Join(broken, "tiny"))
	if !reflect.DeepEqual(want, got) {
		t.Errorf("the metrics differ; never interrupted:\n%v\ninterrupted:\n%v", want, got)
	}
}

func TestNaNIsNotAppliedNamesItsSamplesAndEndsTheRunAtItsLastGoodCheckpoint(t *testing.T) {
	runs := filepath.Join(t.TempDir(), "runs")
	// The decay turns every weight into -10 times itself: after about twenty steps float32 cannot hold their squares.
	finish(t, clipbench(trainArgs(runs, "trainer.max_steps=100", "trainer.max_nonfinite_steps=3",
		"model.optim.weight_decay=1.1e4", "model.optim.sched.name=constant", "model.optim.sched.warmup_steps=0")...)).
		refused(t, 1, "not finite for 3 steps", "trainer.max_nonfinite_steps", "the checkpoint of step", "is kept", "lower model.optim.lr")
	log, err := os.ReadFile(filepath.Join(runs, "tiny", "log.txt"))
	if err != nil || strings.Count(string(log), "the step was not applied; its samples: [") != 3 {
		t.Errorf("the log does not name the samples of three steps, %v:\n%s", err, log)
	}
	succeeds(t, "eval", "tiny", "--runs", runs, "--data", "emoji-small:unseen-style")
}
