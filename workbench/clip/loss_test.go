package clip

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"clipbench/workbench/config"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// features are rows of length 1 in float64: [batch][dim].
type features [][]float64

func randomFeatures(r *rand.Rand, batch, dim int) features {
	f := make(features, batch)
	for i := range f {
		f[i] = make([]float64, dim)
		norm := 0.0
		for k := range f[i] {
			f[i][k] = r.NormFloat64()
			norm += f[i][k] * f[i][k]
		}
		for k := range f[i] {
			f[i][k] /= math.Sqrt(norm)
		}
	}
	return f
}

func (f features) tensor() *tensors.Tensor {
	var flat []float32
	for _, row := range f {
		for _, v := range row {
			flat = append(flat, float32(v))
		}
	}
	return tensors.FromFlatDataAndDimensions(flat, len(f), len(f[0]))
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// learned is a loss and what flows back from it.
type learned struct {
	loss        float64
	image, text features // gradients, [batch][dim]
	logScale    float64  // gradient in log(scale)
	bias        float64
}

func newLearned(batch, dim int) *learned {
	l := &learned{image: make(features, batch), text: make(features, batch)}
	for i := range batch {
		l.image[i], l.text[i] = make([]float64, dim), make([]float64, dim)
	}
	return l
}

// crossEntropy adds share × one direction of the loss: row i of rows against all columns. Gradients are added to dRows and,
// for the columns that live says yes to, to dColumns.
func (l *learned) crossEntropy(rows, columns, dRows, dColumns features, own []int, scale, share float64, concepts []int32, rowLives, columnLives func(int) bool) {
	for _, i := range own {
		logits, largest, partners := make([]float64, len(columns)), math.Inf(-1), 0.0
		for j := range columns {
			logits[j] = scale * dot(rows[i], columns[j])
			largest = math.Max(largest, logits[j])
			if concepts[i] == concepts[j] {
				partners++
			}
		}
		sum := 0.0
		for _, v := range logits {
			sum += math.Exp(v - largest)
		}
		each := share / float64(len(own))
		for j, v := range logits {
			target, p := 0.0, math.Exp(v-largest)/sum
			if concepts[i] == concepts[j] {
				target = 1 / partners
			}
			l.loss -= each * target * (v - largest - math.Log(sum))
			d := each * (p - target)
			l.logScale += d * v
			for k := range rows[i] {
				if rowLives(i) {
					dRows[i][k] += d * scale * columns[j][k]
				}
				if columnLives(j) {
					dColumns[j][k] += d * scale * rows[i][k]
				}
			}
		}
	}
}

// ranksLearn is what open_clip's ClipLoss computes on each of so many ranks, averaged as DistributedDataParallel does.
func ranksLearn(x, y features, concepts []int32, scale float64, ranks int, local, gradient bool) *learned {
	batch := len(x)
	l := newLearned(batch, len(x[0]))
	always, never := func(int) bool { return true }, func(int) bool { return false }
	for rank := range ranks {
		mine := func(i int) bool { return i/(batch/ranks) == rank }
		rows, rowLives, columnLives := []int{}, always, always
		for i := range batch {
			if !local || mine(i) {
				rows = append(rows, i)
			}
		}
		switch {
		case gradient: // all_gather's backward sums over the ranks what flows into each row
		case local:
			columnLives = never
		default:
			rowLives, columnLives = mine, mine
		}
		share := 0.5 / float64(ranks)
		l.crossEntropy(x, y, l.image, l.text, rows, scale, share, concepts, rowLives, columnLives)
		l.crossEntropy(y, x, l.text, l.image, rows, scale, share, concepts, rowLives, columnLives)
	}
	return l
}

// graphLearns is the same by Model.Loss.
func graphLearns(t *testing.T, cfg *config.Model, x, y features, concepts []int32, scale, bias float64, ranks int) *learned {
	t.Helper()
	m := &Model{cfg: *cfg}
	e, err := NewExec(goBackend(t), func(x, y, concepts, logScale, bias *Node) []*Node {
		weights := map[string]*Node{"logit_scale": logScale, "logit_bias": bias}
		p := &Pass{Weights: func(path string) *Node { return weights[path] }, Ranks: ranks}
		loss := m.Loss(p, Features{x, y}, concepts)
		return append([]*Node{loss}, Gradient(loss, x, y, logScale, bias)...)
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := e.Call(x.tensor(), y.tensor(), concepts, float32(math.Log(scale)), float32(bias))
	if err != nil {
		t.Fatal(err)
	}
	l := newLearned(len(x), len(x[0]))
	read := func(i int) []float32 { return tensors.MustCopyFlatData[float32](out[i]) }
	for i, v := range read(1) {
		l.image[i/len(x[0])][i%len(x[0])] = float64(v)
	}
	for i, v := range read(2) {
		l.text[i/len(x[0])][i%len(x[0])] = float64(v)
	}
	l.loss, l.logScale, l.bias = float64(read(0)[0]), float64(read(3)[0]), float64(read(4)[0])
	return l
}

func (l *learned) wantClose(t *testing.T, what string, want *learned) {
	t.Helper()
	worst := math.Max(math.Abs(l.loss-want.loss), math.Max(math.Abs(l.logScale-want.logScale), math.Abs(l.bias-want.bias)))
	for i := range want.image {
		for k := range want.image[i] {
			worst = math.Max(worst, math.Abs(l.image[i][k]-want.image[i][k]))
			worst = math.Max(worst, math.Abs(l.text[i][k]-want.text[i][k]))
		}
	}
	if !(worst < 5e-6) {
		t.Errorf("%s: loss or a gradient differs by %g; loss %g, want %g", what, worst, l.loss, want.loss)
	}
}

var captions = map[bool][]int32{false: {0, 1, 2, 3, 4, 5, 6, 7}, true: {0, 1, 2, 0, 4, 1, 6, 0}}

func TestLossesHaveTheGradientsOfTheRanks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	x, y := randomFeatures(r, 8, 5), randomFeatures(r, 8, 5)
	for _, local := range []bool{false, true} {
		for _, gradient := range []bool{false, true} {
			for _, ranks := range []int{1, 2, 4} {
				for shared, concepts := range captions {
					cfg := &config.Model{LocalLoss: local, GatherWithGrad: gradient, ShareEqualCaptions: shared}
					got := graphLearns(t, cfg, x, y, concepts, 9, 0, ranks)
					want := ranksLearn(x, y, concepts, 9, ranks, local, gradient || ranks == 1)
					got.wantClose(t, fmt.Sprintf("local_loss %v, gather_with_grad %v, %d ranks, shared captions %v", local, gradient, ranks, shared), want)
				}
			}
		}
	}
}

func TestSigmoidLossIsThePairwiseQuestion(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	x, y := randomFeatures(r, 8, 5), randomFeatures(r, 8, 5)
	const scale, bias = 10, -3
	for shared, concepts := range captions {
		want := newLearned(8, 5)
		for i := range x {
			for j := range y {
				sign := -1.0
				if concepts[i] == concepts[j] {
					sign = 1
				}
				v := scale*dot(x[i], y[j]) + bias
				want.loss += math.Log1p(math.Exp(-sign*v)) / 8
				d := -sign / (1 + math.Exp(sign*v)) / 8
				want.bias += d
				want.logScale += d * (v - bias)
				for k := range x[i] {
					want.image[i][k] += d * scale * y[j][k]
					want.text[j][k] += d * scale * x[i][k]
				}
			}
		}
		cfg := &config.Model{UseSigLIP: true, GatherWithGrad: true, ShareEqualCaptions: shared}
		graphLearns(t, cfg, x, y, concepts, scale, bias, 2).wantClose(t, fmt.Sprint("shared captions ", shared), want)
	}
}

// The gradients above were derived by the one who derived those of the graph; these are differences of values.
func TestGradientsAreTheSlopesOfTheLosses(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	x, y := randomFeatures(r, 8, 5), randomFeatures(r, 8, 5)
	for name, cfg := range map[string]*config.Model{
		"contrastive": {GatherWithGrad: true, ShareEqualCaptions: true},
		"sigmoid":     {GatherWithGrad: true, ShareEqualCaptions: true, UseSigLIP: true},
	} {
		at := func() *learned { return graphLearns(t, cfg, x, y, captions[true], 10, -2, 1) }
		l := at()
		for _, place := range [][2]int{{0, 1}, {3, 4}, {7, 2}} {
			for side, f := range map[string]features{"image": x, "text": y} {
				const h = 1e-2
				value := f[place[0]][place[1]]
				f[place[0]][place[1]] = value + h
				up := at().loss
				f[place[0]][place[1]] = value - h
				down := at().loss
				f[place[0]][place[1]] = value
				got := map[string]features{"image": l.image, "text": l.text}[side][place[0]][place[1]]
				if want := (up - down) / (2 * h); math.Abs(got-want) > 2e-3*math.Max(1, math.Abs(want)) {
					t.Errorf("%s: the gradient of %s %v is %g, the slope %g", name, side, place, got, want)
				}
			}
		}
	}
}

func TestLossOfNothingLearnedIsChance(t *testing.T) {
	x := features{}
	for range 8 {
		x = append(x, []float64{1, 0, 0, 0, 0})
	}
	l := graphLearns(t, &config.Model{GatherWithGrad: true}, x, x, captions[false], 10, 0, 1)
	if math.Abs(l.loss-math.Log(8)) > 1e-6 {
		t.Errorf("equal features have a loss of %g, ln 8 is %g", l.loss, math.Log(8))
	}
}
