package evaluate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend"
)

// goBackend is GoMLX's own, in one goroutine: its default pool deadlocks on few cores.
func goBackend(t *testing.T) compute.Backend {
	t.Helper()
	b, err := compute.NewWithConfig("go:parallelism=-1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Finalize)
	return b
}

func fitted(t *testing.T, features Embeddings, labels []int, classes int, c float64) *Probe {
	t.Helper()
	p, err := FitProbe(t.Context(), goBackend(t), features, labels, classes, ProbeOptions{C: c, MaxIterations: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// clouds are rows about the centre of their class.
func clouds(n, dim, classes int) (features Embeddings, labels []int) {
	r := rand.New(rand.NewPCG(3, 4))
	centres := unit(r, classes, dim)
	for i := range n {
		label, row := i%classes, make([]float32, dim)
		for k := range row {
			row[k] = centres[label][k] + 0.7*float32(r.NormFloat64())
		}
		features, labels = append(features, row), append(labels, label)
	}
	return features, labels
}

// TestAProbeLiesWhereTheSlopeIsNought: the objective is strictly convex in the weights, so a place without slope is its
// one minimum. The slope is computed here in plain loops. 5,000 rows take two runs of the program.
func TestAProbeLiesWhereTheSlopeIsNought(t *testing.T) {
	const dim, classes, c = 5, 4, 0.05
	for _, n := range []int{60, 5000} {
		features, labels := clouds(n, dim, classes)
		p := fitted(t, features, labels, classes, c)
		slope := make([][]float64, classes)
		for j := range slope {
			slope[j] = make([]float64, dim+1)
			for k := range dim {
				slope[j][k] = float64(p.Weights[j][k]) / (c * float64(n))
			}
		}
		for i, row := range features {
			probabilities, sum := make([]float64, classes), 0.0
			for j := range probabilities {
				probabilities[j] = math.Exp(float64(dot(row, p.Weights[j]) + p.Biases[j]))
				sum += probabilities[j]
			}
			for j := range probabilities {
				d := probabilities[j] / sum
				if j == labels[i] {
					d--
				}
				for k, v := range row {
					slope[j][k] += d * float64(v) / float64(n)
				}
				slope[j][dim] += d / float64(n)
			}
		}
		for j, row := range slope {
			for k, v := range row {
				if math.Abs(v) > 2e-6 {
					t.Errorf("%d rows: the slope by weight %d of class %d is %g", n, k, j, v)
				}
			}
		}
	}
}

// TestAProbeOfTwoPointsIsTheRootOfOneEquation: of x = ±1 with w and −w, ∂/∂w of ln(1 + e^(−2w)) + w²/(2C) is
// −2/(1 + e^(2w)) + w/C, whose root is found here by bisection.
func TestAProbeOfTwoPointsIsTheRootOfOneEquation(t *testing.T) {
	const c = 0.316
	low, high := 0.0, 10.0
	for range 100 {
		if w := (low + high) / 2; -2/(1+math.Exp(2*w))+w/c < 0 {
			low = w
		} else {
			high = w
		}
	}
	p := fitted(t, Embeddings{{-1}, {1}}, []int{0, 1}, 2, c)
	if math.Abs(float64(p.Weights[1][0])-low) > 1e-5 || math.Abs(float64(p.Weights[0][0])+low) > 1e-5 {
		t.Errorf("weights %v, want ∓%g", p.Weights, low)
	}
}

func TestAProbeIsTheSameEveryTimeAndTellsClassesApart(t *testing.T) {
	features, labels := clouds(400, 16, 4)
	train, test := HoldOut(labels)
	pick := func(places []int) (f Embeddings, l []int) {
		for _, i := range places {
			f, l = append(f, features[i]), append(l, labels[i])
		}
		return f, l
	}
	f, l := pick(train)
	p, again := fitted(t, f, l, 4, 1), fitted(t, f, l, 4, 1)
	if !slices.EqualFunc(p.Weights, again.Weights, func(a, b []float32) bool { return slices.Equal(a, b) }) {
		t.Error("other weights the second time")
	}
	asked, answers := pick(test)
	hits, err := p.Test(asked, answers)
	if err != nil || hits.Top1 < 0.45 || hits.Queries != 80 || hits.Candidates != 4 {
		t.Errorf("%+v, %v", hits, err)
	}
}

func TestHoldOutAsksAFifthOfEachClass(t *testing.T) {
	var labels []int
	for label, n := range []int{1, 2, 4, 5, 20, 24} {
		for range n {
			labels = append(labels, label)
		}
	}
	train, test := HoldOut(labels)
	asked := map[int]int{}
	for _, i := range test {
		asked[labels[i]]++
	}
	for label, want := range []int{0, 1, 1, 1, 4, 4} {
		if asked[label] != want {
			t.Errorf("class %d is asked for %d times, want %d", label, asked[label], want)
		}
	}
	if all := slices.Sorted(slices.Values(slices.Concat(train, test))); len(all) != len(labels) || len(slices.Compact(all)) != len(labels) {
		t.Error("a sample is in both parts or in none")
	}
	if _, again := HoldOut(labels); !slices.Equal(test, again) {
		t.Error("others the second time")
	}
}

func TestAProbeOfNothingIsRefused(t *testing.T) {
	for name, labels := range map[string][]int{"too few labels": {0}, "a label beyond the classes": {0, 2}} {
		if _, err := FitProbe(t.Context(), goBackend(t), Embeddings{{1}, {2}}, labels, 2, OpenAIProbe); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := FitProbe(t.Context(), goBackend(t), Embeddings{{1}, {2}}, []int{0, 1}, 2, ProbeOptions{MaxIterations: 1}); err == nil {
		t.Error("C of 0: accepted")
	}
}
