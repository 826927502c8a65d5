// Package config is an experiment's configuration: NeMo's tree and names for CLIP (megatron_clip_config.yaml), read
// from YAML, completed from presets, overridden by key=value, and refused before anything starts when it cannot be.
//
// The structs hold the keys that have an effect; defaults.yaml gives each its default; the keys of NeMo that have no
// effect, and why, are a table in nemo.go. A field's tags say what the key takes: min and max are bounds, above and
// below bounds that are left out, oneof the words; null and true are what those mean for a number.
package config

// Config is the root of the tree.
type Config struct {
	Name       string     `yaml:"name"`
	Trainer    Trainer    `yaml:"trainer"`
	ExpManager ExpManager `yaml:"exp_manager"`
	Model      Model      `yaml:"model"`
}

// Trainer says for how long, on what and in which precision (PyTorch Lightning's names, as NeMo uses them).
type Trainer struct {
	Devices           int     `yaml:"devices" min:"1"`
	NumNodes          int     `yaml:"num_nodes" min:"1"`
	Accelerator       string  `yaml:"accelerator" oneof:"auto cpu gpu"`
	Precision         string  `yaml:"precision" oneof:"32 bf16 16"`       // loaded as one of these; Lightning's bf16-mixed and its like are taken too
	MaxEpochs         int     `yaml:"max_epochs" min:"-1" null:"-1"`      // -1: no bound
	MaxSteps          int     `yaml:"max_steps" min:"-1" null:"-1"`       // -1: no bound
	MaxTime           string  `yaml:"max_time"`                           // of the whole run, over all its processes, compiling and validating included: 5m or 00:00:05:00 (days first); empty: no bound
	LogEveryNSteps    int     `yaml:"log_every_n_steps" min:"1"`          // steps
	ValCheckInterval  int     `yaml:"val_check_interval" min:"1"`         // steps between validations
	LimitValBatches   int     `yaml:"limit_val_batches" min:"0"`          // global batches
	GradientClipVal   float64 `yaml:"gradient_clip_val" min:"0" null:"0"` // global norm; 0: no clipping
	MaxNonfiniteSteps int     `yaml:"max_nonfinite_steps" min:"1"`        // steps with NaN or infinity in loss or gradient, and no finite one between, that end the run; overflows of the loss scale do not count
}

// ExpManager says where a run is kept and which of its checkpoints (NeMo's exp_manager).
type ExpManager struct {
	ExplicitLogDir           *string            `yaml:"explicit_log_dir"`
	ExpDir                   *string            `yaml:"exp_dir"`
	Name                     *string            `yaml:"name"`
	ResumeIfExists           bool               `yaml:"resume_if_exists"`
	ResumeIgnoreNoCheckpoint bool               `yaml:"resume_ignore_no_checkpoint"`
	CreateCheckpointCallback bool               `yaml:"create_checkpoint_callback"`
	Checkpoint               CheckpointCallback `yaml:"checkpoint_callback_params"`
	EMA                      EMA                `yaml:"ema"`
}

// CheckpointCallback says when a checkpoint is written and which are kept.
type CheckpointCallback struct {
	Monitor              string  `yaml:"monitor"`
	SaveTopK             int     `yaml:"save_top_k" min:"-1"` // -1: all
	Mode                 string  `yaml:"mode" oneof:"min max"`
	Filename             string  `yaml:"filename"` // with {step} and {name:.2f} filled in
	ModelParallelSize    int     `yaml:"model_parallel_size"`
	EveryNTrainSteps     int     `yaml:"every_n_train_steps" min:"0" null:"0"` // 0: at each validation
	TrainTimeIntervalMin float64 `yaml:"train_time_interval" min:"0" null:"0"` // minutes; 0: none
}

// EMA is the exponential moving average of the weights.
type EMA struct {
	Enable                  bool    `yaml:"enable"`
	Decay                   float64 `yaml:"decay" min:"0" below:"1"`
	ValidateOriginalWeights bool    `yaml:"validate_original_weights"`
	EveryNSteps             int     `yaml:"every_n_steps" min:"1"`
	Warmup                  bool    `yaml:"warmup"` // after n updates decay is at most (1+n)/(10+n)
}
