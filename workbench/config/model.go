package config

// Model is the two towers, their loss, their data and their optimizer.
type Model struct {
	Preset               string    `yaml:"preset"` // sizes by open_clip's name, such as ViT-B-32; sizes named beside it go before it
	Precision            string    `yaml:"precision"`
	MicroBatchSize       int       `yaml:"micro_batch_size" min:"1"`           // pairs on one device at once
	GlobalBatchSize      int       `yaml:"global_batch_size" min:"1" null:"0"` // pairs in a step; null: micro batch × data parallel size
	TensorParallel       int       `yaml:"tensor_model_parallel_size" min:"1"`
	PipelineParallel     int       `yaml:"pipeline_model_parallel_size" min:"1"`
	RestoreFromPath      *string   `yaml:"restore_from_path"` // weights to start from
	OutputDim            int       `yaml:"output_dim" min:"1"`
	LocalLoss            bool      `yaml:"local_loss"`
	GatherWithGrad       bool      `yaml:"gather_with_grad"`
	UseSigLIP            bool      `yaml:"use_siglip"`
	LogitScaleInit       float64   `yaml:"logit_scale_init" above:"0"` // of exp(logit_scale): 1/0.07 in CLIP
	LogitScaleMax        float64   `yaml:"logit_scale_max" min:"0"`    // of exp(logit_scale): 100 in CLIP; 0: no clamp
	LogitBiasInit        float64   `yaml:"logit_bias_init"`            // SigLIP's −10
	ShareEqualCaptions   bool      `yaml:"share_equal_captions"`       // equal captions share the target
	InitMethod           string    `yaml:"init_method" oneof:"nemo open_clip"`
	Vision               Vision    `yaml:"vision"`
	Text                 Text      `yaml:"text"`
	MegatronAMPO2        bool      `yaml:"megatron_amp_O2"`
	Seed                 int64     `yaml:"seed"`
	VocabSizeDivisibleBy int       `yaml:"make_vocab_size_divisible_by" min:"1"`
	Tokenizer            Tokenizer `yaml:"tokenizer"`
	Data                 Data      `yaml:"data"`
	Optim                Optim     `yaml:"optim"`
}

// Tower is what both towers have.
type Tower struct {
	Precision                        string  `yaml:"precision"`
	OutputDim                        int     `yaml:"output_dim"`
	EncoderSeqLength                 int     `yaml:"encoder_seq_length" min:"0" null:"0"` // text: tokens; vision: patches, null follows from the image
	MaxPositionEmbeddings            int     `yaml:"max_position_embeddings" min:"0" null:"0"`
	NumLayers                        int     `yaml:"num_layers" min:"1"`
	HiddenSize                       int     `yaml:"hidden_size" min:"1"`
	FFNHiddenSize                    int     `yaml:"ffn_hidden_size" min:"1"`
	NumAttentionHeads                int     `yaml:"num_attention_heads" min:"1"`
	KVChannels                       *int    `yaml:"kv_channels" min:"1"` // head width; null: hidden_size / num_attention_heads
	InitMethodStd                    float64 `yaml:"init_method_std" above:"0"`
	UseScaledInitMethod              bool    `yaml:"use_scaled_init_method"`
	HiddenDropout                    float64 `yaml:"hidden_dropout" min:"0" below:"1"`
	AttentionDropout                 float64 `yaml:"attention_dropout" min:"0" below:"1"`
	LayerNormEpsilon                 float64 `yaml:"layernorm_epsilon" above:"0"`
	DoLayerNormWeightDecay           bool    `yaml:"do_layer_norm_weight_decay"`
	ActivationsCheckpointGranularity *string `yaml:"activations_checkpoint_granularity" oneof:"selective full"`
	ActivationsCheckpointMethod      *string `yaml:"activations_checkpoint_method" oneof:"uniform block"`
	ActivationsCheckpointNumLayers   *int    `yaml:"activations_checkpoint_num_layers" min:"0"`
	SequenceParallel                 bool    `yaml:"sequence_parallel"`
	NativeAMPInitScale               float64 `yaml:"native_amp_init_scale" above:"0"`
	NativeAMPGrowthInterval          int     `yaml:"native_amp_growth_interval" min:"1"` // steps
	Hysteresis                       int     `yaml:"hysteresis" min:"1"`
	OpenAIGelu                       bool    `yaml:"openai_gelu"`                                    // activation: openai_gelu says the same
	Activation                       string  `yaml:"activation" oneof:"gelu quick_gelu openai_gelu"` // exact, x·σ(1.702x) (NeMo's approx-gelu), tanh
	UseFlashAttention                bool    `yaml:"use_flash_attention"`
	LayerScale                       float64 `yaml:"layerscale" min:"0" true:"1e-5"` // initial value; 0 or false: none; true: NeMo's 1e-5
}

