package live

import (
	"context"
	"time"
)

// Load reads the runs below root once, by name: of each what a list says of it and its configuration and, if whole is set,
// its whole history.
func Load(ctx context.Context, root string, whole bool) ([]*Run, error) {
	s := NewStore(ctx, root, time.Now)
	for s.Busy() && s.Err == nil && ctx.Err() == nil {
		var follow []*Run
		if whole {
			follow = s.Runs
		}
		for _, job := range s.Jobs(follow) {
			s.Take(job())
		}
	}
	if s.Err != nil {
		return nil, s.Err
	}
	return s.Runs, ctx.Err()
}
