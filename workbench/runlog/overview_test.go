package runlog

import (
	"math"
	"testing"
)

func TestRoles(t *testing.T) {
	for _, tc := range []struct {
		names []string
		want  Roles
	}{
		{[]string{"loss", "val_loss", "lr", "pairs_per_s", "data_wait", "loss_scale"}, Roles{"loss", "val_loss", "pairs_per_s", "data_wait"}},
		{[]string{"train/loss", "val/loss", "val/top1", "val/top5"}, Roles{"train/loss", "val/top1", "", ""}},
		{[]string{"reduced_train_loss", "sys/wait"}, Roles{"reduced_train_loss", "reduced_train_loss", "", ""}},
		{[]string{"loss", "val/accumulated_batches", "val_acc"}, Roles{"loss", "val_acc", "", ""}},
		{[]string{"loss", "accumulation"}, Roles{"loss", "loss", "", ""}},
		{nil, Roles{}},
	} {
		if got := FindRoles(tc.names); got != tc.want {
			t.Errorf("%q: %+v, want %+v", tc.names, got, tc.want)
		}
	}
}

// lossOf is a history with one metric.
func lossOf(values ...float64) *History {
	h := NewHistory()
	out := &Batch{names: []string{"loss"}}
	for i, v := range values {
		out.rows = append(out.rows, place{step: i, time: float64(i)})
		out.columns, out.values = append(out.columns, 0), append(out.values, v)
		out.ends = append(out.ends, int32(i+1))
	}
	h.Add(out)
	return h
}

func curve(n int, f func(x float64) float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = f(float64(i) / float64(n))
	}
	return values
}

func TestDivergence(t *testing.T) {
	for _, tc := range []struct {
		name string
		f    func(x float64) float64
		want bool
	}{
		{"falling", func(x float64) float64 { return 5 * math.Exp(-3*x) }, false},
		{"noisy and flat", func(x float64) float64 { return 5 + 0.01*math.Sin(1000*x) }, false},
		{"falls, then climbs back", func(x float64) float64 { return 1 + 4*math.Abs(2*x-1) }, true},
		{"one spike at the end", func(x float64) float64 {
			if x > 0.999 {
				return 6
			}
			return 5 * math.Exp(-3*x)
		}, false},
		{"only climbs", func(x float64) float64 { return 1 + 9*x }, true},
	} {
		if got := Diverging(&lossOf(curve(2000, tc.f)...).Column("loss").Series); got != tc.want {
			t.Errorf("%s: diverging %v", tc.name, got)
		}
	}
}

func TestOverviewOfARunningRun(t *testing.T) {
	h := lossOf(curve(100, func(x float64) float64 { return 5 - 4*x })...)
	run := &Run{Name: "a", State: Running, Status: Status{State: Running, Step: 99, Total: 200}}
	o := NewOverview(run, h)
	if o.StepsPerS != 1 || o.ETASeconds != 101 || o.Loss.Step != 99 || o.Best.Step != 99 || len(o.Spark) != sparkPoints || o.Flags != nil {
		t.Errorf("%+v", o)
	}
	bad := NewOverview(run, lossOf(1, math.NaN(), 2))
	if len(bad.Flags) != 1 || bad.Flags[0] != "nan" || bad.Loss.Value != 2 {
		t.Errorf("%+v", bad)
	}
}
