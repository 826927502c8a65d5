package checkpoint

import "math"

// resizeGrid resamples positions [class + rows·columns, width] to [class + newRows·newColumns, width], the class tokens'
// rows as they are: bicubic with antialiasing, as PyTorch's interpolate(mode="bicubic", antialias=True).
func resizeGrid(positions []float32, width, class int, from, to [2]int) []float32 {
	grid := positions[class*width:]
	byRow := resample(grid, from[0], to[0], 1, from[1]*width, cubicWeights) // rows first; the rest of a row moves along
	byColumn := resample(byRow, from[1], to[1], to[0], width, cubicWeights)
	return append(append(make([]float32, 0, class*width+len(byColumn)), positions[:class*width]...), byColumn...)
}

// resizeLine resamples positions [from, width] to [to, width] linearly, as PyTorch's interpolate(mode="linear").
func resizeLine(positions []float32, width, from, to int) []float32 {
	return resample(positions, from, to, 1, width, linearWeights)
}

// tap says which inputs make an output: the values from first on, weighted.
type tap struct {
	first   int
	weights []float64
}

// resample maps the middle axis of src [outer, from, inner] to length to.
func resample(src []float32, from, to, outer, inner int, weights func(from, to int) []tap) []float32 {
	taps := weights(from, to)
	dst := make([]float32, outer*to*inner)
	sum := make([]float64, inner)
	for o := range outer {
		for i, t := range taps {
			clear(sum)
			for k, w := range t.weights {
				row := src[(o*from+t.first+k)*inner:][:inner]
				for j, v := range row {
					sum[j] += w * float64(v)
				}
			}
			row := dst[(o*to+i)*inner:][:inner]
			for j, v := range sum {
				row[j] = float32(v)
			}
		}
	}
	return dst
}

// cubicWeights is Keys' cubic with a = −1/2, widened by the factor of shrinking, cut at the ends and normalised: the
// antialiasing filter of PIL and PyTorch.
func cubicWeights(from, to int) []tap {
	scale := float64(from) / float64(to)
	stretch := max(scale, 1)
	taps := make([]tap, to)
	for i := range taps {
		centre := scale * (float64(i) + 0.5)
		first := max(int(centre-2*stretch+0.5), 0)
		end := min(int(centre+2*stretch+0.5), from)
		t, sum := tap{first: first}, 0.0
		for k := first; k < end; k++ {
			w := cubic((float64(k) - centre + 0.5) / stretch)
			t.weights, sum = append(t.weights, w), sum+w
		}
		for k := range t.weights {
			t.weights[k] /= sum
		}
		taps[i] = t
	}
	return taps
}

func cubic(x float64) float64 {
	const a = -0.5
	switch x = math.Abs(x); {
	case x < 1:
		return ((a+2)*x-(a+3))*x*x + 1
	case x < 2:
		return (((x-5)*x+8)*x - 4) * a
	}
	return 0
}

// linearWeights mixes the two inputs around each output, without antialiasing.
func linearWeights(from, to int) []tap {
	scale := float64(from) / float64(to)
	taps := make([]tap, to)
	for i := range taps {
		at := max(scale*(float64(i)+0.5)-0.5, 0)
		first := min(int(at), from-1)
		fraction := at - float64(first)
		taps[i] = tap{first: first, weights: []float64{1 - fraction, fraction}}
		if first == from-1 {
			taps[i].weights = []float64{1}
		}
	}
	return taps
}
