package config

import (
	"slices"
	"strconv"
	"strings"
)

// noEffect is a key that NeMo's file has and that nothing here reads. It is accepted with the values that change
// nothing and refused with any other, saying why.
type noEffect struct {
	key     string   // a * stands for vision and for text
	allowed []string // nil: every value
	why     string
}

// either is for a switch that in NeMo too changes speed or memory alone.
var either = []string{"true", "false"}

// noEffects is every key of megatron_clip_config.yaml (NeMo 1.23 to 2.0) that is not in Config.
var noEffects = []noEffect{
	{"restore_from_path", []string{"null"}, "weights to start from are named by model.restore_from_path"},

	{"trainer.logger", []string{"false"}, "a run is recorded in its own folder, by nothing else"},
	{"trainer.enable_checkpointing", []string{"false"}, "exp_manager.create_checkpoint_callback says whether checkpoints are written"},
	{"trainer.use_distributed_sampler", []string{"false"}, "the loader divides the batch itself"},
	{"trainer.replace_sampler_ddp", []string{"false"}, "the loader divides the batch itself"},
	{"trainer.check_val_every_n_epoch", []string{"null"}, "validation is counted in steps, by trainer.val_check_interval"},
	{"trainer.enable_model_summary", []string{"false"}, "clipbench profile prints the model"},
	{"trainer.accumulate_grad_batches", []string{"1"}, "accumulation follows from model.global_batch_size over model.micro_batch_size × devices"},
	{"trainer.limit_test_batches", nil, "training ends with no test; clipbench eval measures on all of its data"},
	{"trainer.benchmark", either, "cuDNN's search for its fastest kernel; XLA always searches"},

	{"exp_manager.create_wandb_logger", []string{"false"}, "runs are recorded on disk alone, nothing is sent to Weights & Biases"},
	{"exp_manager.wandb_logger_kwargs", nil, "read only with create_wandb_logger"},
	{"exp_manager.resume_from_checkpoint", []string{"null"}, "a run resumes from its own folder; other weights are named by model.restore_from_path"},
	{"exp_manager.checkpoint_callback_params.always_save_nemo", []string{"false"}, "no .nemo archive is written; clipbench convert exports checkpoints"},
	{"exp_manager.checkpoint_callback_params.save_nemo_on_train_end", []string{"false"}, "no .nemo archive is written; clipbench convert exports checkpoints"},
	{"exp_manager.ema.cpu_offload", []string{"false"}, "the averaged weights stay on the device"},

	{"model.restore_from_pretrained", []string{"null"}, "weights to start from are named by model.restore_from_path"},
	{"model.resume_from_checkpoint", []string{"null"}, "a run resumes from its own folder; other weights are named by model.restore_from_path"},
	{"model.virtual_pipeline_model_parallel_size", []string{"null"}, "there is no pipeline parallelism"},
	{"model.mcore_gpt", either, "which of NeMo's two implementations runs; here there is one, and no key is ignored with either"},
	{"model.transformer_engine", []string{"false"}, "Transformer Engine is a PyTorch library"},
	{"model.grad_allreduce_chunk_size_mb", nil, "how NeMo cuts its messages; XLA cuts its own"},
	{"model.grad_div_ar_fusion", either, "a fusion that XLA makes or leaves by itself"},
	{"model.gradient_as_bucket_view", either, "where PyTorch keeps gradients"},
	{"model.apex_transformer_log_level", nil, "Apex's own log"},
	{"model.tokenizer.model", []string{"null"}, "sentencepiece vocabularies are not read; name a tokenizer.json in model.tokenizer.type"},
	{"model.tokenizer.delimiter", []string{"null"}, "read only by NeMo's tabular tokenizer"},
	{"model.tokenizer.sentencepiece_legacy", []string{"false"}, "sentencepiece vocabularies are not read"},
	{"model.tokenizer.additional_special_tokens", []string{"null"}, "CLIP has two special tokens and they are in the vocabulary"},
	{"model.data.imagenet_val", []string{"null"}, "zero-shot accuracy is measured on model.data.validation.dataset_path, whose captions are the classes; name the pictures there"},
	{"model.data.webdataset.infinite_sampler", []string{"false"}, "an epoch takes every pair once; trainer.max_epochs: -1 goes on without end"},
	{"model.nsys_profile.enabled", []string{"false"}, "clipbench does not drive NVIDIA's profiler; start it under nsys profile"},
	{"model.nsys_profile.start_step", nil, "read only with nsys_profile.enabled"},
	{"model.nsys_profile.end_step", nil, "read only with nsys_profile.enabled"},
	{"model.nsys_profile.ranks", nil, "read only with nsys_profile.enabled"},
	{"model.nsys_profile.gen_shape", either, "read only with nsys_profile.enabled"},

	{"model.*.position_embedding_type", []string{"learned_absolute"}, "CLIP learns one embedding for each position"},
	{"model.*.apply_query_key_layer_scaling", either, "keeps float16 scores in range; the softmax is float32 here and the result is the same"},
	{"model.*.normalization", []string{"layernorm"}, "CLIP normalises by layer norm"},
	{"model.*.pre_process", []string{"true"}, "each tower has its embedding, there being no pipeline"},
	{"model.*.post_process", []string{"true"}, "each tower has its head, there being no pipeline"},
	{"model.*.persist_layer_norm", either, "a choice among NeMo's kernels"},
	{"model.*.num_micro_batches_with_partial_activation_checkpoints", []string{"null"}, "there is no pipeline parallelism"},
	{"model.*.activations_checkpoint_layers_per_pipeline", []string{"null"}, "there is no pipeline parallelism"},
	{"model.*.fp32_residual_connection", []string{"false"}, "the residual stream has the precision of trainer.precision"},
	{"model.*.fp16_lm_cross_entropy", []string{"false"}, "CLIP has no language-model head"},
	{"model.*.masked_softmax_fusion", either, "a fusion that XLA makes or leaves by itself"},
	{"model.*.bias_dropout_add_fusion", either, "a fusion that XLA makes or leaves by itself"},
	{"model.*.bias_activation_fusion", either, "a fusion that XLA makes or leaves by itself"},
	{"model.*.gradient_accumulation_fusion", either, "a fusion that XLA makes or leaves by itself"},
	{"model.*.use_cpu_initialization", either, "where the first weights are made; they are the same"},
	{"model.*.onnx_safe", []string{"false"}, "nothing is exported to ONNX"},
	{"model.*.megatron_legacy", []string{"false"}, "the old Megatron layout of queries, keys and values is not read"},
	{"model.*.transformer_engine", []string{"false"}, "Transformer Engine is a PyTorch library"},
	{"model.*.fp8", []string{"false"}, "there is no 8-bit floating point"},
	{"model.*.fp8_e4m3", []string{"false"}, "there is no 8-bit floating point"},
	{"model.*.fp8_hybrid", []string{"false"}, "there is no 8-bit floating point"},
	{"model.*.fp8_margin", nil, "read only with fp8"},
	{"model.*.fp8_interval", nil, "read only with fp8"},
	{"model.*.fp8_amax_history_len", nil, "read only with fp8"},
	{"model.*.fp8_amax_compute_algo", nil, "read only with fp8"},
	{"model.*.use_emha", []string{"false"}, "use_flash_attention is the fused attention"},
}

