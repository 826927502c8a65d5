package config

import (
	"math/bits"
	"regexp"
)

func (k *checker) model() {
	m := k.Model
	if m.LogitScaleMax != 0 && m.LogitScaleMax < m.LogitScaleInit {
		k.refuse("model.logit_scale_max", "logit_scale_init is %g, above the clamp; 0 is no clamp", m.LogitScaleInit)
	}
	if m.UseSigLIP && m.LocalLoss {
		k.refuse("model.local_loss", "the sigmoid loss has no local form; leave it false with use_siglip")
	}
	if m.UseSigLIP && !m.GatherWithGrad {
		k.refuse("model.gather_with_grad", "the sigmoid loss has the gradient of all pairs; leave it true with use_siglip")
	}
	for _, name := range []string{"native_amp_init_scale", "native_amp_growth_interval", "hysteresis"} {
		k.shared(name)
	}
}

// shared requires that both towers give the loss scale the same value.
func (k *checker) shared(name string) {
	image, _ := k.Get("model.vision." + name)
	if text, _ := k.Get("model.text." + name); text != image {
		k.refuse("model.text."+name, "model.vision.%s is %s, and one loss scale serves both towers; make them equal", name, image)
	}
}

func (k *checker) tower(key, name string, t *Tower) {
	if t.OutputDim != k.Model.OutputDim {
		k.refuse(key+".output_dim", "model.output_dim is %d, and both towers end there; leave this out", k.Model.OutputDim)
	}
	if t.KVChannels == nil && t.HiddenSize%t.NumAttentionHeads != 0 {
		k.refuse(key+".num_attention_heads", "the %s tower's hidden_size of %d does not divide by %d heads; change one, or name kv_channels",
			name, t.HiddenSize, t.NumAttentionHeads)
	}
	if t.OpenAIGelu && t.Activation != "openai_gelu" {
		k.refuse(key+".activation", "openai_gelu is true; keep one of the two")
	}
	if t.UseFlashAttention && t.AttentionDropout > 0 {
		k.refuse(key+".use_flash_attention", "flash attention keeps no probabilities to drop; set %s.attention_dropout=0, or leave this false", key)
	}
	if t.SequenceParallel {
		k.refuse(key+".sequence_parallel", "there is no sequence parallelism; tensor_model_parallel_size divides heads and MLP")
	}
	if k.Model.InitMethod == "open_clip" && t.InitMethodStd != 0.02 {
		k.refuse(key+".init_method_std", "open_clip's initial weights follow from the widths; leave this out or use init_method: nemo")
	}
	k.recompute(key, t)
}

// recompute tests the keys of activation checkpointing against each other.
func (k *checker) recompute(key string, t *Tower) {
	granularity, method, layers := t.ActivationsCheckpointGranularity, t.ActivationsCheckpointMethod, t.ActivationsCheckpointNumLayers
	full := granularity != nil && *granularity == "full"
	switch {
	case full && method == nil:
		k.refuse(key+".activations_checkpoint_granularity", "full needs activations_checkpoint_method: uniform or block")
	case full && layers == nil:
		k.refuse(key+".activations_checkpoint_granularity", "full needs activations_checkpoint_num_layers: layers in a group (uniform) or recomputed (block)")
	case full && *layers > t.NumLayers:
		k.refuse(key+".activations_checkpoint_num_layers", "the tower has %d layers", t.NumLayers)
	case full && *method == "uniform" && *layers == 0:
		k.refuse(key+".activations_checkpoint_num_layers", "a group of layers has at least 1")
	case !full && method != nil:
		k.refuse(key+".activations_checkpoint_method", "read only with activations_checkpoint_granularity: full")
	case !full && layers != nil:
		k.refuse(key+".activations_checkpoint_num_layers", "read only with activations_checkpoint_granularity: full")
	}
}

