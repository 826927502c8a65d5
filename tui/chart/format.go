package chart

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// units are those of Short; the largest that fits is used.
var units = []struct {
	size float64
	name string
}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}}

// Short is v in at most about six characters: 1k, 2.5M, 0.05, 3e-5.
func Short(v float64) string { return significant(v, 3) }

// Value is v with four significant digits: 2.134, 0.04213, 3.1e-5, 12.3k.
func Value(v float64) string { return significant(v, 4) }

// significant is v with that many significant digits and no zeros at its end.
func significant(v float64, digits int) string {
	a := math.Abs(v)
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "+Inf"
	case math.IsInf(v, -1):
		return "-Inf"
	case v == 0:
		return "0"
	case a >= 1e15 || a < 1e-3:
		return exponent(strconv.FormatFloat(v, 'e', digits-1, 64))
	case a >= 9999.5:
		for _, u := range units {
			if a >= u.size*0.9995 {
				return trim(strconv.FormatFloat(v/u.size, 'f', max(0, digits-len(strconv.Itoa(int(a/u.size)))), 64)) + u.name
			}
		}
	}
	places := digits - 1 - int(math.Floor(math.Log10(a)))
	return trim(strconv.FormatFloat(v, 'f', max(0, places), 64))
}

// trim takes off zeros behind a point.
func trim(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// exponent makes 3.10e-05 3.1e-5.
func exponent(s string) string {
	digits, power, _ := strings.Cut(s, "e")
	n, _ := strconv.Atoi(power) // FormatFloat wrote it
	return trim(digits) + "e" + strconv.Itoa(n)
}

// stepped is a tick's label: as many places as the step needs, in the unit that fits (500, 1k, 1.5k).
func stepped(v, step, largest float64) string {
	if v == 0 {
		return "0"
	}
	for _, u := range units {
		if math.Abs(v) >= u.size*(1-1e-9) && step >= u.size/1000 {
			return trim(strconv.FormatFloat(v/u.size, 'f', decimals(step/u.size), 64)) + u.name
		}
	}
	if largest < 1e-3 || largest >= 1e15 {
		return exponent(strconv.FormatFloat(v, 'e', decimals(step/math.Pow(10, math.Floor(math.Log10(math.Abs(v))))), 64))
	}
	return strconv.FormatFloat(v, 'f', decimals(step), 64)
}

// decimals is how many places show a step.
func decimals(step float64) int {
	return min(12, max(0, int(math.Ceil(-math.Log10(step)-1e-9))))
}

// Count is a whole number with its thousands apart: 1,204.
func Count(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Duration is seconds in its two largest units: 42s, 3m05s, 2h10m, 3d04h.
func Duration(seconds float64) string {
	if math.IsNaN(seconds) || math.IsInf(seconds, 0) || math.Abs(seconds) > 1e10 {
		return "–"
	}
	if seconds < 0 {
		return "-" + Duration(-seconds)
	}
	if seconds > 0 && seconds < 10 && seconds != math.Trunc(seconds) {
		return significant(seconds, 2) + "s"
	}
	s := int(math.Round(seconds))
	switch {
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return pair(s/60, "m", s%60, "s")
	case s < 86400:
		return pair(s/3600, "h", s%3600/60, "m")
	}
	return pair(s/86400, "d", s%86400/3600, "h")
}

// pair leaves out a second unit of zero.
func pair(a int, unit string, b int, under string) string {
	if b == 0 {
		return fmt.Sprintf("%d%s", a, unit)
	}
	return fmt.Sprintf("%d%s%02d%s", a, unit, b, under)
}
