package emoji

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeVariable makes the test binary a renderer, as render/render.mjs is one.
const fakeVariable = "EMOJI_FAKE_RENDERER"

func TestMain(m *testing.M) {
	if mode := os.Getenv(fakeVariable); mode != "" {
		fakeRenderer(mode)
		return
	}
	os.Exit(m.Run())
}

// fakeRenderer draws "PNG of <svg>", dies of an SVG that holds "crash", hangs on "hang" and answers "fail" with an error.
func fakeRenderer(mode string) {
	if mode == "broken" {
		fmt.Fprintln(os.Stderr, "node:internal/modules/esm/resolve:873\n\nError: Cannot find package\n    at somewhere")
		os.Exit(1)
	}
	say := json.NewEncoder(os.Stdout)
	_ = say.Encode(map[string]bool{"ready": true})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var request renderRequest
		if err := json.Unmarshal(lines.Bytes(), &request); err != nil {
			os.Exit(3)
		}
		switch {
		case strings.Contains(request.SVG, "crash"):
			os.Exit(134)
		case strings.Contains(request.SVG, "hang"):
			time.Sleep(time.Hour)
		case strings.Contains(request.SVG, "fail"):
			_ = say.Encode(map[string]string{"error": "not an SVG"})
		default:
			_ = say.Encode(map[string][]byte{"png": []byte("PNG of " + request.SVG)})
		}
	}
}

func fakeCommand(mode string) func(context.Context) *exec.Cmd {
	return func(ctx context.Context) *exec.Cmd {
		command := exec.CommandContext(ctx, os.Args[0])
		command.Env = append(os.Environ(), fakeVariable+"="+mode)
		return command
	}
}

// fakeRender draws the given SVGs with fakes, and returns what became of each.
func fakeRender(ctx context.Context, r renderer, svgs []string) ([]drawing, error) {
	drawings := make([]drawing, len(svgs))
	var mu sync.Mutex
	err := r.render(ctx, len(svgs), func(i int) string { return svgs[i] }, func(i int, d drawing) {
		mu.Lock()
		defer mu.Unlock()
		drawings[i] = d
	})
	return drawings, err
}

func TestAPictureThatCrashesTheRendererIsSkippedAlone(t *testing.T) {
	svgs := []string{"a", "crash 1", "b", "fail", "crash 2", "crash 3", "c", "d", "hang", "e"}
	for _, workers := range []int{1, 3} {
		r := renderer{command: fakeCommand("works"), workers: workers, limit: time.Second}
		drawings, err := fakeRender(t.Context(), r, svgs)
		if err != nil {
			t.Fatal(err)
		}
		for i, svg := range svgs {
			got, want := drawings[i], "PNG of "+svg
			wrong := map[bool]string{strings.Contains(svg, "crash"): "the renderer died (exit status 134)", svg == "hang": "the renderer died (signal: killed)", svg == "fail": "not an SVG"}[true]
			switch {
			case wrong == "" && (got.err != nil || string(got.png) != want):
				t.Errorf("%d workers: %q became %q, %v", workers, svg, got.png, got.err)
			case wrong != "" && (got.err == nil || got.err.Error() != wrong || got.png != nil):
				t.Errorf("%d workers: %q became %q, %v; want the error %q", workers, svg, got.png, got.err, wrong)
			}
		}
	}
}

func TestARendererThatCannotStartEndsTheWork(t *testing.T) {
	missing := func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, "/no/such/program") }
	for want, command := range map[string]func(context.Context) *exec.Cmd{
		"the renderer does not start: Error: Cannot find package": fakeCommand("broken"),
		"start the renderer: ": missing,
	} {
		_, err := fakeRender(t.Context(), renderer{command: command, workers: 2, limit: time.Minute}, []string{"a", "b", "c"})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestCancellingStopsTheRenderers(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := renderer{command: fakeCommand("works"), workers: 2, limit: time.Hour}
	err := r.render(ctx, 1000, func(i int) string {
		if i == 1 { // the first hangs by now, or soon will
			cancel()
		}
		return "hang"
	}, func(int, drawing) {})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

// TestRenderProgramSpeaksTheProtocol reads the committed program: the words that Go waits for are in it.
func TestRenderProgramSpeaksTheProtocol(t *testing.T) {
	for _, want := range []string{"say({ ready: true })", "const { svg } = JSON.parse(line)", "say({ png:", "say({ error:"} {
		if !strings.Contains(renderProgram, want) {
			t.Errorf("render.mjs lacks %s", want)
		}
	}
}
