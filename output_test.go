package main

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestAResultThatNobodyGotIsAFailure writes to a full disk.
func TestAResultThatNobodyGotIsAFailure(t *testing.T) {
	runs, image := trained(t), picture(t)
	for name, args := range map[string][]string{
		"help":     {"--help"},
		"version":  {"--version"},
		"group":    {"runs"},
		"tokenize": {"tokenize", "a dog"},
		"profile":  {"profile", "tiny"},
		"bench":    {"bench", "--batch", "2", "--steps", "1"},
		"doctor":   {"doctor"},
		"eval":     {"eval", "tiny", "--runs", runs, "--data", "emoji-small:unseen-style"},
		"embed":    {"embed", "tiny", "--runs", runs, "--text", "a dog"},
		"classify": {"classify", "tiny", "--runs", runs, "--text", "a dog", "--image", image},
		"search":   {"search", "tiny", "--runs", runs, "--text", "a dog", "--data", "emoji-small:unseen-style"},
		"convert":  {"convert", "tiny", filepath.Join(t.TempDir(), "out"), "--to", "openclip", "--runs", runs},
		"train":    trainArgs(runs),
		"list":     {"runs", "list", "--runs", runs},
		"show":     {"runs", "show", "tiny", "--runs", runs},
		"export":   {"runs", "export", "tiny", "--runs", runs, "--out", t.TempDir()},
		"watch":    {"watch", runs, "--once"},
	} {
		forms := [][]string{args, append([]string{"--json"}, args...)}
		switch name {
		case "help", "version", "group", "watch": // they give no document
			forms = forms[:1]
		case "convert": // OUT exists the second time
			forms = forms[1:]
		}
		for _, args := range forms {
			full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
			if err != nil {
				t.Skipf("needs a disk that is always full: %v", err)
			}
			var stderr strings.Builder
			c := clipbench(args...)
			c.Stdout, c.Stderr = full, &stderr
			_ = c.Run() // its exit status is looked at
			if err := full.Close(); err != nil {
				t.Fatal(err)
			}
			outcome{code: c.ProcessState.ExitCode(), stderr: stderr.String()}.refused(t, 1, "standard output", "no space left")
		}
	}
}

func TestVersionNamesModuleAndGo(t *testing.T) {
	o := succeeds(t, "--version")
	if !strings.HasPrefix(o.stdout, "clipbench ") || !strings.Contains(o.stdout, runtime.Version()) || strings.Count(o.stdout, "\n") != 1 {
		t.Errorf("it prints %q", o.stdout)
	}
}

func TestABrokenPictureIsOneLineWithItsName(t *testing.T) {
	runs := trained(t)
	content, err := os.ReadFile(picture(t))
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.png")
	if err := os.WriteFile(broken, content[:len(content)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"embed", "tiny", "--image", broken},
		{"classify", "tiny", "--image", picture(t), "--image", broken, "--text", "a dog"},
		{"search", "tiny", "--image", broken, "--data", "emoji-small:unseen-style"},
	} {
		o := finish(t, clipbench(append(args, "--runs", runs)...))
		o.refused(t, 1, "clipbench: "+broken+": ", "PNG")
		for _, word := range []string{"sample", "skipped", "mend the data", "so far"} {
			if strings.Contains(o.stderr, word) {
				t.Errorf("it speaks of a data set (%q):\n%s", word, o.stderr)
			}
		}
	}
}

func TestFeaturesThatAreNotFiniteAreToldByTheirInput(t *testing.T) {
	runs, image := trained(t), picture(t)
	out := filepath.Join(t.TempDir(), "model")
	succeeds(t, "convert", "tiny", out, "--to", "huggingface", "--runs", runs)
	for tensor, told := range map[string]string{
		"visual_projection.weight": image + ": the model's features of it are not finite",
		"text_projection.weight":   "a dog: the model's features of it are not finite",
		"logit_scale":              "logit_scale: exp of the model's is NaN",
	} {
		undo := spoil(t, filepath.Join(out, "model.safetensors"), tensor)
		for _, args := range [][]string{
			{"embed", out, "--image", image, "--text", "a dog"},
			{"embed", out, "--image", image, "--text", "a dog", "--json"},
			{"classify", out, "--image", image, "--text", "a dog", "--json"},
			{"search", out, "--image", image, "--text", "a dog", "--data", "emoji-small:unseen-style", "--json"},
		} {
			finish(t, clipbench(args...)).refused(t, 1, told)
		}
		undo()
	}
}

// spoil makes the first value of a tensor NaN.
func spoil(t *testing.T, path, tensor string) (undo func()) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var header map[string]struct {
		Offsets [2]int `json:"data_offsets"`
	}
	data := 8 + int(binary.LittleEndian.Uint64(content))
	if err := json.Unmarshal(content[8:data], &header); err != nil || header[tensor].Offsets[1] == 0 {
		t.Fatalf("%s: no %s, %v", path, tensor, err)
	}
	was := string(content)
	binary.LittleEndian.PutUint32(content[data+header[tensor].Offsets[0]:], math.Float32bits(float32(math.NaN())))
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.WriteFile(path, []byte(was), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
