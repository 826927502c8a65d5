package plot

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// scaleTicks maps values to [0, 1], linearly or by their logarithm, and knows which values are labelled.
type scaleTicks struct {
	low, high float64
	log       bool
	ticks     []plot.Tick
}

// newScale returns a scale over [low, high] with about the given number of labelled ticks.
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
	if low == high {
		pad := max(math.Abs(low)*0.05, 1e-6)
		if low == 0 {
			pad = 0.5
		}
		low, high = low-pad, high+pad
	}
	s := scaleTicks{low: low, high: high}
	step := niceStep((high - low) / float64(max(labels, 1)))
	for i := math.Ceil(low/step - 1e-9); i*step <= high+1e-9*step; i++ {
		s.ticks = append(s.ticks, plot.Tick{Value: i * step, Label: formatTick(i*step, step)})
	}
	return s
}

// logScale labels powers of ten, or 1, 2 and 5 of each where the range spans less than two.
func logScale(low, high float64, labels int) scaleTicks {
	if low == high {
		low, high = low/2, high*2
	}
	s := scaleTicks{low: low, high: high, log: true}
	decades := math.Log10(high / low)
	multiples := []float64{1}
	if decades < 2 {
		multiples = []float64{1, 2, 5}
	}
	every := max(1, int(math.Ceil(decades/float64(max(labels, 1)))))
	for e := math.Floor(math.Log10(low)); e <= math.Ceil(math.Log10(high)); e++ {
		if int(e)%every != 0 {
			continue
		}
		for _, m := range multiples {
			if v := m * math.Pow(10, e); v >= low*(1-1e-9) && v <= high*(1+1e-9) {
				s.ticks = append(s.ticks, plot.Tick{Value: v, Label: formatTick(v, v)})
			}
		}
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

// niceStep returns the smallest of 1, 2 and 5 times a power of ten that is at least x.
func niceStep(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= x*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// formatTick writes a value with as many digits as the step between ticks needs, thousands as k and
// millions as M, and very small and large ones with an exponent.
func formatTick(v, step float64) string {
	if math.Abs(v) < step*1e-6 {
		return "0"
	}
	size := max(math.Abs(v), step)
	switch {
	case size >= 1e9 || size < 1e-3:
		return exponent(v, step)
	case size >= 1e6:
		return decimal(v/1e6, step/1e6) + "M"
	case size >= 1e4:
		return decimal(v/1e3, step/1e3) + "k"
	}
	return decimal(v, step)
}

// decimal writes v with the digits that tell it from v plus step, and a real minus sign.
func decimal(v, step float64) string {
	digits := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	return minus(strconv.FormatFloat(v, 'f', digits, 64))
}

// exponent writes v as 2×10⁻⁴.
func exponent(v, step float64) string {
	e := math.Floor(math.Log10(math.Abs(v)) + 1e-9)
	power := math.Pow(10, e)
	mantissa := decimal(v/power, step/power)
	digits := ""
	for _, r := range strconv.Itoa(int(e)) {
		digits += string(map[rune]rune{
			'-': '⁻', '0': '⁰', '1': '¹', '2': '²', '3': '³', '4': '⁴',
			'5': '⁵', '6': '⁶', '7': '⁷', '8': '⁸', '9': '⁹',
		}[r])
	}
	if mantissa == "1" {
		return "10" + digits
	}
	return mantissa + "×10" + digits
}

// minus replaces a leading hyphen with a minus sign.
func minus(s string) string {
	if len(s) > 0 && s[0] == '-' {
		return "\u2212" + s[1:]
	}
	return s
}
