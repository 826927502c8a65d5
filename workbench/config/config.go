// Package config is an experiment's configuration: NeMo's tree and names for CLIP (megatron_clip_config.yaml), read
// from YAML, completed from presets, overridden by key=value, and refused before anything starts when it cannot be.
package config

// Config is the root of the tree.
type Config struct {
	Name            string     `yaml:"name"`
	RestoreFromPath *string    `yaml:"restore_from_path"`
	Trainer         Trainer    `yaml:"trainer"`
	ExpManager      ExpManager `yaml:"exp_manager"`
	Model           Model      `yaml:"model"`
}

// Trainer says for how long, on what and in which precision (PyTorch Lightning's names, as NeMo uses them).
type Trainer struct {
	Devices           int     `yaml:"devices"`
	NumNodes          int     `yaml:"num_nodes"`
	Accelerator       string  `yaml:"accelerator"` // auto, cpu or gpu
	Precision         string  `yaml:"precision"`   // 32, bf16 or 16
	MaxEpochs         int     `yaml:"max_epochs"`  // -1: no bound
	MaxSteps          int     `yaml:"max_steps"`   // -1: no bound
	MaxTime           string  `yaml:"max_time"`    // a duration as 5m or 00:00:05:00; empty: no bound
	LogEveryNSteps    int     `yaml:"log_every_n_steps"`
	ValCheckInterval  int     `yaml:"val_check_interval"` // steps between validations
	LimitValBatches   int     `yaml:"limit_val_batches"`
	LimitTestBatches  int     `yaml:"limit_test_batches"`
	AccumulateBatches int     `yaml:"accumulate_grad_batches"`
	GradientClipVal   float64 `yaml:"gradient_clip_val"` // global norm; 0: no clipping
	Benchmark         bool    `yaml:"benchmark"`
}

// ExpManager says where a run is kept and which of its checkpoints (NeMo's exp_manager).
type ExpManager struct {
	ExplicitLogDir           *string            `yaml:"explicit_log_dir"`
	ExpDir                   *string            `yaml:"exp_dir"`
	Name                     *string            `yaml:"name"`
	CreateWandbLogger        bool               `yaml:"create_wandb_logger"`
	ResumeIfExists           bool               `yaml:"resume_if_exists"`
	ResumeIgnoreNoCheckpoint bool               `yaml:"resume_ignore_no_checkpoint"`
	CreateCheckpointCallback bool               `yaml:"create_checkpoint_callback"`
	Checkpoint               CheckpointCallback `yaml:"checkpoint_callback_params"`
	EMA                      EMA                `yaml:"ema"`
}

// CheckpointCallback says when a checkpoint is written and which are kept.
type CheckpointCallback struct {
	Monitor              string  `yaml:"monitor"`
	SaveTopK             int     `yaml:"save_top_k"` // -1: all
	Mode                 string  `yaml:"mode"`       // min or max
	AlwaysSaveNemo       bool    `yaml:"always_save_nemo"`
	SaveNemoOnTrainEnd   bool    `yaml:"save_nemo_on_train_end"`
	Filename             string  `yaml:"filename"`
	ModelParallelSize    int     `yaml:"model_parallel_size"`
	EveryNTrainSteps     int     `yaml:"every_n_train_steps"`     // 0: at each validation
	TrainTimeIntervalMin float64 `yaml:"train_time_interval_min"` // minutes; 0: none
}

// EMA is the exponential moving average of the weights.
type EMA struct {
	Enable                  bool    `yaml:"enable"`
	Decay                   float64 `yaml:"decay"`
	ValidateOriginalWeights bool    `yaml:"validate_original_weights"`
	EveryNSteps             int     `yaml:"every_n_steps"`
	CPUOffload              bool    `yaml:"cpu_offload"`
}

// Model is the two towers, their loss, their data and their optimizer.
type Model struct {
	Precision            string      `yaml:"precision"`
	MicroBatchSize       int         `yaml:"micro_batch_size"`
	GlobalBatchSize      int         `yaml:"global_batch_size"`
	TensorParallel       int         `yaml:"tensor_model_parallel_size"`
	PipelineParallel     int         `yaml:"pipeline_model_parallel_size"`
	VirtualPipeline      *int        `yaml:"virtual_pipeline_model_parallel_size"`
	RestoreFromPath      *string     `yaml:"restore_from_path"`
	OutputDim            int         `yaml:"output_dim"`
	LocalLoss            bool        `yaml:"local_loss"`
	GatherWithGrad       bool        `yaml:"gather_with_grad"`
	UseSigLIP            bool        `yaml:"use_siglip"`
	LogitScaleInit       float64     `yaml:"logit_scale_init"` // of exp(logit_scale): 1/0.07 in CLIP
	LogitScaleMax        float64     `yaml:"logit_scale_max"`  // of exp(logit_scale): 100 in CLIP; 0: no clamp
	LogitBiasInit        float64     `yaml:"logit_bias_init"`  // SigLIP's −10
	ShareEqualCaptions   bool        `yaml:"share_equal_captions"`
	InitMethod           string      `yaml:"init_method"` // nemo or open_clip
	Preset               string      `yaml:"preset"`      // sizes by open_clip's name, such as ViT-B-32
	Vision               Vision      `yaml:"vision"`
	Text                 Text        `yaml:"text"`
	MegatronAMPO2        bool        `yaml:"megatron_amp_O2"`
	GradAllreduceChunkMB int         `yaml:"grad_allreduce_chunk_size_mb"`
	MCoreGPT             bool        `yaml:"mcore_gpt"`
	TransformerEngine    bool        `yaml:"transformer_engine"`
	Seed                 int64       `yaml:"seed"`
	VocabSizeDivisibleBy int         `yaml:"make_vocab_size_divisible_by"`
	Tokenizer            Tokenizer   `yaml:"tokenizer"`
	Data                 Data        `yaml:"data"`
	NsysProfile          NsysProfile `yaml:"nsys_profile"`
	Optim                Optim       `yaml:"optim"`
}

