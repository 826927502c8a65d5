package train

import (
	"fmt"

	"clipbench/workbench/clip"
	"clipbench/workbench/config"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Batch is what one step learns from.
type Batch struct {
	Images   *tensors.Tensor // float32 [batch, height, width, channels], normalised
	Tokens   *tensors.Tensor // int32 [batch, context]
	Concepts *tensors.Tensor // int32 [batch]; equal numbers mean the same
}

// Metrics is what one step reports.
type Metrics struct {
	Loss         float64 // nats
	GradNorm     float64 // global norm, before clipping
	LearningRate float64
	LogitScale   float64 // exp(logit_scale), after the step
	Finite       bool    // false: loss or gradient was NaN or infinite and nothing was changed
}

// Step is the compiled training step on a state.
type Step struct {
	cfg   *config.Config
	model *clip.Model
	store *model.Store
	exec  *model.Exec
	total int
}

// NewStep prepares the step for a run of total steps; it is compiled at its first batch.
func NewStep(backend compute.Backend, cfg *config.Config, m *clip.Model, store *model.Store, total int) (*Step, error) {
	s := &Step{cfg: cfg, model: m, store: store, total: total}
	exec, err := model.NewExec(backend, store, s.graph)
	if err != nil {
		return nil, fmt.Errorf("training step: %w", err)
	}
	s.exec = exec
	return s, nil
}

// Run does one step: it changes the state and returns the metrics.
func (s *Step) Run(b Batch) (Metrics, error) {
	out, err := s.exec.Call(b.Images, b.Tokens, b.Concepts)
	if err != nil {
		return Metrics{}, fmt.Errorf("training step: %w", err)
	}
	v := tensors.MustCopyFlatData[float32](out[0])
	return Metrics{Loss: float64(v[0]), GradNorm: float64(v[1]), LearningRate: float64(v[2]), LogitScale: float64(v[3]), Finite: v[4] != 0}, nil
}

// graph is the whole step: towers, loss, gradient, clipping, update, moving average. It returns the metrics [5].
func (s *Step) graph(_ *model.Scope, inputs []*Node) *Node {
	images, tokens, concepts := inputs[0], inputs[1], inputs[2]
	g := images.Graph()
	parameters := s.model.Tensors()

	pass := &clip.Pass{Weights: Weights(g, s.store, WeightPath), DType: ComputeDType(s.cfg.Trainer.Precision), Training: true}
	rng := s.store.GetVariable(rngPath)
	pass.RNG = &clip.RNG{State: rng.NodeValue(g)}
	loss := s.model.Loss(pass, s.model.Encode(pass, images, tokens), concepts)
	if pass.RNG.State != rng.NodeValue(g) {
		rng.SetNodeValue(pass.RNG.State)
	}

	gradients := s.gradients(g, loss, parameters)
	norm := globalNorm(gradients)
	finite := LogicalAnd(IsFinite(loss), IsFinite(norm))
	step := s.store.GetVariable(stepPath)
	before := step.NodeValue(g)
	rate := NewSchedule(&s.cfg.Model.Optim, s.total).table(g, s.total, before)
	u := &update{store: s.store, optim: &s.cfg.Model.Optim, rate: rate, step: before, finite: finite}
	clipping := clipFactor(norm, s.cfg.Trainer.GradientClipVal)
	for i, p := range parameters {
		s.settle(g, p, u.apply(p, Mul(gradients[i], clipping)), finite)
	}
	step.SetNodeValue(AddScalar(before, 1))
	return s.metrics(g, loss, norm, rate, finite)
}

func (s *Step) gradients(g *Graph, loss *Node, parameters []clip.Tensor) []*Node {
	weights := make([]*Node, len(parameters))
	for i, p := range parameters {
		weights[i] = s.store.GetVariable(WeightPath + p.Path).NodeValue(g)
	}
	return Gradient(loss, weights...)
}

// settle clamps a changed logit_scale and moves the average of the weights.
func (s *Step) settle(g *Graph, p clip.Tensor, changed, finite *Node) {
	v := s.store.GetVariable(WeightPath + p.Path)
	if p.Path == "logit_scale" && s.cfg.Model.LogitScaleMax > 0 {
		changed = ClipScalar(changed, 0, logitScaleBound(&s.cfg.Model))
		v.SetNodeValue(changed)
	}
	if ema := &s.cfg.ExpManager.EMA; ema.Enable {
		average := s.store.GetVariable(EMAPath + p.Path)
		old := average.NodeValue(g)
		average.SetNodeValue(Add(MulScalar(old, ema.Decay), MulScalar(changed, 1-ema.Decay)))
	}
}

func (s *Step) metrics(g *Graph, loss, norm, rate, finite *Node) *Node {
	scale := Exp(s.store.GetVariable(WeightPath + "logit_scale").NodeValue(g))
	values := []*Node{loss, norm, rate, scale, ConvertDType(finite, dtypes.Float32)}
	for i, v := range values {
		values[i] = Reshape(ConvertDType(v, dtypes.Float32), 1)
	}
	return Concatenate(values, 0)
}

// globalNorm is the L2 norm of all gradients together.
func globalNorm(gradients []*Node) *Node {
	var sum *Node
	for _, g := range gradients {
		square := ReduceAllSum(Square(g))
		if sum == nil {
			sum = square
			continue
		}
		sum = Add(sum, square)
	}
	return Sqrt(sum)
}

// clipFactor scales gradients of a norm down to limit; limit 0 leaves them. PyTorch's clip_grad_norm_.
func clipFactor(norm *Node, limit float64) *Node {
	if limit <= 0 {
		return OnesLike(norm)
	}
	return MinScalar(Div(Const(norm.Graph(), float32(limit)), AddScalar(norm, 1e-6)), 1.0)
}
