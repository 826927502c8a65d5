package plot

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// scaleTicks maps values to [0, 1], linearly or by their logarithm, and knows which values are labelled.
type scaleTicks struct {
	low, high float64
	log       bool
	ticks     []plot.Tick
}

// newScale returns a scale over [low, high] with at most about the given number of labelled ticks.
// A range of no length, or of no numbers, is widened to one.
func newScale(low, high float64, log bool, labels int) scaleTicks {
	if math.IsInf(low, 0) || math.IsInf(high, 0) || math.IsNaN(low) || math.IsNaN(high) {
		low, high = 0, 1
		if log {
			low = 0.1
		}
	}
	if log {
		return logScale(low, high, labels)
	}
	if largest := max(math.Abs(low), math.Abs(high)); high-low <= 1e-9*largest { // too near to label apart
		low, high = low-0.05*largest, high+0.05*largest
	}
	if low == high {
		low, high = low-0.5, high+0.5
	}
	s := scaleTicks{low: low, high: high}
	step := niceStep((high - low) / float64(max(labels, 1)))
	var values []float64
	for i := math.Ceil(low/step - 1e-9); i*step <= high+1e-9*step; i++ {
		values = append(values, i*step)
	}
	for i, text := range formatTicks(values, step) {
		s.ticks = append(s.ticks, plot.Tick{Value: values[i], Label: text})
	}
	return s
}

// logScale labels powers of ten, or 1, 2 and 5 of each where the range spans less than two.
func logScale(low, high float64, labels int) scaleTicks {
	if high <= low*(1+1e-9) {
		low, high = low/2, high*2
	}
	s := scaleTicks{low: low, high: high, log: true}
	decades := math.Log10(high) - math.Log10(low) // their quotient may be beyond float64
	multiples := []float64{1}
	if decades < 2 {
		multiples = []float64{1, 2, 5}
	}
	every := max(1, int(math.Ceil(decades/float64(max(labels, 1)))))
	var values []float64
	for e := math.Floor(math.Log10(low)); e <= math.Ceil(math.Log10(high)); e++ {
		if int(e)%every != 0 {
			continue
		}
		for _, m := range multiples {
			if v := m * math.Pow(10, e); v >= low*(1-1e-9) && v <= high*(1+1e-9) {
				values = append(values, v)
			}
		}
	}
	for _, v := range values {
		text := formatTicks([]float64{v}, v)[0]
		if v < 1 && values[0] < 1e-3 { // not 0.001 above 1e−4
			text = exponent(v, v)
		}
		s.ticks = append(s.ticks, plot.Tick{Value: v, Label: text})
	}
	return s
}

// fraction returns where v lies between low (0) and high (1); NaN where it has no place.
func (s scaleTicks) fraction(v float64) float64 {
	if s.log {
		if v <= 0 {
			return math.NaN()
		}
		return plot.LogScale{}.Normalize(s.low, s.high, v)
	}
	return plot.LinearScale{}.Normalize(s.low, s.high, v)
}

// niceStep returns the smallest of 1, 2, 2.5 and 5 times a power of ten that is at least x.
func niceStep(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= x*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// formatTicks writes the values of an axis, whose least distance is step, all in the unit that the largest
// needs: as they are, in thousands (k) or millions (M), or with an exponent where they are smaller than
// 0.001 or larger than that.
func formatTicks(values []float64, step float64) []string {
	largest := step
	for _, v := range values {
		largest = max(largest, math.Abs(v))
	}
	texts := make([]string, len(values))
	for i, v := range values {
		switch {
		case math.Abs(v) < step*1e-6:
			texts[i] = "0"
		case largest >= 1e9 || largest < 1e-3:
			texts[i] = exponent(v, step)
		case largest >= 1e6:
			texts[i] = decimal(v/1e6, step/1e6) + "M"
		case largest >= 1e4:
			texts[i] = decimal(v/1e3, step/1e3) + "k"
		default:
			texts[i] = decimal(v, step)
		}
	}
	return texts
}

// decimal writes v with the digits that tell it from v plus step.
func decimal(v, step float64) string {
	digits := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	for rest := step * math.Pow10(digits); digits < 6 && math.Abs(rest-math.Round(rest)) > 1e-6; rest *= 10 {
		digits++ // 0.25 needs two, not one
	}
	return minus(strconv.FormatFloat(v, 'f', digits, 64))
}

// exponent writes v as 2e−4.
func exponent(v, step float64) string {
	e := int(math.Floor(math.Log10(math.Abs(v)) + 1e-9))
	power := math.Pow10(e)
	return decimal(v/power, min(step/power, 1)) + "e" + minus(strconv.Itoa(e))
}

// minus replaces a leading hyphen with a minus sign; nothing has none.
func minus(s string) string {
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	if len(s) > 0 && s[0] == '-' {
		return "\u2212" + s[1:]
	}
	return s
}
