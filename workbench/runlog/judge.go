package runlog

import "time"

// grace is how late a check-in may be without a word: clocks and disks are never exact.
const grace = 2 * time.Second

// Judge says how a run really does: what its writer wrote last, whether that process lives,
// and by how much the promised check-in is late (negative before it is due).
func Judge(s Status, life Life, late time.Duration) State {
	promise := s.Due.Sub(s.Checked)
	switch {
	case s.State.Ended():
		return s.State
	case life == Gone:
		return Crashed
	case s.State == "" && life != Alive:
		return Unknown
	case late <= grace || s.State == "":
		return Running
	case life == Alive || late <= 10*time.Minute || late/10 <= promise:
		return Stalled
	}
	return Crashed
}

// Pulse watches one run's check-ins by the reader's own clock, so that neither a clock that jumps nor another
// host's wrong clock turns a live run into a dead one.
type Pulse struct {
	checked time.Time // the newest check-in
	seen    time.Time // when it was first seen here
	beats   int       // check-ins seen arriving
}

// Late is by how much the next check-in is overdue. Until one is seen arriving, the writer's clock has a say too.
func (p *Pulse) Late(s Status, now time.Time) time.Duration {
	if !s.Checked.Equal(p.checked) {
		if !p.checked.IsZero() {
			p.beats++
		}
		p.checked, p.seen = s.Checked, now
	}
	late := now.Sub(p.seen) - s.Due.Sub(s.Checked)
	if p.beats == 0 {
		late = max(late, now.Sub(s.Due))
	}
	return late
}
