package plot

import "math"

// smooth returns the debiased exponential moving average of values: the weighted mean of all values so
// far, each weighing decay times as much as the one after it (Kingma and Ba, 2015, §3, for the debiasing).
// What is not finite is left out of the mean and stays a gap.
func smooth(values []float64, decay float64) []float64 {
	smoothed := make([]float64, len(values))
	mean, weight := 0.0, 0.0
	for i, v := range values {
		if !finite(v) {
			smoothed[i] = math.NaN()
			continue
		}
		mean = decay*mean + (1-decay)*v
		weight = decay*weight + (1 - decay)
		smoothed[i] = mean / weight
	}
	return smoothed
}

// smoothing returns the decay for a series: the asked one, or, if that is 0, one that averages over a
// fortieth of the values, if they are many and noisy. It returns 0 where nothing is to be smoothed.
func smoothing(asked float64, values []float64) float64 {
	if asked != 0 {
		return min(max(asked, 0), 0.9999)
	}
	if window := float64(len(values)) / 40; window > 1.5 && noisy(values) {
		return 1 - 1/window
	}
	return 0
}

// noisy tells whether values go up and down by more than four times their range in all. A schedule or a
// steady climb does not; averaging would only shift it.
func noisy(values []float64) bool {
	low, high := extent([][]float64{values})
	travelled, previous := 0.0, math.NaN()
	for _, v := range values {
		if !finite(v) {
			continue
		}
		if finite(previous) {
			travelled += math.Abs(v - previous)
		}
		previous = v
	}
	return travelled > 4*(high-low)
}

// envelope thins a line to what can be seen: of each run of points within the same step of x it keeps the
// first, the lowest, the highest and the last, in their order.
func envelope(line []point, step float64) []point {
	var kept []point
	for start := 0; start < len(line); {
		end, low, high := start, start, start
		for end < len(line) && math.Floor(line[end].x/step) == math.Floor(line[start].x/step) {
			if line[end].y < line[low].y {
				low = end
			}
			if line[end].y > line[high].y {
				high = end
			}
			end++
		}
		last := -1
		for _, i := range []int{start, min(low, high), max(low, high), end - 1} {
			if i > last {
				kept, last = append(kept, line[i]), i
			}
		}
		start = end
	}
	return kept
}