// towers are what the * of a noEffect key stands for.
var towers = []string{"vision", "text"}

// noEffectKeys spells out the keys of the table.
func noEffectKeys() []string {
	var keys []string
	for _, rule := range noEffects {
		if !strings.Contains(rule.key, "*") {
			keys = append(keys, rule.key)
			continue
		}
		for _, tower := range towers {
			keys = append(keys, strings.Replace(rule.key, "*", tower, 1))
		}
	}
	return keys
}

// noEffectAt is the rule for a path.
func noEffectAt(path string) (noEffect, bool) {
	general := path
	for _, tower := range towers {
		if rest, ok := strings.CutPrefix(path, "model."+tower+"."); ok {
			general = "model.*." + rest
		}
	}
	for _, rule := range noEffects {
		if rule.key == path || rule.key == general {
			return rule, true
		}
	}
	return noEffect{}, false
}

// isTable says whether keys are known below path.
func isTable(path string) bool {
	for _, key := range noEffectKeys() {
		if strings.HasPrefix(key, path+".") {
			return true
		}
	}
	return false
}

// allows says whether n is one of the values that change nothing.
func (rule noEffect) allows(n *node) bool {
	if rule.allowed == nil || n.kind == null && slices.Contains(rule.allowed, "false") {
		return true
	}
	for _, allowed := range rule.allowed {
		if same(n, allowed) {
			return true
		}
	}
	return false
}

// same compares a node with a value spelled as in the table, by what it means: True, true and yes are one.
func same(n *node, allowed string) bool {
	if n.kind != scalar {
		return n.kind == null && allowed == "null"
	}
	want := &node{kind: scalar, text: allowed}
	if a, ok := truth(want); ok {
		b, isBool := truth(n)
		return isBool && a == b
	}
	if a, err := strconv.ParseFloat(allowed, 64); err == nil {
		b, isNumber := number(n, "")
		return isNumber && a == b
	}
	return n.text == allowed
}

// refusal says why another value is refused and which are not.
func (rule noEffect) refusal() string {
	if len(rule.allowed) > 1 {
		return "it is " + or(rule.allowed)
	}
	return rule.why + "; the only value is " + rule.allowed[0]
}
