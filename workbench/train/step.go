package train

import (
	"fmt"
	"math"

	"clipbench/workbench/clip"
	"clipbench/workbench/config"
	"clipbench/workbench/device/programs"
	"clipbench/workbench/parallel"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Batch is what one step learns from: the global batch.
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
	LossScale    float64 // of this step; 0 where the loss is not scaled
	Finite       bool    // false: loss or gradient was NaN or infinite, and weights, moments and averages are as they were
}

// Overflow tells that a step was not finite for its loss scale alone, as far as one can see: the loss was finite, and the
// scale has come down or soon will. With float16 a run begins with some of these.
func (m Metrics) Overflow() bool {
	return !m.Finite && m.LossScale > 1 && !math.IsNaN(m.Loss) && !math.IsInf(m.Loss, 0)
}

// Step is the compiled training step on a state.
type Step struct {
	cfg   *config.Config
	model *clip.Model
	store *model.Store
	mesh  *parallel.Mesh // nil: one device
	run   *parallel.Program
	total int
}

// NewStep prepares the step for a run of total steps; it is compiled at its first batch. Where the configuration asks for
// several devices, the state is laid out over them.
func NewStep(backend compute.Backend, cfg *config.Config, m *clip.Model, store *model.Store, total int) (*Step, error) {
	if err := checkRules(&cfg.Model.Optim, m.Tensors()); err != nil {
		return nil, err
	}
	mesh, err := parallel.NewMesh(cfg, backend.NumDevices())
	if err != nil {
		return nil, err
	}
	s := &Step{cfg: cfg, model: m, store: store, mesh: mesh, total: total}
	exec, err := model.NewExec(backend, store, s.graph)
	if err != nil {
		return nil, fmt.Errorf("training step: %w", err)
	}
	s.run = parallel.NewProgram(exec.WithName(programs.TrainingStep), mesh, 4, 2, 1)
	return s, Spread(store, m, mesh)
}

// Mesh is what the state lies on: nil for one device.
func (s *Step) Mesh() *parallel.Mesh { return s.mesh }

// Compile compiles the step without running it.
func (s *Step) Compile() (compute.Executable, error) {
	n, v := s.cfg.Model.GlobalBatchSize, &s.cfg.Model.Vision
	program, err := s.run.Compile(shapes.Make(dtypes.Float32, n, v.ImgH, v.ImgW, v.NumChannels),
		shapes.Make(dtypes.Int32, n, s.cfg.Model.Text.EncoderSeqLength), shapes.Make(dtypes.Int32, n))
	if err != nil {
		return nil, fmt.Errorf("training step: %w", err)
	}
	return program, nil
}

// Run does one step: it changes the state and returns the metrics.
func (s *Step) Run(b Batch) (Metrics, error) {
	out, err := s.run.Call(b.Images, b.Tokens, b.Concepts)
	if err != nil {
		return Metrics{}, fmt.Errorf("training step: %w", err)
	}
	v := tensors.MustCopyFlatData[float32](out[0])
	return Metrics{
		Loss: float64(v[0]), GradNorm: float64(v[1]), LearningRate: float64(v[2]), LogitScale: float64(v[3]),
		LossScale: float64(v[4]), Finite: v[5] != 0,
	}, nil
}

// graph is the whole step: towers, loss, gradient, clipping, update, moving average. It returns the metrics [6].
func (s *Step) graph(_ *model.Scope, inputs []*Node) *Node {
	images, tokens, concepts := inputs[0], inputs[1], inputs[2]
	g := images.Graph()
	list := trained(&s.cfg.Model.Optim, s.model.Tensors())
	step, updates := s.store.GetVariable(stepPath), s.store.GetVariable(updatesPath)
	before, count := step.NodeValue(g), updates.NodeValue(g)
	scale := lossScale(g, s.cfg, s.store)

	loss, gradients := s.differentiate(whole(images, tokens), concepts, list)
	norm := globalNorm(gradients)
	finite := And(IsFinite(loss), IsFinite(norm))
	rate := learningRate(&s.cfg.Model.Optim, s.total, before)
	u := &update{
		cfg: s.cfg, store: s.store, rate: rate, count: count, finite: finite,
		decay: averageDecay(&s.cfg.ExpManager.EMA, count),
	}
	clipping := clipFactor(norm, s.cfg.Trainer.GradientClipVal)
	for i, p := range list {
		u.apply(p, Mul(gradients[i], clipping))
	}
	step.SetNodeValue(AddScalar(before, 1))
	updates.SetNodeValue(Add(count, ConvertDType(finite, dtypes.Int32)))
	updateLossScale(g, s.cfg, s.store, finite)
	s.run.Results(s.store, g, 1)

	temperature := Exp(Weights(g, s.store, WeightPath)("logit_scale"))
	if !scaled(s.cfg) {
		scale = ZerosLike(scale)
	}
	return vector(loss, norm, rate, temperature, scale, finite)
}

// vector is scalars side by side, as float32.
func vector(scalars ...*Node) *Node {
	for i, v := range scalars {
		scalars[i] = Reshape(ConvertDType(v, dtypes.Float32), 1)
	}
	return Concatenate(scalars, 0)
}
