package runlog

import (
	"maps"
	"math"
	"slices"
	"sort"
	"time"
)

// Overview is what one line of a list says of a run.
type Overview struct {
	Name       string    `json:"name"`
	ID         string    `json:"id"`
	Dir        string    `json:"dir"`
	State      State     `json:"state"`
	Step       int       `json:"step"`
	Total      int       `json:"total,omitempty"`
	Created    time.Time `json:"created"`
	CheckedIn  time.Time `json:"checked_in"`
	Loss       *Reading  `json:"loss,omitempty"`
	Best       *Reading  `json:"best,omitempty"`
	StepsPerS  float64   `json:"steps_per_s,omitempty"`
	PairsPerS  float64   `json:"pairs_per_s,omitempty"`
	Wait       *Reading  `json:"wait,omitempty"` // share of time spent waiting on data
	ETASeconds float64   `json:"eta_s,omitempty"`
	Flags      []string  `json:"flags,omitempty"` // nan, inf, diverging; a stall is a State
	Message    string    `json:"message,omitempty"`
	Problem    string    `json:"problem,omitempty"`
	Spark      []float64 `json:"-"` // the loss from beginning to end, coarsely
}

// Reading is one value of a metric.
type Reading struct {
	Metric string `json:"metric"`
	Step   int    `json:"step"`
	Value  Number `json:"value"`
}

// sparkPoints is how many points an overview's sparkline has at most.
const sparkPoints = 64

// NewOverview sums up a run from its folder and its history, which may be a glance.
func NewOverview(r *Run, h *History) Overview {
	o := Overview{
		Name: r.Name, ID: r.Info.ID, Dir: r.Dir, State: r.State, Step: r.Status.Step, Total: r.Status.Total,
		Created: r.Info.Created, CheckedIn: r.Status.Checked, Message: r.Status.Message,
	}
	if r.Problem != nil {
		o.Problem = r.Problem.Error()
	}
	if n := h.Len(); n > 0 {
		o.Step = max(o.Step, h.Step(n-1))
	}
	roles := FindRoles(metricsOf(r, h))
	o.Loss, o.Wait = latest(r, h, roles.Loss), latest(r, h, roles.Wait)
	o.Best = best(r, h, roles.Best)
	o.speed(r, h, roles.Throughput)
	o.Flags = flags(h.Column(roles.Loss), r.Status.Summary[roles.Loss])
	if loss := h.Column(roles.Loss); loss != nil {
		o.Spark = spark(&loss.Series)
	}
	return o
}

// metricsOf are the names of a run's metrics: a glance may have missed those that are written rarely.
func metricsOf(r *Run, h *History) []string {
	names := slices.Collect(maps.Keys(r.Status.Summary))
	for _, c := range h.Columns() {
		names = append(names, c.Name)
	}
	return names
}

// latest is a metric's last value, from what was read or from the writer's summary if that is newer; nil without one.
func latest(r *Run, h *History, name string) *Reading {
	var found *Reading
	if c := h.Column(name); c != nil && c.Len() > 0 {
		i := c.Len() - 1
		found = &Reading{Metric: name, Step: h.Step(c.Row(i)), Value: Number(c.Value(i))}
	}
	if e, ok := r.Status.Summary[name]; ok && (found == nil || e.LastStep > found.Step) {
		found = &Reading{Metric: name, Step: e.LastStep, Value: e.Last}
	}
	return found
}

// best is a metric's best value, of the writer's summary, which saw every value, and of what was read, which may be newer.
func best(r *Run, h *History, name string) *Reading {
	least := LowerIsBetter(name)
	var found *Reading
	if e, ok := r.Status.Summary[name]; ok && finite(float64(e.Min)) && finite(float64(e.Max)) {
		found = &Reading{Metric: name, Step: e.MaxStep, Value: e.Max}
		if least {
			found.Step, found.Value = e.MinStep, e.Min
		}
	}
	c := h.Column(name)
	if c == nil {
		return found
	}
	i := c.Best(least)
	if i < 0 {
		return found
	}
	if v := Number(c.Value(i)); found == nil || least && v < found.Value || !least && v > found.Value {
		found = &Reading{Metric: name, Step: h.Step(c.Row(i)), Value: v}
	}
	return found
}

// speed measures steps and samples a second over the last rows since the run was resumed, and what is left.
func (o *Overview) speed(r *Run, h *History, throughput string) {
	n := h.Len()
	if n == 0 {
		return
	}
	first := max(0, n-50)
	if resumed := r.Info.Resumed; len(resumed) > 0 {
		since := float64(resumed[len(resumed)-1].Time.Unix())
		first += sort.Search(n-1-first, func(i int) bool { return h.Time(first+i) >= since })
	}
	if seconds := h.Time(n-1) - h.Time(first); seconds > 0 {
		o.StepsPerS = or(float64(h.Step(n-1)-h.Step(first))/seconds, 0)
		o.PairsPerS = or((h.Samples(n-1)-h.Samples(first))/seconds, 0)
	}
	if last := latest(r, h, throughput); last != nil && finite(float64(last.Value)) {
		o.PairsPerS = float64(last.Value)
	}
	if left := o.Total - o.Step; left > 0 && o.StepsPerS > 0 && o.State == Running {
		o.ETASeconds = or(float64(left)/o.StepsPerS, 0)
	}
}

// flags says what is wrong with a loss, of which the values read (may be nil) and the summary are given: nan or inf if it
// ever was one (the last such value names it), diverging.
func flags(loss *Column, all Extreme) []string {
	var flags []string
	last := float64(all.Last)
	bad := all.Bad
	if loss != nil && loss.Bads() > 0 {
		last, bad = loss.Value(loss.Bad(loss.Bads()-1)), max(bad, loss.Bads())
	}
	switch {
	case math.IsInf(last, 0):
		flags = append(flags, "inf")
	case bad > 0:
		flags = append(flags, "nan")
	}
	if loss != nil && Diverging(&loss.Series) {
		flags = append(flags, "diverging")
	}
	return flags
}

// Diverging reports that a loss has given back more than half of what it had gained: the mean of its last twentieth
// is compared with that of its first and with the least such mean between.
func Diverging(s *Series) bool {
	const parts = 20
	n := s.Len()
	if n < 5*parts {
		return false
	}
	first, least, last := math.NaN(), math.Inf(1), math.NaN()
	for p := range parts {
		mean := meanOf(s, n*p/parts, n*(p+1)/parts)
		if !finite(mean) {
			continue
		}
		if math.IsNaN(first) {
			first = mean
		}
		least, last = min(least, mean), mean
	}
	return last-least > 0.5*(first-least) && last-least > 0.1*math.Abs(least)
}

// meanOf is the mean of fewer than 128 finite values between i and j, evenly taken.
func meanOf(s *Series, i, j int) float64 {
	stride := max(1, (j-i)/64)
	sum, count := 0.0, 0.0
	for ; i < j; i += stride {
		if v := s.Value(i); finite(v) {
			sum, count = sum+v/128, count+1 // divided first: 128 of the greatest numbers must not overflow
		}
	}
	return sum / count * 128
}

// spark takes means at even distances.
func spark(s *Series) []float64 {
	n := min(s.Len(), sparkPoints)
	points := make([]float64, n)
	for i := range points {
		points[i] = meanOf(s, s.Len()*i/n, s.Len()*(i+1)/n)
	}
	return points
}
