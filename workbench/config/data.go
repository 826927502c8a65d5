package config

// Data says which pairs are trained and validated on, and what is done to them.
type Data struct {
	NumWorkers     int        `yaml:"num_workers" min:"0"`
	Train          TrainData  `yaml:"train"`
	Validation     Dataset    `yaml:"validation"`
	WebDataset     WebDataset `yaml:"webdataset"`
	UniqueCaptions bool       `yaml:"unique_captions"`                 // no two samples of one concept in a batch
	TagProbability float64    `yaml:"tag_probability" min:"0" max:"1"` // of using 1–3 of a sample's tags with or instead of its caption
	Cache          bool       `yaml:"cache"`                           // decoded pictures are kept in memory
	Augment        Augment    `yaml:"augment"`
}

// Dataset is one or more sources of pairs.
type Dataset struct {
	DatasetPath []string `yaml:"dataset_path"`
}

// TrainData is the training set.
type TrainData = Dataset

// WebDataset is NeMo's block of the same name.
type WebDataset struct {
	LocalRootPath *string `yaml:"local_root_path"` // where relative dataset paths start
}

// Augment is what training does to a picture. The defaults are NeMo's: a random crop and nothing else.
type Augment struct {
	CropScale  [2]float64 `yaml:"crop_scale" above:"0" max:"1"` // share of the area, RandomResizedCrop
	CropRatio  [2]float64 `yaml:"crop_ratio" above:"0"`         // width to height
	Flip       float64    `yaml:"flip" min:"0" max:"1"`         // probability of a horizontal flip
	Rotate     float64    `yaml:"rotate" min:"0" max:"180"`     // degrees, ±
	Shift      float64    `yaml:"shift" min:"0" below:"1"`      // share of the side, ±
	Scale      [2]float64 `yaml:"scale" above:"0"`              // factor, from and to
	Brightness float64    `yaml:"brightness" min:"0" max:"1"`   // share, ±
	Contrast   float64    `yaml:"contrast" min:"0" max:"1"`     // share, ±
	Saturation float64    `yaml:"saturation" min:"0" max:"1"`   // share, ±
	Hue        float64    `yaml:"hue" min:"0" max:"0.5"`        // share of the circle, ±
	Grey       float64    `yaml:"grey" min:"0" max:"1"`         // probability
}

// Optim is the optimizer.
type Optim struct {
	Name         string     `yaml:"name" oneof:"adamw fused_adam distributed_fused_adam sgd"`
	LR           float64    `yaml:"lr" min:"0"`
	WeightDecay  float64    `yaml:"weight_decay" min:"0"`
	Betas        [2]float64 `yaml:"betas" min:"0" below:"1"`
	Eps          float64    `yaml:"eps" above:"0"`
	Momentum     float64    `yaml:"momentum" min:"0" below:"1"` // of sgd
	ShardWeights bool       `yaml:"shard_weights"`              // with distributed_fused_adam: the weights too are divided over the data axis
	Rules        []Rule     `yaml:"rules"`
	Sched        Sched      `yaml:"sched"`
}

// Rule changes the optimizer for the tensors whose path matches.
type Rule struct {
	Match       string   `yaml:"match"` // regular expression over tensor paths
	Freeze      bool     `yaml:"freeze"`
	LRScale     *float64 `yaml:"lr_scale" min:"0"`
	WeightDecay *float64 `yaml:"weight_decay" min:"0"`
}

// Sched is the learning rate's course.
type Sched struct {
	Name          string  `yaml:"name" oneof:"CosineAnnealing constant constant-cooldown"`
	WarmupSteps   int     `yaml:"warmup_steps" min:"0"`
	ConstantSteps int     `yaml:"constant_steps" min:"0"`
	CooldownSteps int     `yaml:"cooldown_steps" min:"0"`
	MinLR         float64 `yaml:"min_lr" min:"0"`
}
