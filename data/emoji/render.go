package emoji

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"time"
)

// A renderer turns SVG into PNG in child processes, because resvg aborts its whole process on some pictures.
type renderer struct {
	command func(ctx context.Context) *exec.Cmd // a child that speaks as render/render.mjs says
	workers int                                 // children at work at the same time
	limit   time.Duration                       // a picture that takes longer than this hangs
}

// drawing is what became of one picture: its PNG, or why there is none.
type drawing struct {
	png []byte
	err error
}

// render draws count pictures. svg gives the i-th, and done hears once what became of it; both are called from several
// goroutines. A picture that fails, or takes its child down, fails alone: render's own error is for what ends the whole
// work, a child that cannot start or ctx.
func (r renderer) render(ctx context.Context, count int, svg func(i int) string, done func(i int, d drawing)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan int)
	var workers sync.WaitGroup
	for range r.workers {
		workers.Go(func() {
			if err := r.work(ctx, queue, svg, done); err != nil {
				cancel(err)
			}
		})
	}
	for i := 0; i < count && ctx.Err() == nil; i++ {
		select {
		case queue <- i:
		case <-ctx.Done():
		}
	}
	close(queue)
	workers.Wait()
	return context.Cause(ctx)
}

// work draws pictures with one child at a time, and starts another when it dies.
func (r renderer) work(ctx context.Context, queue <-chan int, svg func(int) string, done func(int, drawing)) error {
	var child *renderProcess
	defer func() { _ = child.stop() }()
	for i := range queue {
		if child == nil {
			var err error
			if child, err = startRenderProcess(r.command(ctx), r.limit); err != nil {
				return err
			}
		}
		png, err := child.draw(svg(i))
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if errors.Is(err, errDied) {
			err = fmt.Errorf("%w (%w)", err, child.stop())
			child = nil
		}
		done(i, drawing{png, err})
	}
	return nil
}
