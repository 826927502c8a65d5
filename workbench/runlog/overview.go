package runlog

import (
	"math"
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
	Flags      []string  `json:"flags,omitempty"` // nan, inf, diverging
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
	names := make([]string, 0, len(h.Columns()))
	for _, c := range h.Columns() {
		names = append(names, c.Name)
	}
	roles := FindRoles(names)
	o.Loss, o.Wait = latest(h, roles.Loss), latest(h, roles.Wait)
	o.Best = best(r, h, roles.Best)
	o.speed(h, roles.Throughput)
	if loss := h.Column(roles.Loss); loss != nil {
		o.Flags = flags(loss, r.Status.Summary[loss.Name])
		o.Spark = spark(&loss.Series)
	}
	return o
}

// latest is a metric's last value, nil without one.
func latest(h *History, name string) *Reading {
	c := h.Column(name)
	if c == nil || c.Len() == 0 {
		return nil
	}
	i := c.Len() - 1
	return &Reading{Metric: name, Step: h.Step(c.Row(i)), Value: Number(c.Value(i))}
}

// best is a metric's best value: from the writer's summary, which saw every value, or from what was read.
func best(r *Run, h *History, name string) *Reading {
	if e, ok := r.Status.Summary[name]; ok && finite(float64(e.Min)) {
		if LowerIsBetter(name) {
			return &Reading{Metric: name, Step: e.MinStep, Value: e.Min}
		}
		return &Reading{Metric: name, Step: e.MaxStep, Value: e.Max}
	}
	c := h.Column(name)
	if c == nil {
		return nil
	}
	i := c.Best(LowerIsBetter(name))
	if i < 0 {
		return nil
	}
	return &Reading{Metric: name, Step: h.Step(c.Row(i)), Value: Number(c.Value(i))}
}

// speed measures steps and samples a second over the last rows, and what is left.
func (o *Overview) speed(h *History, throughput string) {
	n := h.Len()
	if n == 0 {
		return
	}
	first := max(0, n-50)
	if seconds := h.Time(n-1) - h.Time(first); seconds > 0 {
		o.StepsPerS = float64(h.Step(n-1)-h.Step(first)) / seconds
		o.PairsPerS = (h.Samples(n-1) - h.Samples(first)) / seconds
	}
	if r := latest(h, throughput); r != nil && finite(float64(r.Value)) {
		o.PairsPerS = float64(r.Value)
	}
	if left := o.Total - o.Step; left > 0 && o.StepsPerS > 0 && (o.State == Running || o.State == Stalled) {
		o.ETASeconds = float64(left) / o.StepsPerS
	}
}

// flags says what is wrong with a loss: nan or inf if it ever was one (the last such value names it), diverging.
func flags(loss *Column, all Extreme) []string {
	var flags []string
	switch bad := loss.Bads(); {
	case bad > 0 && math.IsInf(loss.Value(loss.Bad(bad-1)), 0), math.IsInf(float64(all.Last), 0):
		flags = append(flags, "inf")
	case bad > 0, all.Bad > 0:
		flags = append(flags, "nan")
	}
	if Diverging(&loss.Series) {
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

// meanOf is the mean of at most 64 finite values between i and j, evenly taken.
func meanOf(s *Series, i, j int) float64 {
	stride := max(1, (j-i)/64)
	sum, count := 0.0, 0.0
	for ; i < j; i += stride {
		if v := s.Value(i); finite(v) {
			sum, count = sum+v, count+1
		}
	}
	return sum / count
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