// HeadWidth is the width of one attention head: kv_channels, or hidden_size / num_attention_heads.
func (t *Tower) HeadWidth() int {
	if t.KVChannels != nil {
		return *t.KVChannels
	}
	return t.HiddenSize / t.NumAttentionHeads
}

// Vision is the image tower.
type Vision struct {
	Tower               `yaml:",inline"`
	PatchDim            int        `yaml:"patch_dim" min:"1"` // pixels
	ImgH                int        `yaml:"img_h" min:"1"`     // pixels
	ImgW                int        `yaml:"img_w" min:"1"`     // pixels
	ImageMean           *[]float64 `yaml:"image_mean"`        // of values from 0 to 1, one for each channel; null: OpenAI's
	ImageStd            *[]float64 `yaml:"image_std"`
	NumChannels         int        `yaml:"num_channels" min:"1"`
	DropPatchRate       float64    `yaml:"drop_patch_rate" min:"0" below:"1"`
	DropPathRate        float64    `yaml:"drop_path_rate" min:"0" below:"1"`
	GlobalAveragePool   bool       `yaml:"global_average_pool"`
	FlattenPool         bool       `yaml:"flatten_pool"` // the projection reads every position, not one or their mean
	ClassTokenLength    int        `yaml:"class_token_length" min:"0"`
	PreprocessLayerNorm bool       `yaml:"preprocess_layernorm"`
	PatchStem           string     `yaml:"patch_stem" oneof:"linear conv"` // linear (NeMo, ViT) or conv: stride-2 3×3 convolutions (Xiao et al. 2021)
	PatchStemWidth      int        `yaml:"patch_stem_width" min:"1"`       // channels after the first convolution; doubles with each
	PatchStemDepth      int        `yaml:"patch_stem_depth" min:"1"`       // convolutions at each size: the one that halves and depth−1 more
	PatchBias           bool       `yaml:"patch_bias"`
}

// OpenAI's statistics of the pictures CLIP was trained on, channels red, green, blue.
var (
	openAIMean = []float64{0.48145466, 0.4578275, 0.40821073}
	openAIStd  = []float64{0.26862954, 0.26130258, 0.27577711}
)

// Mean is what is taken from each channel, values from 0 to 1: image_mean or OpenAI's.
func (v *Vision) Mean() []float64 {
	if v.ImageMean != nil {
		return *v.ImageMean
	}
	return openAIMean
}

// Std is what each channel is divided by after Mean is taken from it: image_std or OpenAI's.
func (v *Vision) Std() []float64 {
	if v.ImageStd != nil {
		return *v.ImageStd
	}
	return openAIStd
}

// Patches is how many patches a picture is cut into.
func (v *Vision) Patches() int {
	return (v.ImgH / v.PatchDim) * (v.ImgW / v.PatchDim)
}

// Positions is the length of the image tower's sequence: class tokens and patches.
func (v *Vision) Positions() int {
	return v.ClassTokenLength + v.Patches()
}

// Text is the text tower.
type Text struct {
	Tower     `yaml:",inline"`
	Pool      string `yaml:"pool" oneof:"eot first last"` // eot: argmax of the ids
	VocabSize int    `yaml:"vocab_size" min:"0" null:"0"` // rows of the token embedding; null: the tokenizer's
}

// Tokenizer names the vocabulary.
type Tokenizer struct {
	Library   string  `yaml:"library" oneof:"huggingface"`
	Type      string  `yaml:"type"` // a name, a merges file or a tokenizer.json
	VocabFile *string `yaml:"vocab_file"`
	MergeFile *string `yaml:"merge_file"`
}
