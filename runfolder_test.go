package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestAConfigurationThatDiffersIsRefusedAndTheRunUntouched(t *testing.T) {
	runs := trained(t)
	before := contents(t, runs)
	finish(t, clipbench(trainArgs(runs, "model.optim.lr=2e-3")...)).
		refused(t, 1, filepath.Join(runs, "tiny"), "differs in model.optim.lr (0.001, now 0.002)", "another --run")
	finish(t, clipbench(trainArgs(runs, "--resume", "never")...)).refused(t, 1, "the run exists", "another --run")
	finish(t, clipbench(trainArgs(runs, "exp_manager.resume_if_exists=false")...)).refused(t, 1, "the run exists", "exp_manager.resume_if_exists")
	same(t, before, contents(t, runs))
}

func TestWhatAltersNoResultMayDifferOnResume(t *testing.T) {
	runs := trained(t)
	succeeds(t, trainArgs(runs, "trainer.log_every_n_steps=3", "exp_manager.checkpoint_callback_params.save_top_k=1", "model.data.num_workers=2")...)
}

func TestAFileOfTheRunThatWasEmptiedIsNamedAndNothingWritten(t *testing.T) {
	original := trained(t)
	for name, tc := range map[string]struct {
		words []string
		copy  string // that can be put back; without one the file is removed
	}{
		"run.json":      {[]string{"is empty", "put it back", "or remove it", "new id"}, ""},
		"metrics.jsonl": {[]string{"is empty", "up to step 12", "put it back", "or remove it"}, ""},
		"config.yaml":   {[]string{"is empty", "put back the copy"}, filepath.Join("checkpoints", "12", "config.yaml")},
	} {
		t.Run(name, func(t *testing.T) {
			runs := filepath.Join(t.TempDir(), "runs")
			if err := os.CopyFS(runs, os.DirFS(original)); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(runs, "tiny", name)
			if err := os.Truncate(path, 0); err != nil {
				t.Fatal(err)
			}
			before := contents(t, runs)
			finish(t, clipbench(trainArgs(runs)...)).refused(t, 1, append(tc.words, path, tc.copy)...)
			same(t, before, contents(t, runs))
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if tc.copy != "" {
				if err := os.Link(filepath.Join(runs, "tiny", tc.copy), path); err != nil {
					t.Fatal(err)
				}
			}
			succeeds(t, trainArgs(runs)...)
		})
	}
}

func TestATornLastLineOfMetricsIsHarmless(t *testing.T) {
	runs := trained(t)
	path := filepath.Join(runs, "tiny", "metrics.jsonl")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const torn = `{"step":13,"samp`
	if err := os.WriteFile(path, append(bytes.Clone(before), torn...), 0o644); err != nil {
		t.Fatal(err)
	}
	succeeds(t, trainArgs(runs)...)
	after, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(after, before) || bytes.Contains(after, []byte(torn)) {
		t.Errorf("%v, metrics.jsonl has\n%s", err, after)
	}
	if dropped, err := os.ReadFile(filepath.Join(runs, "tiny", "metrics.dropped.jsonl")); err != nil || string(dropped) != torn+"\n" {
		t.Errorf("%v, what was dropped is %q", err, dropped)
	}
}

func TestATrainingSaysWhatItsTimesAre(t *testing.T) {
	args := trainArgs(filepath.Join(t.TempDir(), "runs"), "trainer.max_time=1h")
	o := succeeds(t, args...)
	for _, words := range []string{"finished:  step 12, 192 pairs; trained for ", "of it now, compiling and validating included", "speed:     ", "without compiling and validating"} {
		if !strings.Contains(o.stdout, words) {
			t.Errorf("standard output does not say %q:\n%s", words, o.stdout)
		}
	}
	args = trainArgs(filepath.Join(t.TempDir(), "runs"), "trainer.max_time=1ms")
	if o := succeeds(t, args...); !strings.Contains(o.stdout, "go on:     with more than trainer.max_time=1ms") {
		t.Errorf("standard output does not say how it goes on:\n%s", o.stdout)
	}
}

func TestWhatAltersRoundingAloneIsToldOnResume(t *testing.T) {
	runs := trained(t)
	o := succeeds(t, trainArgs(runs, "model.optim.name=fused_adam", "model.micro_batch_size=8", "model.global_batch_size=16")...)
	for _, words := range []string{"it goes on with model.optim.name=fused_adam, which was adamw", "it goes on with model.micro_batch_size=8, which was 16"} {
		if !strings.Contains(o.stderr, words) {
			t.Errorf("standard error does not say %q:\n%s", words, o.stderr)
		}
	}
}

func TestANameInUseByALiveProcessIsRefused(t *testing.T) {
	runs := filepath.Join(t.TempDir(), "runs")
	first := clipbench(trainArgs(runs, "trainer.max_steps=1000000", "trainer.val_check_interval=1000000")...)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	defer first.Process.Kill() //nolint:errcheck // it has ended if all went well
	awaits(t, "the first steps", func() bool { return stepReached(filepath.Join(runs, "tiny"), 2) })
	finish(t, clipbench(trainArgs(runs, "trainer.max_steps=1000000", "trainer.val_check_interval=1000000")...)).
		refused(t, 1, filepath.Join(runs, "tiny"), "is writing this run", "use another name")
	if err := first.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := first.Wait(); err != nil {
		t.Errorf("the first was disturbed: %v", err)
	}
}