func (k *checker) vision() {
	v := &k.Model.Vision
	k.filled("model.vision.img_h", v.ImgH)
	k.filled("model.vision.img_w", v.ImgW)
	if v.GlobalAveragePool && v.FlattenPool {
		k.refuse("model.vision.flatten_pool", "global_average_pool: true pools already; choose one of them")
	}
	if v.ClassTokenLength == 0 && !v.GlobalAveragePool && !v.FlattenPool {
		k.refuse("model.vision.class_token_length", "without a class token the picture is pooled by global_average_pool: true or flatten_pool: true")
	}
	if v.PatchStem == "conv" && (v.PatchDim < 2 || bits.OnesCount(uint(v.PatchDim)) != 1) {
		k.refuse("model.vision.patch_dim", "a stem of stride-2 convolutions makes patches of 2, 4, 8, 16 or 32 pixels")
	}
	k.statistics("model.vision.image_mean", v.Mean())
	k.statistics("model.vision.image_std", v.Std())
	for _, std := range v.Std() {
		if std <= 0 {
			k.refuse("model.vision.image_std", "each value is above 0")
			break
		}
	}
	k.sequence("model.vision.encoder_seq_length", v.EncoderSeqLength)
	if v.MaxPositionEmbeddings != v.EncoderSeqLength {
		k.sequence("model.vision.max_position_embeddings", v.MaxPositionEmbeddings)
	}
}

// filled requires that patches fill a side of the image.
func (k *checker) filled(key string, side int) {
	patch := k.Model.Vision.PatchDim
	if low := side / patch * patch; low == 0 {
		k.refuse(key, "a patch of %d pixels is larger; use %d", patch, patch)
	} else if low != side {
		k.refuse(key, "patches of %d pixels do not fill it; use %d or %d", patch, low, low+patch)
	}
}

func (k *checker) statistics(key string, values []float64) {
	if channels := k.Model.Vision.NumChannels; len(values) != channels {
		k.refuse(key, "it needs one value for each of num_channels: %d", channels)
	}
}

// sequence tests a length of the image's sequence, which NeMo does not read: null or what follows from the image.
func (k *checker) sequence(key string, length int) {
	v := &k.Model.Vision
	if length != 0 && length != v.Patches() && length != v.Positions() {
		k.refuse(key, "a picture of %d × %d pixels in patches of %d makes %d; leave this out", v.ImgW, v.ImgH, v.PatchDim, v.Patches())
	}
}

func (k *checker) text() {
	t := &k.Model.Text
	if t.EncoderSeqLength < 2 {
		k.refuse("model.text.encoder_seq_length", "the start and the end of a text are 2 tokens already; CLIP has 77")
	}
	if t.MaxPositionEmbeddings != t.EncoderSeqLength {
		k.refuse("model.text.max_position_embeddings", "encoder_seq_length is %d, and each position has one embedding; leave this out", t.EncoderSeqLength)
	}
}

func (k *checker) data() {
	a := k.Model.Data.Augment
	k.ascending("model.data.augment.crop_scale", a.CropScale)
	k.ascending("model.data.augment.crop_ratio", a.CropRatio)
	k.ascending("model.data.augment.scale", a.Scale)
}

func (k *checker) ascending(key string, pair [2]float64) {
	if pair[0] > pair[1] {
		k.refuse(key, "it goes from the smaller to the larger; turn it round")
	}
}

func (k *checker) optim() {
	o := k.Model.Optim
	if o.ShardWeights && o.Name != "distributed_fused_adam" {
		k.refuse("model.optim.shard_weights", "only model.optim.name=distributed_fused_adam shards")
	}
	if o.Sched.CooldownSteps > 0 && o.Sched.Name != "constant-cooldown" {
		k.refuse("model.optim.sched.cooldown_steps", "read only with name: constant-cooldown")
	}
	if o.Sched.ConstantSteps > 0 && o.Sched.Name != "CosineAnnealing" {
		k.refuse("model.optim.sched.constant_steps", "read only with name: CosineAnnealing")
	}
	if o.Sched.MinLR > o.LR {
		k.refuse("model.optim.sched.min_lr", "model.optim.lr is %g, which is less", o.LR)
	}
	for _, rule := range o.Rules {
		if _, err := regexp.Compile(rule.Match); err != nil || rule.Match == "" {
			k.refuse("model.optim.rules", "match: %s is not a regular expression over tensor paths, such as ^text/", quote(rule.Match))
		}
	}
}
