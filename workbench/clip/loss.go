package clip

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Contrastive is CLIP's symmetric cross-entropy over the global batch. f are L2-normalised [batch, output_dim]; scale is
// exp(logit_scale), a scalar; same [batch, batch] is true where a caption belongs to an image: the diagonal, or more
// where captions repeat, among which the target is shared evenly. Returns a scalar in nats; ln(batch) is chance.
// Radford et al. 2021, figure 3.
func Contrastive(f Features, scale, same *Node) *Node {
	logits := Mul(scale, similarity(f))
	return MulScalar(Add(matchRows(logits, same), matchRows(Transpose(logits, 0, 1), same)), 0.5)
}

// matchRows is the mean cross-entropy of each row of logits against its even share of the true columns.
func matchRows(logits, same *Node) *Node {
	target := ConvertDType(same, dtypes.Float32)
	target = Div(target, ReduceAndKeep(target, ReduceSum, -1))
	return Neg(ReduceAllMean(ReduceSum(Mul(target, LogSoftmax(logits, -1)), -1)))
}

// PairwiseSigmoid is SigLIP's pairwise loss: each of the batch² pairs is a binary question, −Σ log σ(±(scale·cos + bias)) / batch.
// Zhai et al. 2023, algorithm 1.
func PairwiseSigmoid(f Features, scale, bias, same *Node) *Node {
	logits := Add(Mul(scale, similarity(f)), bias)
	sign := AddScalar(MulScalar(ConvertDType(same, dtypes.Float32), 2), -1)
	batch := float64(logits.Shape().Dim(0))
	return DivScalar(ReduceAllSum(softplus(Neg(Mul(sign, logits)))), batch)
}

// softplus is log(1 + eˣ), without overflow.
func softplus(x *Node) *Node { return Add(MaxScalar(x, 0), Log1P(Exp(Neg(Abs(x))))) }

// similarity is the cosine of every image with every text: [batch, batch].
func similarity(f Features) *Node { return DotGeneral(f.Image, []int{1}, nil, f.Text, []int{1}, nil) }
