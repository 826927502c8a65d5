package workbench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"clipbench/workbench/clip"
	"clipbench/workbench/config"
	"clipbench/workbench/device"
	"clipbench/workbench/train"

	"github.com/gomlx/gomlx/core/tensors"
)

// BenchmarkResult is the speed of a preset's training step.
type BenchmarkResult struct {
	Preset         string  `json:"preset"`
	Backend        string  `json:"backend"`
	Precision      string  `json:"precision"`
	Batch          int     `json:"batch"`
	StepSeconds    float64 `json:"step_s"` // median
	PairsPerSecond float64 `json:"pairs_per_s"`
	GFLOPs         float64 `json:"gflops"` // per second: three times the forward pass's, over the step
	CompileSeconds float64 `json:"compile_s"`
	Loss           float64 `json:"loss"` // of the last step
}

// Benchmark times the training step of a configuration on a synthetic batch: two steps to warm up, then steps more,
// at least one.
func Benchmark(ctx context.Context, d *device.Device, cfg *config.Config, steps int) (BenchmarkResult, error) {
	m, err := modelOf(cfg)
	if err != nil {
		return BenchmarkResult{}, err
	}
	if rows := m.VocabSize(); rows < 3 {
		return BenchmarkResult{}, fmt.Errorf("model.text.vocab_size=%d: the start, the end and a word of a text are 3 already; raise it or leave it out", rows)
	}
	store, err := train.NewState(cfg, m)
	if err != nil {
		return BenchmarkResult{}, err
	}
	step, err := train.NewStep(d.Backend, cfg, m, store, steps+2)
	if err != nil {
		return BenchmarkResult{}, err
	}
	var seconds []float64
	result := BenchmarkResult{Preset: cfg.Model.Preset, Backend: d.Name, Precision: cfg.Trainer.Precision, Batch: cfg.Model.GlobalBatchSize}
	for i := range steps + 2 {
		if err := ctx.Err(); err != nil {
			return result, err
		}
		batch := syntheticBatch(cfg, m.VocabSize(), i) // before the clock starts: in training the loader makes it meanwhile
		start := time.Now()
		metrics, err := step.Run(batch)
		if err != nil {
			return result, fmt.Errorf("step %d: %w", i, advise(err, cfg, m))
		}
		result.Loss = metrics.Loss
		if i == 0 {
			result.CompileSeconds = time.Since(start).Seconds()
		} else if i >= 2 {
			seconds = append(seconds, time.Since(start).Seconds())
		}
	}
	slices.Sort(seconds)
	result.StepSeconds = seconds[len(seconds)/2]
	result.PairsPerSecond = float64(result.Batch) / result.StepSeconds
	result.GFLOPs = 3 * clip.NewProfile(cfg).GFLOPs.Total * result.PairsPerSecond
	return result, nil
}

// syntheticBatch is noise of the right shape, with the end of text last: batch i of a configuration is always the same.
func syntheticBatch(cfg *config.Config, vocabulary, i int) train.Batch {
	r := rand.New(rand.NewPCG(uint64(cfg.Model.Seed), uint64(i)))
	batch, v, t := cfg.Model.GlobalBatchSize, &cfg.Model.Vision, &cfg.Model.Text
	images := make([]float32, batch*v.ImgH*v.ImgW*v.NumChannels)
	for k := range images {
		images[k] = r.Float32()
	}
	tokens, concepts := make([]int32, batch*t.EncoderSeqLength), make([]int32, batch)
	for k := range tokens {
		tokens[k] = 1 + r.Int32N(int32(vocabulary-2))
		if (k+1)%t.EncoderSeqLength == 0 {
			tokens[k] = int32(vocabulary - 1)
		}
	}
	for k := range concepts {
		concepts[k] = int32(k)
	}
	return train.Batch{
		Images:   tensors.FromFlatDataAndDimensions(images, batch, v.ImgH, v.ImgW, v.NumChannels),
		Tokens:   tensors.FromFlatDataAndDimensions(tokens, batch, t.EncoderSeqLength),
		Concepts: tensors.FromFlatDataAndDimensions(concepts, batch),
	}
}
