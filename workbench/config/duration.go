package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// MaxDuration is max_time, 0 when training has no bound in time. As in Lightning it bounds the run and not each of its
// processes: what a checkpoint was trained for counts when it goes on. It reads Go's spelling (90s, 5m, 1h30m) and
// Lightning's, days:hours:minutes:seconds.
func (t *Trainer) MaxDuration() (time.Duration, error) {
	if t.MaxTime == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(t.MaxTime)
	if err != nil {
		d, err = lightningDuration(t.MaxTime)
	}
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("it is a time such as 90s, 5m, 1h30m or 00:01:30:00 (days:hours:minutes:seconds)")
	}
	return d, nil
}

// lightningDuration reads DD:HH:MM:SS.
func lightningDuration(text string) (time.Duration, error) {
	parts := strings.Split(text, ":")
	units := []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second}
	if len(parts) != len(units) {
		return 0, fmt.Errorf("%d parts", len(parts))
	}
	var sum time.Duration
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 20)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(n) * units[i]
	}
	return sum, nil
}
