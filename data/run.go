package data

import (
	"context"
	"iter"
	"sync"
	"time"
)

// result is a batch made, or why not.
type result struct {
	batch *Batch
	err   error
}

// task is a job and where its result is awaited.
type task struct {
	job    job
	result chan<- result
}

// run makes the batches of the jobs with a few workers and yields them in order. It returns when the
// jobs or the receiver's interest end, after an error, or when ctx is cancelled; its goroutines have
// ended then.
func (l *Loader) run(ctx context.Context, jobs iter.Seq[job], t *tally, yield func(*Batch, error) bool) {
	ctx, cancel := context.WithCancel(ctx)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer cancel()

	tasks := make(chan task)
	results := make(chan (<-chan result), l.o.Prefetch) // in the order of the jobs
	workers.Go(func() { dispatch(ctx, jobs, tasks, results) })
	for range l.o.Workers {
		workers.Go(func() {
			for t := range tasks {
				batch, err := l.build(ctx, t.job)
				t.result <- result{batch, err}
			}
		})
	}
	for {
		asked := time.Now()
		b, err := receive(ctx, results)
		l.waited.Add(int64(time.Since(asked)))
		if b != nil {
			err = t.count(b)
		}
		if b == nil && err == nil {
			return
		}
		if err != nil {
			yield(nil, err)
			return
		}
		if !yield(b, nil) {
			return
		}
	}
}

// dispatch hands out the jobs, and the places of their results in order.
func dispatch(ctx context.Context, jobs iter.Seq[job], tasks chan<- task, results chan<- (<-chan result)) {
	defer close(tasks)
	defer close(results)
	for j := range jobs {
		r := make(chan result, 1) // a worker never waits for the receiver
		select {
		case results <- r:
		case <-ctx.Done():
			return
		}
		select {
		case tasks <- task{j, r}:
		case <-ctx.Done():
			return
		}
	}
}

// receive waits for the next batch; nil when there are no more.
func receive(ctx context.Context, results <-chan (<-chan result)) (*Batch, error) {
	select {
	case next, ok := <-results:
		if !ok {
			return nil, context.Cause(ctx)
		}
		select {
		case r := <-next:
			return r.batch, r.err
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
