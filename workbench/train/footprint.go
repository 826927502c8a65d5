package train

import (
	"regexp"
	"slices"

	"clipbench/workbench/clip"
	"clipbench/workbench/config"
	"clipbench/workbench/parallel"

	"github.com/gomlx/compute/dtypes"
)

// Holding is what one device keeps of a tensor of the model, or of as many alike as Count, in bytes.
type Holding struct {
	Name      string `json:"name"` // the tensor's path, * for the number of a block
	Count     int    `json:"count"`
	Dims      []int  `json:"dims"`
	Lies      string `json:"lies"` // the weight and its gradient on the mesh
	Kept      string `json:"kept"` // the optimizer's share on the mesh
	Weights   int    `json:"weights"`
	Gradients int    `json:"gradients"`
	Optimizer int    `json:"optimizer"` // moments, and the float32 master of a weight of half precision
	Average   int    `json:"average"`   // exponential moving average
}

var blockNumber = regexp.MustCompile(`/resblocks/\d+/`)

// Holdings lists what one device keeps of each tensor of the model, those of a tower's blocks together.
func Holdings(cfg *config.Config, m *clip.Model) []Holding {
	var list []Holding
	for _, t := range m.Tensors() {
		h := holding(cfg, t)
		at := slices.IndexFunc(list, func(other Holding) bool { return other.Name == h.Name })
		if at < 0 {
			list = append(list, h)
			continue
		}
		list[at] = list[at].plus(h)
	}
	return list
}

func holding(cfg *config.Config, t clip.Tensor) Holding {
	plan, single := parallel.NewPlan(cfg), dtypes.Float32.Size()
	lies, kept := plan.Weight(t), plan.Moment(t)
	share := plan.Share(t, kept) * single
	h := Holding{
		Name: blockNumber.ReplaceAllString(t.Path, "/resblocks/*/"), Count: 1, Dims: t.Dims, Lies: lies.String(), Kept: kept.String(),
		Weights: plan.Share(t, lies) * weightDType(cfg, t).Size(),
	}
	if weightDType(cfg, t) != dtypes.Float32 {
		h.Optimizer += share
	}
	if cfg.ExpManager.EMA.Enable {
		h.Average = share
	}
	if !rulesOf(&cfg.Model.Optim, t).frozen() {
		h.Gradients = plan.Share(t, lies) * single
		h.Optimizer += share * len(momentPaths(&cfg.Model.Optim))
	}
	return h
}

// plus is two holdings together, under the name of the first.
func (h Holding) plus(other Holding) Holding {
	h.Count += other.Count
	h.Weights += other.Weights
	h.Gradients += other.Gradients
	h.Optimizer += other.Optimizer
	h.Average += other.Average
	return h
}

// Footprint is what a training step takes on each device, in bytes.
type Footprint struct {
	Weights     int `json:"weights"`
	Optimizer   int `json:"optimizer"`
	Average     int `json:"average"`
	Batch       int `json:"batch"`
	Results     int `json:"results"`   // the state after the step, which lies beside that before it
	Gradients   int `json:"gradients"` // no more room: they lie where the results will
	Activations int `json:"activations"`
	Temporary   int `json:"temporary"` // activations that do not lie there too, and what taking the gradient of one part needs besides
	Total       int `json:"total"`
}

// Predict adds up what a training step takes, without building it.
func Predict(cfg *config.Config, m *clip.Model) Footprint {
	var sum Holding
	for _, h := range Holdings(cfg, m) {
		sum = sum.plus(h)
	}
	c := &cfg.Model
	pairs := c.GlobalBatchSize / cfg.DataParallel()
	v := &c.Vision
	f := Footprint{
		Weights: sum.Weights, Optimizer: sum.Optimizer, Average: sum.Average, Gradients: sum.Gradients,
		Batch: 4 * pairs * (v.ImgH*v.ImgW*v.NumChannels + c.Text.EncoderSeqLength + 1),
	}
	f.Results = f.Weights + f.Optimizer + f.Average
	plan := parallel.NewPlan(cfg)
	a := m.Activations(c.MicroBatchSize, plan.Devices(), plan.Model, ComputeDType(cfg.Trainer.Precision).Size())
	f.Activations = a.Bytes()
	f.Temporary = f.Activations - within(a.Kept, stateBuffers(cfg, m)) + a.Working + gathered(cfg, m)
	f.Total = f.Weights + f.Optimizer + f.Average + f.Batch + f.Results + f.Temporary
	return f
}

// stateBuffers lists the bytes of every tensor of the state on one device.
func stateBuffers(cfg *config.Config, m *clip.Model) []int {
	plan := parallel.NewPlan(cfg)
	var list []int
	for _, t := range m.Tensors() {
		h, share := holding(cfg, t), plan.Share(t, plan.Moment(t))*dtypes.Float32.Size()
		list = append(list, h.Weights)
		list = append(list, slices.Repeat([]int{share}, (h.Optimizer+h.Average)/share)...)
	}
	return list
}

// within is how many bytes of buffers need no room of their own: XLA puts each, the largest first, where a result will lie
// that is not written yet and is no smaller.
func within(buffers []clip.Buffers, results []int) int {
	largestFirst := func(a, b clip.Buffers) int { return b.Bytes - a.Bytes }
	used, bytes := 0, 0
	for _, b := range slices.SortedFunc(slices.Values(buffers), largestFirst) {
		places := -used
		for _, r := range results {
			if r >= b.Bytes {
				places++
			}
		}
		n := min(b.Count, places)
		used += n
		bytes += n * b.Bytes
	}
	return bytes
}

// gathered is what the blocks' matrices take besides where weights are divided over the data axis: XLA gathers each for the
// forward pass and keeps it whole for the gradient.
func gathered(cfg *config.Config, m *clip.Model) int {
	plan := parallel.NewPlan(cfg)
	whole := plan
	whole.ShardWeights = false
	bytes := 0
	for _, t := range m.Tensors() {
		if len(t.Dims) > 1 && blockNumber.MatchString(t.Path) && plan.Share(t, plan.Weight(t)) < plan.Share(t, whole.Weight(t)) {
			bytes += plan.Share(t, whole.Weight(t)) * weightDType(cfg, t).Size()
		}
	}
	return bytes
}
