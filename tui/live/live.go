// Package live is the runs below a folder as they are on disk now. Whatever reads the disk is a Job, to be run outside
// the program's loop; it returns a message that the Store takes in. Nothing is shared between the two, so nothing is locked.
package live

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"clipbench/workbench/runlog"
)

// Job reads the disk and returns a message for Store.Take.
type Job func() any

// Run is one run as far as it has been read.
type Run struct {
	*runlog.Run
	Overview runlog.Overview
	History  *runlog.History   // nil unless the run is followed
	Complete bool              // the history has all there is
	Read     int64             // bytes of metrics.jsonl read, of Size
	Size     int64             //
	Last     map[string]string // by metric, the last value; of a run that is not followed, too
	Config   map[string]string // by dotted key; nil until read
	Gone     bool              // its folder is not there any more
	Trouble  error             // what reading the metrics ran into
	Unread   error             // why the configuration could not be read
	Log      *Log              // nil until asked for
	Media    *Media            // nil until asked for

	tail      *runlog.Tail
	reading   bool      // a job is under way
	due       time.Time // when to read on
	glanced   time.Time // when last glanced at
	glancedAt time.Time // the check-in seen then
	used      int       // when last followed, for forgetting the oldest
	clock     func() time.Time

	configuring bool    // config.yaml is being read
	fetching    bool    // a file of media is being read
	shots       []*Shot // the last few
}

// Store holds every run.
type Store struct {
	Root    string
	Runs    []*Run // by name
	Err     error  // why the folder could not be listed
	Listed  bool   // it was, at least once
	version int
	lister  *runlog.Lister
	listing bool
	listDue time.Time
	ctx     context.Context
	clock   func() time.Time
	uses    int
}

const (
	livePeriod   = 150 * time.Millisecond // between two reads of a running run's metrics
	idlePeriod   = 2 * time.Second        // of one that is not running
	listPeriod   = time.Second
	glancePeriod = 3 * time.Second
	keepRead     = 12 // histories kept of runs that are not followed any more
	sparkPieces  = 32
)

// NewStore follows the runs below root. ctx ends the jobs.
func NewStore(ctx context.Context, root string, clock func() time.Time) *Store {
	return &Store{Root: root, lister: runlog.NewLister(root), ctx: ctx, clock: clock}
}

// Version changes whenever something to be shown did.
func (s *Store) Version() int { return s.version }

// Find is the run of a folder, or nil.
func (s *Store) Find(dir string) *Run {
	for _, r := range s.Runs {
		if r.Dir == dir {
			return r
		}
	}
	return nil
}

// listed, read, glanced and configured are the messages.
type (
	listed struct {
		runs []*runlog.Run
		err  error
	}
	read struct {
		run   *Run
		batch *runlog.Batch
		err   error
	}
	glanced struct {
		run     *Run
		checked time.Time
		history *runlog.History
		err     error
	}
	configured struct {
		run    *Run
		config map[string]string
		err    error
	}
)

// Jobs are what is to be read now, given the runs that are looked at: their whole history; of the others, a glance.
func (s *Store) Jobs(follow []*Run) []Job {
	now := s.clock()
	var jobs []Job
	if !s.listing && !now.Before(s.listDue) {
		s.listing = true
		jobs = append(jobs, func() any {
			runs, err := s.lister.Poll(now)
			return listed{runs, err}
		})
	}
	s.uses++
	for _, r := range follow {
		r.used = s.uses
		if job := s.readOn(r, now); job != nil {
			jobs = append(jobs, job)
		}
	}
	return append(jobs, s.glances(now)...)
}

// readOn reads the next piece of a run's metrics, if it is time.
func (s *Store) readOn(r *Run, now time.Time) Job {
	if r.reading || now.Before(r.due) {
		return nil
	}
	if r.History == nil {
		r.History, r.tail = runlog.NewHistory(), runlog.NewTail(filepath.Join(r.Dir, "metrics.jsonl"))
		r.Complete = false
	}
	r.reading = true
	tail := r.tail
	return func() any {
		batch, err := tail.Poll(s.ctx)
		return read{r, batch, err}
	}
}

// glances look at the runs that are not followed, at first sight and when they checked in anew, and read configurations;
// a few dozen runs to a job, so that two hundred do not come as four hundred messages.
func (s *Store) glances(now time.Time) []Job {
	var looks []Job
	for _, r := range s.Runs {
		run := r.Run
		if r.Config == nil && !r.configuring {
			r.configuring = true
			looks = append(looks, func() any {
				config, err := flatConfig(run)
				return configured{r, config, err}
			})
		}
		seen := run.Status.Checked.Equal(r.glancedAt) && !r.glanced.IsZero()
		if r.History == nil && !seen && now.Sub(r.glanced) >= glancePeriod {
			r.glanced = now
			looks = append(looks, func() any {
				h, err := runlog.Glance(filepath.Join(run.Dir, "metrics.jsonl"), sparkPieces)
				return glanced{r, run.Status.Checked, h, err}
			})
		}
	}
	var jobs []Job
	for some := range slices.Chunk(looks, 64) {
		jobs = append(jobs, func() any { return all(some) })
	}
	return jobs
}

