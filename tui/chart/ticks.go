package chart

import (
	"math"
	"strconv"
	"time"
)

// Tick is a labelled place on an axis, in the axis's own unit.
type Tick struct {
	Value float64
	Label string
}

// Scale is how an axis counts.
type Scale int

// The scales of an axis.
const (
	Linear  Scale = iota
	Log           // decades; values above 0 only
	Elapsed       // seconds, shown as 30s, 5m, 2h, 3d
	Clock         // seconds since 1970, shown in local time
)

// resolution is the least extent of an axis as a part of its ends: below it numbers are too coarse to count with.
const resolution = 1e-12

// Ticks are at most about n round places between lo and hi.
func (s Scale) Ticks(lo, hi float64, n int) []Tick {
	if !(lo < hi) || math.IsInf(hi-lo, 0) || n < 1 || hi-lo < resolution*math.Max(-lo, hi) {
		return nil
	}
	switch s {
	case Log:
		return logTicks(lo, hi, n)
	case Elapsed:
		return label(places(lo, hi, timeStep((hi-lo)/float64(n))), Duration)
	case Clock:
		return clockTicks(lo, hi, n)
	}
	return linearTicks(lo, hi, n)
}

// roundStep is the least of 1, 2, 5 times a power of ten that is at least rough.
func roundStep(rough float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= rough*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// places are the multiples of step between lo and hi, counted in whole numbers so that none is a hair off.
func places(lo, hi, step float64) []float64 {
	var out []float64
	if !(step > 0) || (hi-lo)/step > 1000 {
		return nil
	}
	first, last := math.Ceil(lo/step-1e-9), math.Floor(hi/step+1e-9)
	for k := first; k <= last; k++ {
		out = append(out, k*step+0) // +0 turns -0 into 0
	}
	return out
}

func linearTicks(lo, hi float64, n int) []Tick {
	step := roundStep((hi - lo) / float64(n))
	return label(places(lo, hi, step), func(v float64) string { return stepped(v, step, math.Max(math.Abs(lo), math.Abs(hi))) })
}

func label(values []float64, format func(float64) string) []Tick {
	ticks := make([]Tick, len(values))
	for i, v := range values {
		ticks[i] = Tick{v, format(v)}
	}
	return ticks
}

// logTicks are decades, of which only every second, third… if there are many; with few, 2 and 5 join them.
func logTicks(lo, hi float64, n int) []Tick {
	if lo <= 0 {
		return nil
	}
	first, last := math.Ceil(math.Log10(lo)-1e-9), math.Floor(math.Log10(hi)+1e-9)
	decades := last - first + 1
	if decades < 2 {
		return fineLogTicks(lo, hi, n)
	}
	stride := math.Max(1, math.Ceil(decades/float64(n)))
	var values []float64
	for e := first; e <= last; e++ {
		if math.Mod(e, stride) == 0 {
			values = append(values, math.Pow(10, e))
		}
		if decades*3 <= float64(n) {
			for _, m := range []float64{2, 5} {
				if v := m * math.Pow(10, e); v <= hi {
					values = append(values, v)
				}
			}
		}
	}
	return label(values, decade)
}

// decade writes small powers as powers: 1e-3, 0.01, 1, 100, 10k.
func decade(v float64) string {
	if v < 0.0099 {
		return exponent(strconv.FormatFloat(v, 'e', 0, 64))
	}
	return Short(v)
}

// fineLogTicks serve a range of hardly a decade: 1, 2, 5 while they suffice, else round linear places.
func fineLogTicks(lo, hi float64, n int) []Tick {
	var values []float64
	for e := math.Floor(math.Log10(lo)); e <= math.Ceil(math.Log10(hi)); e++ {
		for _, m := range []float64{1, 2, 5} {
			if v := m * math.Pow(10, e); lo <= v && v <= hi {
				values = append(values, v)
			}
		}
	}
	if len(values) >= 2 {
		return label(values[:min(len(values), n+1)], Short)
	}
	return linearTicks(lo, hi, n)
}

// timeSteps are round in seconds, minutes, hours and days.
var timeSteps = []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800}

func timeStep(rough float64) float64 {
	if rough < 1 {
		return roundStep(rough)
	}
	for _, s := range timeSteps {
		if s >= rough {
			return s
		}
	}
	return 86400 * roundStep(rough/86400)
}

// clockTicks are at round local times.
func clockTicks(lo, hi float64, n int) []Tick {
	if math.Abs(hi) > 1e11 {
		return nil
	}
	step := timeStep((hi - lo) / float64(n))
	_, offset := time.Unix(int64(lo), 0).Zone()
	shift := float64(offset)
	format := "15:04"
	switch {
	case step >= 86400:
		format = "2 Jan"
	case step < 60:
		format = "15:04:05"
	}
	values := places(lo+shift, hi+shift, step)
	ticks := make([]Tick, len(values))
	for i, v := range values {
		ticks[i] = Tick{v - shift, time.Unix(int64(v-shift), 0).Format(format)}
	}
	return ticks
}