func TestADamagedNewestCheckpointIsNamedAndTheOneBeforeUsed(t *testing.T) {
	runs := trained(t)
	newest := filepath.Join(runs, "tiny", "checkpoints", "12", "state.safetensors")
	state, err := os.ReadFile(newest)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(state)
	damaged[len(damaged)-1000] ^= 1
	if err := os.WriteFile(newest, damaged, 0o644); err != nil {
		t.Fatal(err)
	}
	o := succeeds(t, "eval", "tiny", "--runs", runs, "--data", "emoji-small:unseen-style")
	if !strings.Contains(o.stderr, newest+": damaged") {
		t.Errorf("evaluation does not say that it uses an older checkpoint:\n%s", o.stderr)
	}
	o = succeeds(t, trainArgs(runs)...)
	for _, words := range []string{newest + ": damaged", "the one before it is used", "8 of 12 steps done"} {
		if strings.Count(o.stderr, words) != 1 {
			t.Errorf("standard error does not say %q once:\n%s", words, o.stderr)
		}
	}
	again, err := os.ReadFile(newest)
	if err != nil || !bytes.Equal(again, state) {
		t.Errorf("steps 9 to 12 gave another state the second time, %v", err)
	}
}

// inNamespace is a child that may mount what it likes without anybody else seeing it: script, with the program as $1.
func inNamespace(t *testing.T, script string) *exec.Cmd {
	t.Helper()
	if out, err := exec.Command("unshare", "--user", "--map-root-user", "--mount", "true").CombinedOutput(); err != nil {
		t.Skipf("needs a mount of its own, and unshare says: %v %s", err, out)
	}
	return child("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", program)
}

func TestAFullDiskEndsTheRunAndKeepsWhatIsOnIt(t *testing.T) {
	kept := t.TempDir()
	// Two checkpoints of 1.5 MB have room, a third has none.
	o := finish(t, inNamespace(t, `mount -t tmpfs -o size=4m clipbench-test `+kept+` || exit 77
"$1" train testdata/tiny.yaml --runs `+kept+`/runs; status=$?
"$1" train testdata/tiny.yaml --runs `+kept+`/runs 2>/dev/null && exit 88
"$1" eval tiny --data emoji-small:unseen-style --runs `+kept+`/runs >&2 || exit 99
exit $status`))
	if o.code == 77 {
		t.Skip("cannot mount a small file system here: " + o.stderr)
	}
	if o.code != 1 {
		t.Errorf("exit status %d, want 1 (88: trained on a full disk, 99: what was saved cannot be used)", o.code)
	}
	told := ""
	for l := range strings.Lines(o.stderr) {
		if strings.HasPrefix(l, "clipbench: ") {
			told += l
		}
	}
	if strings.Count(told, "\n") != 1 || !strings.Contains(told, "the disk is full") || !strings.Contains(told, "free some space") {
		t.Errorf("told %q", told)
	}
}

func TestAFolderThatCannotBeWrittenToIsOneLine(t *testing.T) {
	runs := trained(t)
	before := contents(t, runs)
	o := finish(t, inNamespace(t, `mount --bind `+runs+` `+runs+` && mount -o remount,bind,ro `+runs+` || exit 77
"$1" train testdata/tiny.yaml trainer.max_steps=12 --runs `+runs+`; resumed=$?
"$1" train testdata/tiny.yaml --run other --runs `+runs+`; fresh=$?
exit $((resumed*10 + fresh))`))
	if o.code == 77 {
		t.Skip("cannot mount read-only here: " + o.stderr)
	}
	if o.code != 11 || strings.Count(o.stderr, "\n") != 2 || strings.Count(o.stderr, "the file system is read-only; choose a folder that can be written to") != 2 {
		t.Errorf("exit status %d, want 1 of both:\n%s", o.code, o.stderr)
	}
	same(t, before, contents(t, runs))
}

func TestAFolderWithoutPermissionIsOneLine(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write anywhere; a read-only mount is tested")
	}
	runs := trained(t)
	if err := os.Chmod(filepath.Join(runs, "tiny"), 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(filepath.Join(runs, "tiny"), 0o755) //nolint:errcheck // for the folder's removal
	finish(t, clipbench(trainArgs(runs)...)).refused(t, 1, "no permission")
}

// contents are a folder's files by their paths.
func contents(t *testing.T, root string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		files[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func same(t *testing.T, before, after map[string]string) {
	t.Helper()
	for path, content := range after {
		if was, ok := before[path]; !ok || was != content {
			t.Errorf("%s was changed", path)
		}
	}
	for path := range before {
		if _, ok := after[path]; !ok {
			t.Errorf("%s is gone", path)
		}
	}
}
