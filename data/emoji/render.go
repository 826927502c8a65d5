package emoji

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// pictureTime is how long one picture may take: most take 2 ms, so a renderer that needs this long hangs.
const pictureTime = 30 * time.Second

// A renderer turns SVG into PNG in child processes, because resvg aborts its whole process on some pictures.
type renderer struct {
	command func(ctx context.Context) *exec.Cmd // the child, which speaks as render/render.mjs says
	workers int                                 // children at work at the same time
}

// drawn is what became of one picture: its PNG, or why there is none.
type drawn struct {
	png []byte
	err error
}

// render draws count pictures; svg gives the i-th and done hears what became of it. done is called from several
// goroutines, once a picture. A picture that fails, or takes its child down, fails alone; the error is for what ends
// the whole work: a child that cannot start, or ctx.
func (r renderer) render(ctx context.Context, count int, svg func(i int) string, done func(i int, result drawn)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var workers sync.WaitGroup
	for range max(1, r.workers) {
		workers.Go(func() {
			if err := r.work(ctx, next, svg, done); err != nil {
				cancel(err)
			}
		})
	}
	for i := 0; i < count && ctx.Err() == nil; i++ {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}

// work draws pictures with one child at a time, and starts another when it dies.
func (r renderer) work(ctx context.Context, next <-chan int, svg func(int) string, done func(int, drawn)) error {
	var child *renderProcess
	defer func() { child.stop() }()
	for i := range next {
		if child == nil {
			var err error
			if child, err = startRenderer(r.command(ctx)); err != nil {
				return err
			}
		}
		png, err := child.draw(svg(i))
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if errors.Is(err, errRendererDied) {
			err = fmt.Errorf("%w: %s", errRendererDied, child.stop())
			child = nil
		}
		done(i, drawn{png, err})
	}
	return nil
}

// errRendererDied says that a picture ended the process that drew it.
var errRendererDied = errors.New("the renderer died")

// renderProcess is a running child with at most one picture in flight: if it dies, that one is to blame.
type renderProcess struct {
	command *exec.Cmd
	in      io.WriteCloser
	ask     *json.Encoder
	answers *json.Decoder
	said    *bytes.Buffer // its standard error; read after stop
}

type renderRequest struct {
	SVG string `json:"svg"`
}

type renderAnswer struct {
	Ready bool   `json:"ready"`
	PNG   []byte `json:"png"`
	Error string `json:"error"`
}

// startRenderer starts a child and waits until it is ready.
func startRenderer(command *exec.Cmd) (*renderProcess, error) {
	said := &bytes.Buffer{}
	command.Stderr = said
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the renderer: %w", err)
	}
	p := &renderProcess{command, in, json.NewEncoder(in), json.NewDecoder(out), said}
	var hello renderAnswer
	if err := p.answers.Decode(&hello); err != nil || !hello.Ready {
		return nil, fmt.Errorf("the renderer %s did not start: %s", command.Path, p.stop())
	}
	return p, nil
}

// draw renders one picture. errRendererDied means that the child is gone or no longer to be trusted.
func (p *renderProcess) draw(svg string) ([]byte, error) {
	hang := time.AfterFunc(pictureTime, func() { _ = p.command.Process.Kill() })
	defer hang.Stop()
	if err := p.ask.Encode(renderRequest{svg}); err != nil {
		return nil, errRendererDied
	}
	var answer renderAnswer
	if err := p.answers.Decode(&answer); err != nil {
		return nil, errRendererDied
	}
	if answer.Error != "" {
		return nil, errors.New(answer.Error)
	}
	return answer.PNG, nil
}

// stop ends the child, waits for it and returns what it said at the end.
func (p *renderProcess) stop() string {
	if p == nil {
		return ""
	}
	_ = p.in.Close()
	err := p.command.Wait()
	lines := strings.Split(strings.TrimSpace(p.said.String()), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if last == "" && err != nil {
		last = err.Error()
	}
	return last
}