// Tower is what both towers have.
type Tower struct {
	Precision                        string  `yaml:"precision"`
	OutputDim                        int     `yaml:"output_dim"`
	EncoderSeqLength                 int     `yaml:"encoder_seq_length"`
	MaxPositionEmbeddings            int     `yaml:"max_position_embeddings"`
	PositionEmbeddingType            string  `yaml:"position_embedding_type"` // learned_absolute
	NumLayers                        int     `yaml:"num_layers"`
	HiddenSize                       int     `yaml:"hidden_size"`
	FFNHiddenSize                    int     `yaml:"ffn_hidden_size"`
	NumAttentionHeads                int     `yaml:"num_attention_heads"`
	KVChannels                       *int    `yaml:"kv_channels"` // head width; null: hidden_size / num_attention_heads
	InitMethodStd                    float64 `yaml:"init_method_std"`
	UseScaledInitMethod              bool    `yaml:"use_scaled_init_method"`
	HiddenDropout                    float64 `yaml:"hidden_dropout"`
	AttentionDropout                 float64 `yaml:"attention_dropout"`
	ApplyQueryKeyLayerScaling        bool    `yaml:"apply_query_key_layer_scaling"`
	Normalization                    string  `yaml:"normalization"`
	LayerNormEpsilon                 float64 `yaml:"layernorm_epsilon"`
	DoLayerNormWeightDecay           bool    `yaml:"do_layer_norm_weight_decay"`
	PersistLayerNorm                 bool    `yaml:"persist_layer_norm"`
	ActivationsCheckpointGranularity *string `yaml:"activations_checkpoint_granularity"` // selective or full
	ActivationsCheckpointMethod      *string `yaml:"activations_checkpoint_method"`      // uniform or block
	ActivationsCheckpointNumLayers   *int    `yaml:"activations_checkpoint_num_layers"`
	SequenceParallel                 bool    `yaml:"sequence_parallel"`
	NativeAMPInitScale               float64 `yaml:"native_amp_init_scale"`
	NativeAMPGrowthInterval          int     `yaml:"native_amp_growth_interval"`
	Hysteresis                       int     `yaml:"hysteresis"`
	FP32ResidualConnection           bool    `yaml:"fp32_residual_connection"`
	FP16LMCrossEntropy               bool    `yaml:"fp16_lm_cross_entropy"`
	MaskedSoftmaxFusion              bool    `yaml:"masked_softmax_fusion"`
	BiasDropoutAddFusion             bool    `yaml:"bias_dropout_add_fusion"`
	BiasActivationFusion             bool    `yaml:"bias_activation_fusion"`
	GradientAccumulationFusion       bool    `yaml:"gradient_accumulation_fusion"`
	OpenAIGelu                       bool    `yaml:"openai_gelu"` // tanh approximation
	OnnxSafe                         bool    `yaml:"onnx_safe"`
	MegatronLegacy                   bool    `yaml:"megatron_legacy"`
	Activation                       string  `yaml:"activation"` // gelu, quick_gelu (approx-gelu) or openai_gelu
	UseFlashAttention                bool    `yaml:"use_flash_attention"`
	LayerScale                       float64 `yaml:"layerscale_init"` // 0: none
}

// Vision is the image tower.
type Vision struct {
	Tower               `yaml:",inline"`
	PatchDim            int        `yaml:"patch_dim"`
	ImgH                int        `yaml:"img_h"`
	ImgW                int        `yaml:"img_w"`
	ImageMean           *[]float64 `yaml:"image_mean"`
	ImageStd            *[]float64 `yaml:"image_std"`
	NumChannels         int        `yaml:"num_channels"`
	DropPatchRate       float64    `yaml:"drop_patch_rate"`
	DropPathRate        float64    `yaml:"drop_path_rate"`
	GlobalAveragePool   bool       `yaml:"global_average_pool"`
	ClassTokenLength    int        `yaml:"class_token_length"`
	PreprocessLayerNorm bool       `yaml:"preprocess_layernorm"`
	PatchStem           string     `yaml:"patch_stem"`       // linear (NeMo, ViT) or conv: stride-2 3×3 convolutions (Xiao et al. 2021)
	PatchStemWidth      int        `yaml:"patch_stem_width"` // channels after the first convolution; doubles with each
	PatchBias           bool       `yaml:"patch_bias"`
}

