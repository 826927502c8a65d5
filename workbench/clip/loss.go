package clip

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Loss is the training loss of the global batch, a scalar in nats. concepts [batch] int32 numbers what each pair means:
// equal numbers share their targets when share_equal_captions is set.
func (m *Model) Loss(p *Pass, f Features, concepts *Node) *Node {
	same := Diagonal(f.Image.Graph(), f.Image.Shape().Dim(0))
	if m.cfg.ShareEqualCaptions {
		same = Equal(ExpandAxes(concepts, 1), ExpandAxes(concepts, 0))
	}
	ranks := max(1, p.Ranks)
	switch {
	case m.cfg.UseSigLIP:
		return PairwiseSigmoid(f, m.LogitScale(p), p.Weights("logit_bias"), same)
	case m.cfg.GatherWithGrad || ranks == 1:
		return Contrastive(f, m.LogitScale(p), same)
	case m.cfg.LocalLoss:
		return localContrastive(f, m.LogitScale(p), same)
	}
	return Contrastive(Features{withoutGather(f.Image, ranks), withoutGather(f.Text, ranks)}, m.LogitScale(p), same)
}

// Contrastive is CLIP's symmetric cross-entropy over the global batch. f are L2-normalised [batch, output_dim]; scale is
// exp(logit_scale), a scalar; same [batch, batch] is true where a caption belongs to an image: the diagonal, or more
// where captions repeat, among which the target is shared evenly. Returns a scalar in nats; ln(batch) is chance.
// Radford et al. 2021, figure 3.
//
// With gather_with_grad it is what every data parallel rank's gradient comes from, local_loss or not: the mean of the
// ranks' local losses is the loss of the whole.
func Contrastive(f Features, scale, same *Node) *Node {
	logits := Mul(scale, similarity(f.Image, f.Text))
	return MulScalar(Add(matchRows(logits, same), matchRows(Transpose(logits, 0, 1), same)), 0.5)
}

// localContrastive is the same loss with local_loss and without gather_with_grad: each rank compares its own rows with
// columns gathered from all, into which no gradient flows, not into its own either. open_clip's ClipLoss.
func localContrastive(f Features, scale, same *Node) *Node {
	compare := func(rows, columns *Node) *Node {
		return matchRows(Mul(scale, similarity(rows, StopGradient(columns))), same)
	}
	return MulScalar(Add(compare(f.Image, f.Text), compare(f.Text, f.Image)), 0.5)
}

// withoutGather is features as they are, whose gradient is 1/ranks of itself: without local_loss and gather_with_grad a
// rank's whole loss reaches its own rows alone, and then the ranks' gradients are averaged. open_clip's ClipLoss.
func withoutGather(features *Node, ranks int) *Node {
	fixed := StopGradient(features)
	return Add(fixed, MulScalar(Sub(features, fixed), 1/float64(ranks)))
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
	logits := Add(Mul(scale, similarity(f.Image, f.Text)), bias)
	sign := AddScalar(MulScalar(ConvertDType(same, dtypes.Float32), 2), -1)
	batch := float64(logits.Shape().Dim(0))
	return DivScalar(ReduceAllSum(softplus(Neg(Mul(sign, logits)))), batch)
}

// softplus is log(1 + eˣ), without overflow.
func softplus(x *Node) *Node { return Add(MaxScalar(x, 0), Log1P(Exp(Neg(Abs(x))))) }

// similarity is the cosine of every row of a with every row of b, both L2-normalised: [batch, batch].
func similarity(a, b *Node) *Node { return DotGeneral(a, []int{1}, nil, b, []int{1}, nil) }
