package evaluate

import (
	"math"
	"math/rand/v2"
	"testing"
)

// rotated multiplies each row by a random orthogonal matrix (Gram–Schmidt of noise) and by a factor.
func rotated(r *rand.Rand, rows Embeddings, factor float64) Embeddings {
	dim := len(rows[0])
	basis := make([][]float64, dim)
	for i := range basis {
		v := make([]float64, dim)
		for k := range v {
			v[k] = r.NormFloat64()
		}
		for _, u := range basis[:i] {
			along := inner(u, v)
			for k := range v {
				v[k] -= along * u[k]
			}
		}
		length := math.Sqrt(inner(v, v))
		for k := range v {
			v[k] /= length
		}
		basis[i] = v
	}
	turned := make(Embeddings, len(rows))
	for i, row := range rows {
		turned[i] = make([]float32, dim)
		for k, axis := range basis {
			for j, v := range row {
				turned[i][k] += float32(factor * axis[j] * float64(v))
			}
		}
	}
	return turned
}

func TestCKASeesNoRotationAndNoScale(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	a := unit(r, 60, 9)
	if got, err := CKA(a, rotated(r, a, 3)); err != nil || math.Abs(got-1) > 1e-5 {
		t.Errorf("%g, %v", got, err)
	}
}

func TestCKAOfUnrelatedModelsFallsWithTheNumberOfPictures(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	few, _ := CKA(unit(r, 20, 16), unit(r, 20, 24))
	many, err := CKA(unit(r, 2000, 16), unit(r, 2000, 24))
	if err != nil || many > .02 || few < 4*many {
		t.Errorf("20 pictures %g, 2000 pictures %g, %v", few, many, err)
	}
}

func TestCKAByHand(t *testing.T) {
	a := Embeddings{{0}, {1}, {2}}
	b := Embeddings{{0, 0}, {0, 3}, {3, 0}}
	// b centred: (−1, −1), (−1, 2), (2, −1). K = a aᵀ, L = b bᵀ.
	k := [3][3]float64{{1, 0, -1}, {0, 0, 0}, {-1, 0, 1}}
	l := [3][3]float64{{2, -1, -1}, {-1, 5, -4}, {-1, -4, 5}}
	var kl, kk, ll float64
	for i := range 3 {
		for j := range 3 {
			kl, kk, ll = kl+k[i][j]*l[i][j], kk+k[i][j]*k[i][j], ll+l[i][j]*l[i][j]
		}
	}
	if got, err := CKA(a, b); err != nil || math.Abs(got-kl/math.Sqrt(kk*ll)) > 1e-6 {
		t.Errorf("%g, want %g (%v)", got, kl/math.Sqrt(kk*ll), err)
	}
	if _, err := CKA(a, b[:2]); err == nil {
		t.Error("different pictures were accepted")
	}
	if _, err := CKA(a, Embeddings{{1}, {1}, {1}}); err == nil {
		t.Error("a model that sees no difference was accepted")
	}
}