// Text is the text tower.
type Text struct {
	Tower `yaml:",inline"`
	Pool  string `yaml:"pool"` // eot (argmax of ids), first or last
}

// Tokenizer names the vocabulary.
type Tokenizer struct {
	Library                 string    `yaml:"library"` // huggingface
	Type                    string    `yaml:"type"`    // a name, a merges file or a tokenizer.json
	Model                   *string   `yaml:"model"`
	VocabFile               *string   `yaml:"vocab_file"`
	MergeFile               *string   `yaml:"merge_file"`
	Delimiter               *string   `yaml:"delimiter"`
	SentencePieceLegacy     bool      `yaml:"sentencepiece_legacy"`
	AdditionalSpecialTokens *[]string `yaml:"additional_special_tokens"`
}

// Data says which pairs are trained and validated on, and what is done to them.
type Data struct {
	NumWorkers     int        `yaml:"num_workers"`
	Train          TrainData  `yaml:"train"`
	Validation     Dataset    `yaml:"validation"`
	WebDataset     WebDataset `yaml:"webdataset"`
	ImagenetVal    *string    `yaml:"imagenet_val"`
	UniqueCaptions bool       `yaml:"unique_captions"` // no two samples of one concept in a batch
	Augment        Augment    `yaml:"augment"`
	TagProbability float64    `yaml:"tag_probability"` // of using 1–3 of a sample's tags with or instead of its caption
	Cache          bool       `yaml:"cache"`           // decoded pictures are kept in memory
}

// Dataset is one or more sources of pairs.
type Dataset struct {
	DatasetPath []string `yaml:"dataset_path"`
}

// TrainData is the training set.
type TrainData = Dataset

// WebDataset is NeMo's block of the same name.
type WebDataset struct {
	InfiniteSampler bool    `yaml:"infinite_sampler"`
	LocalRootPath   *string `yaml:"local_root_path"`
}

// Augment is what training does to a picture. All zero: resize and crop only.
type Augment struct {
	CropScale  [2]float64 `yaml:"crop_scale"` // share of the area, RandomResizedCrop
	CropRatio  [2]float64 `yaml:"crop_ratio"`
	Flip       float64    `yaml:"flip"`       // probability of a horizontal flip
	Rotate     float64    `yaml:"rotate"`     // degrees, ±
	Shift      float64    `yaml:"shift"`      // share of the side, ±
	Scale      [2]float64 `yaml:"scale"`      // factor, from and to
	Brightness float64    `yaml:"brightness"` // ± share
	Contrast   float64    `yaml:"contrast"`
	Saturation float64    `yaml:"saturation"`
	Hue        float64    `yaml:"hue"`
	Grey       float64    `yaml:"grey"` // probability
}

// NsysProfile is NeMo's hook for NVIDIA's profiler.
type NsysProfile struct {
	Enabled   bool  `yaml:"enabled"`
	StartStep int   `yaml:"start_step"`
	EndStep   int   `yaml:"end_step"`
	Ranks     []int `yaml:"ranks"`
	GenShape  bool  `yaml:"gen_shape"`
}

// Optim is the optimizer.
type Optim struct {
	Name         string     `yaml:"name"` // adamw, fused_adam, distributed_fused_adam or sgd
	LR           float64    `yaml:"lr"`
	WeightDecay  float64    `yaml:"weight_decay"`
	Betas        [2]float64 `yaml:"betas"`
	Eps          float64    `yaml:"eps"`
	Momentum     float64    `yaml:"momentum"`
	ShardWeights bool       `yaml:"shard_weights"`
	Rules        []Rule     `yaml:"rules"`
	Sched        Sched      `yaml:"sched"`
}

// Rule changes the optimizer for the tensors whose path matches.
type Rule struct {
	Match       string   `yaml:"match"` // regular expression over tensor paths
	Freeze      bool     `yaml:"freeze"`
	LRScale     *float64 `yaml:"lr_scale"`
	WeightDecay *float64 `yaml:"weight_decay"`
}

// Sched is the learning rate's course.
type Sched struct {
	Name          string  `yaml:"name"` // CosineAnnealing, constant or constant-cooldown
	WarmupSteps   int     `yaml:"warmup_steps"`
	ConstantSteps int     `yaml:"constant_steps"`
	CooldownSteps int     `yaml:"cooldown_steps"`
	MinLR         float64 `yaml:"min_lr"`
}