// bundle is several messages in one.
type bundle []any

// all runs jobs, a few at a time.
func all(jobs []Job) bundle {
	out := make(bundle, len(jobs))
	var group errgroup.Group
	group.SetLimit(4)
	for i, job := range jobs {
		group.Go(func() error {
			out[i] = job()
			return nil
		})
	}
	_ = group.Wait() // no job fails: its error is in its message
	return out
}

// Take takes in a job's message and reports whether it was one.
func (s *Store) Take(message any) bool {
	switch m := message.(type) {
	case listed:
		s.takeList(m)
	case read:
		s.takeRead(m)
	case glanced:
		m.run.glancedAt = m.checked
		if m.run.History == nil {
			m.run.sum(m.history)
			m.run.Trouble = m.err
			s.version++
		}
	case configured:
		m.run.Config, m.run.Unread, m.run.configuring = m.config, m.err, false
		s.version++
	case logged:
		s.takeLog(m)
	case mediaListed:
		s.takeMedia(m)
	case shotTaken:
		s.takeShot(m)
	case bundle:
		for _, each := range m {
			s.Take(each)
		}
	default:
		return false
	}
	return true
}

// takeList brings the runs in line with the folder. One that is gone stays, marked, while it has a history to show.
func (s *Store) takeList(m listed) {
	s.listing, s.listDue = false, s.clock().Add(listPeriod)
	if m.err != nil {
		s.Err = m.err
		s.version++
		return
	}
	known := map[string]*Run{}
	for _, r := range s.Runs {
		known[r.Dir] = r
	}
	changed := s.Err != nil || !s.Listed
	s.Err, s.Listed = nil, true
	var runs []*Run
	for _, fresh := range m.runs {
		r := known[fresh.Dir]
		delete(known, fresh.Dir)
		if r == nil {
			r = &Run{Run: fresh, clock: s.clock, Overview: runlog.NewOverview(fresh, runlog.NewHistory())}
			changed = true
		} else if r.renew(fresh) {
			changed = true
		}
		runs = append(runs, r)
	}
	for _, r := range s.Runs {
		if known[r.Dir] != nil && r.History != nil {
			changed = changed || !r.Gone
			r.Gone = true
			runs = append(runs, r)
		}
	}
	slices.SortFunc(runs, func(a, b *Run) int { return compare(a.Name, b.Name) })
	changed = changed || len(runs) != len(s.Runs)
	s.Runs = runs
	if changed {
		s.version++
	}
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// renew takes in what the folder says now and reports whether that is news.
func (r *Run) renew(fresh *runlog.Run) bool {
	same := fresh.State == r.State && fresh.Status.Checked.Equal(r.Status.Checked) && !r.Gone &&
		(fresh.Problem == nil) == (r.Problem == nil)
	anew := fresh.Info.ID != r.Info.ID || len(fresh.Info.Resumed) != len(r.Info.Resumed)
	r.Run, r.Gone = fresh, false
	if anew { // another run took the name, or it went back and draws its pictures again
		r.Config, r.Media, r.shots, r.glanced = nil, nil, nil, time.Time{}
	}
	if same {
		return false
	}
	if r.History != nil {
		r.sum(r.History)
	} else {
		o := runlog.NewOverview(fresh, runlog.NewHistory())
		r.Overview.State, r.Overview.Step, r.Overview.Total, r.Overview.Message = o.State, max(o.Step, r.Overview.Step), o.Total, o.Message
		r.Overview.CheckedIn, r.Overview.Problem = o.CheckedIn, o.Problem
	}
	return true
}

// takeRead takes in a piece of a run's metrics.
func (s *Store) takeRead(m read) {
	r := m.run
	r.reading = false
	period := idlePeriod
	if r.State == runlog.Running || r.State == runlog.Stalled {
		period = livePeriod
	}
	if m.batch.More {
		period = 0
	}
	r.due = s.clock().Add(period)
	news := (m.err == nil) != (r.Trouble == nil) || m.batch.Reset || r.Complete == m.batch.More
	r.Trouble, r.Complete = m.err, !m.batch.More
	if m.err == nil {
		r.Read, r.Size = m.batch.Read, m.batch.Size
	}
	was := r.History.Version()
	r.History.Add(m.batch)
	if r.History.Version() != was || news {
		r.sum(r.History)
		s.version++
	}
	s.forget()
}

// forget drops the histories that were looked at longest ago.
func (s *Store) forget() {
	var idle []*Run
	for _, r := range s.Runs {
		if r.History != nil && !r.reading && r.used < s.uses {
			idle = append(idle, r)
		}
	}
	slices.SortFunc(idle, func(a, b *Run) int { return b.used - a.used })
	for _, r := range idle[min(len(idle), keepRead):] {
		r.History, r.tail, r.Complete, r.due = nil, nil, false, time.Time{}
	}
}

// Busy reports whether a job is under way or there is more to read of the runs that are followed.
func (s *Store) Busy() bool {
	for _, r := range s.Runs {
		if r.reading || r.configuring || r.Config == nil || r.History != nil && !r.Complete || r.History == nil && r.glanced.IsZero() {
			return true
		}
	}
	return !s.Listed
}
