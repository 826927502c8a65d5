package train

import (
	"strings"

	"clipbench/workbench/clip"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
)

// pairs are (a part of) the global batch inside the graph.
type pairs struct {
	images, tokens *Node // as in Batch
	rows           *Node // int32 [batch]: places in the global batch
}

// differentiate returns the loss of the global batch and its gradient in each weight of list, float32.
func (s *Step) differentiate(all pairs, concepts *Node, list []clip.Tensor) (loss *Node, gradients []*Node) {
	g := concepts.Graph()
	scale := lossScale(g, s.cfg, s.store)
	if s.cfg.Accumulation() > 1 {
		loss, gradients = s.accumulate(all, concepts, scale, list)
	} else {
		pass := s.pass(all)
		loss = s.model.Loss(pass, s.model.Encode(pass, all.images, all.tokens), concepts)
		gradients = Gradient(Mul(loss, scale), s.weights(g, list)...)
	}
	for i := range gradients {
		gradients[i] = Div(ConvertDType(gradients[i], dtypes.Float32), scale)
	}
	return loss, gradients
}

// pass is an evaluation of the model for training on some of the pairs.
func (s *Step) pass(some pairs) *clip.Pass {
	g := some.rows.Graph()
	return &clip.Pass{
		Weights: Weights(g, s.store, WeightPath), DType: ComputeDType(s.cfg.Trainer.Precision), Training: true,
		Ranks: s.cfg.DataParallel(), Divided: s.mesh.DividesBlocks(),
		RNG: clip.NewRNG(s.store.GetVariable(seedPath).NodeValue(g), s.store.GetVariable(stepPath).NodeValue(g), some.rows),
	}
}

func (s *Step) weights(g *Graph, list []clip.Tensor) []*Node {
	nodes := make([]*Node, len(list))
	for i, p := range list {
		nodes[i] = s.store.GetVariable(WeightPath + p.Path).NodeValue(g)
	}
	return nodes
}

// accumulate is the same with the memory of one micro batch. Each micro batch is embedded and only its features are kept;
// they give the loss and its gradient in the features. Then each is embedded again, with the same randomness, to carry that
// gradient on to the weights. Gao et al. 2021, "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup".
func (s *Step) accumulate(all pairs, concepts, scale *Node, list []clip.Tensor) (loss *Node, gradients []*Node) {
	g := concepts.Graph()
	features := s.cache(all)
	loss = s.model.Loss(s.pass(all), features, concepts)

	ofTowers, ofLoss := split(list)
	outer := Gradient(Mul(loss, scale), append([]*Node{features.Image, features.Text}, s.weights(g, ofLoss)...)...)
	inner := s.carry(all, clip.Features{Image: StopGradient(outer[0]), Text: StopGradient(outer[1])}, ofTowers)
	return loss, append(inner, outer[2:]...)
}

// split divides the weights, in their order, into those of the towers and those that the loss reads itself.
func split(list []clip.Tensor) (ofTowers, ofLoss []clip.Tensor) {
	for i, p := range list {
		if strings.HasPrefix(p.Path, "logit_") {
			return list[:i], list[i:]
		}
	}
	return list, nil
}

// cache embeds the batch by micro batches and returns the features of all of it.
func (s *Step) cache(all pairs) clip.Features {
	var images, texts []*Node
	for i := range s.cfg.Accumulation() {
		some := s.micro(all, i)
		if i > 0 {
			some = some.after(images[i-1], texts[i-1])
		}
		f := s.model.Encode(s.pass(some), some.images, some.tokens)
		images, texts = append(images, f.Image), append(texts, f.Text)
	}
	return clip.Features{Image: s.join(images), Text: s.join(texts)}
}

// carry turns the gradient in the features of the batch into that in the towers' weights, micro batch by micro batch.
func (s *Step) carry(all pairs, outer clip.Features, list []clip.Tensor) []*Node {
	weights := s.weights(all.rows.Graph(), list)
	var sums []*Node
	for i := range s.cfg.Accumulation() {
		some := s.micro(all, i)
		if i == 0 {
			some = some.after(outer.Image, outer.Text)
		} else {
			some = some.after(sums...)
		}
		f := s.model.Encode(s.pass(some), some.images, some.tokens)
		product := Add(ReduceAllSum(Mul(f.Image, s.cut(outer.Image, i))), ReduceAllSum(Mul(f.Text, s.cut(outer.Text, i))))
		for k, part := range Gradient(product, weights...) {
			part = ConvertDType(part, dtypes.Float32)
			if i == 0 {
				sums = append(sums, part)
			} else {
				sums[k] = Add(sums[k], part)
			}
		}
	}
	return sums
}

// after is the same pairs, of which nothing is computed before others are: else XLA would compute the micro batches side by
// side, or find that both embeddings of one are the same and keep the first with all that led to it.
func (p pairs) after(others ...*Node) pairs {
	p.images, p.tokens = SchedulingBarrier(p.images, others...), SchedulingBarrier(p.tokens, others...)
	return p
}

// micro is micro batch i of the global batch: a piece of each data parallel rank's part.
func (s *Step) micro(all pairs, i int) pairs {
	return pairs{images: s.cut(all.images, i), tokens: s.cut(all.tokens, i), rows: s.cut(all.rows, i)}
}

// cut takes the rows of micro batch i out of x [batch, ...].
func (s *Step) cut(x *Node, i int) *Node {
	d := x.Shape().Dimensions
	ranks, pieces := s.cfg.DataParallel(), s.cfg.Accumulation()
	if d[0]%(ranks*pieces) != 0 {
		exceptions.Panicf("a batch of %d pairs does not divide into %d micro batches on each of %d ranks", d[0], pieces, ranks)
	}
	cut := Slice(Reshape(x, append([]int{ranks, pieces, -1}, d[1:]...)...), AxisRange(), AxisElem(i))
	return Reshape(cut, append([]int{d[0] / pieces}, d[1:]...)...)
}

// join puts the pieces that cut took [micro batch, width] together again: [batch, width].
func (s *Step) join(pieces []*Node) *Node {
	width := pieces[0].Shape().Dim(-1)
	for i, piece := range pieces {
		pieces[i] = Reshape(piece, s.cfg.DataParallel(), 1, -1, width)
	}
	return Reshape(Concatenate(pieces, 1), -1, width)
}

// whole is the batch uncut.
func whole(images, tokens *Node) pairs {
	return pairs{images, tokens, Iota(images.Graph(), shapes.Make(dtypes.Int32, images.Shape().Dim(0)), 0)}
}
