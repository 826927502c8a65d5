package config

import (
	"fmt"
	"regexp"
	"strings"
)

// checker collects the rules that a configuration breaks.
type checker struct {
	*Config
	problems Problems
}

// Check tests every rule that holds between and within the keys and returns Problems, one for each rule broken.
// Load has done it; a program that builds or changes a configuration calls it itself.
func (c *Config) Check() error {
	k := &checker{Config: c}
	k.bounds()
	if len(k.problems) > 0 {
		return k.problems // the rules below divide by what the bounds keep from zero
	}
	k.trainer()
	k.checkpoints()
	k.parallel()
	k.model()
	k.tower("model.vision", "image", &c.Model.Vision.Tower)
	k.tower("model.text", "text", &c.Model.Text.Tower)
	k.vision()
	k.text()
	k.data()
	k.optim()
	return k.problems.orNil()
}

// refuse records that the value of key breaks a rule.
func (k *checker) refuse(key, what string, args ...any) {
	value, err := k.Get(key)
	if err != nil {
		panic("config: a rule names " + err.Error())
	}
	k.problems = append(k.problems, Problem{Key: key + "=" + value, What: fmt.Sprintf(what, args...)})
}

// complete fills in what follows from other keys and brings the spellings of a value to one.
func (c *Config) complete() {
	m := &c.Model
	for _, precision := range []*string{&c.Trainer.Precision, &m.Precision, &m.Vision.Precision, &m.Text.Precision} {
		if canonical, ok := precisions[*precision]; ok {
			*precision = canonical
		}
	}
	for _, t := range []*Tower{&m.Vision.Tower, &m.Text.Tower} {
		switch t.Activation {
		case "":
			t.Activation = "gelu"
		case "approx-gelu":
			t.Activation = "quick_gelu"
		}
		if t.OpenAIGelu && t.Activation == "gelu" {
			t.Activation = "openai_gelu"
		}
	}
	if m.GlobalBatchSize == 0 {
		m.GlobalBatchSize = m.MicroBatchSize * c.DataParallel()
	}
}

// precisions are Lightning's names for the three precisions.
var precisions = map[string]string{
	"32": "32", "32-true": "32",
	"bf16": "bf16", "bf16-mixed": "bf16",
	"16": "16", "16-mixed": "16",
}

// DataParallel is how many devices each hold a part of the batch: trainer.devices × num_nodes over tensor_model_parallel_size.
func (c *Config) DataParallel() int {
	return max(1, c.Trainer.Devices*c.Trainer.NumNodes/max(1, c.Model.TensorParallel))
}

// Accumulation is how many micro batches each device takes in one step.
func (c *Config) Accumulation() int {
	return max(1, c.Model.GlobalBatchSize/max(1, c.Model.MicroBatchSize*c.DataParallel()))
}

func (k *checker) trainer() {
	t := k.Trainer
	for _, key := range []string{"trainer.max_steps", "trainer.max_epochs"} {
		if value, _ := k.Get(key); value == "0" {
			k.refuse(key, "that trains nothing; use 1 or more, or -1 for no bound")
		}
	}
	if t.MaxEpochs == -1 && t.MaxSteps == -1 {
		k.refuse("trainer.max_steps", "nothing ends the learning rate's course, as max_time does not; set max_steps or max_epochs")
	}
	if _, err := t.MaxDuration(); err != nil {
		k.refuse("trainer.max_time", "%v", err)
	}
	for _, key := range []string{"model.precision", "model.vision.precision", "model.text.precision"} {
		if value, _ := k.Get(key); value != t.Precision {
			k.refuse(key, "trainer.precision is %s, and all of the model has one precision; leave this out", t.Precision)
		}
	}
	if k.Model.MegatronAMPO2 && t.Precision == "32" {
		k.refuse("model.megatron_amp_O2", "half-precision weights need trainer.precision bf16 or 16, which is 32")
	}
}

// checkpointName is a file's name with blanks in Python's format: {name} or {name:.2f}.
var checkpointName = regexp.MustCompile(`^([^{}/\\]|\{[A-Za-z_][\w@.-]*(:[0-9.]*[defg]?)?\})+$`)

func (k *checker) checkpoints() {
	p := k.ExpManager.Checkpoint
	if want := k.Model.TensorParallel * k.Model.PipelineParallel; p.ModelParallelSize != want {
		k.refuse("exp_manager.checkpoint_callback_params.model_parallel_size",
			"tensor × pipeline parallel size is %d; leave this out", want)
	}
	if !checkpointName.MatchString(p.Filename) {
		k.refuse("exp_manager.checkpoint_callback_params.filename", "it is a name without / whose blanks are metrics, as in clip-{step}-{val_loss:.2f}")
	}
}

func (k *checker) parallel() {
	m, devices := k.Model, k.Trainer.Devices
	if m.PipelineParallel > 1 {
		k.refuse("model.pipeline_model_parallel_size", "there is no pipeline parallelism; use 1 and divide by model.tensor_model_parallel_size")
	}
	if k.Trainer.NumNodes > 1 {
		k.refuse("trainer.num_nodes", "training on several machines is planned and not built; use 1")
		return
	}
	k.divides("image", &m.Vision.Tower)
	k.divides("text", &m.Text.Tower)
	if devices%m.TensorParallel != 0 {
		k.refuse("model.tensor_model_parallel_size", "trainer.devices is %d, which does not divide by %d", devices, m.TensorParallel)
		return
	}
	if step := m.MicroBatchSize * k.DataParallel(); m.GlobalBatchSize%step != 0 {
		k.refuse("model.global_batch_size", "it is no multiple of %d, the micro batch of %d on each of %d data parallel devices; use %d, or null",
			step, m.MicroBatchSize, k.DataParallel(), max(1, (m.GlobalBatchSize+step/2)/step)*step)
	}
}

// divides requires that tensor parallelism cuts a tower's heads and MLP into equal parts.
func (k *checker) divides(name string, t *Tower) {
	size := k.Model.TensorParallel
	if t.NumAttentionHeads%size != 0 {
		k.refuse("model.tensor_model_parallel_size", "the %s tower's %d heads do not divide by %d; use %s",
			name, t.NumAttentionHeads, size, k.tensorSizes())
	}
	if t.FFNHiddenSize%size != 0 {
		k.refuse("model.tensor_model_parallel_size", "the %s tower's MLP of %d does not divide by %d; use %s",
			name, t.FFNHiddenSize, size, k.tensorSizes())
	}
}

// tensorSizes lists the tensor parallel sizes that divide both towers.
func (k *checker) tensorSizes() string {
	var sizes []string
	v, t := k.Model.Vision.Tower, k.Model.Text.Tower
	for size := 1; size <= min(v.NumAttentionHeads, t.NumAttentionHeads, 1024); size++ {
		if v.NumAttentionHeads%size+t.NumAttentionHeads%size+v.FFNHiddenSize%size+t.FFNHiddenSize%size == 0 {
			sizes = append(sizes, fmt.Sprint(size))
		}
	}
	return or(sizes)
}

// or joins words as in "1, 2 or 4".
func or(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
