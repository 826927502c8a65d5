// Package checkpoint keeps a training run's state on disk so that it goes on bit for bit, and brings models in from and
// out to open_clip, OpenAI and Hugging Face.
//
// A native checkpoint is a folder named by its step:
//
//	checkpoints/1200/
//	  state.safetensors   every tensor of the state by its path: weights, moments, averages, step, random state
//	  config.yaml         the whole resolved configuration
//	  checkpoint.json     Meta: where the run stood, and the size and SHA-256 of every other file
//	  tokenizer.*         the vocabulary, when it is a file of one's own
//
// Beside it lies a symbolic link to it under exp_manager's filename, such as clip--val_loss=2.31-step=1200.
//
// It is written beside its place, synced and renamed: whole or not at all. Capture, Save (or a Saver, while training goes
// on), Newest and Restore are the way of a run's state; Open and Export that of a model without its training.
//
// A model of another project is read by one table of names (names.go) and one of layouts (layout.go), both ways. What the
// other project's configuration says of it becomes a description, and that a config.Config; whatever it says that this
// family of models cannot do is refused by its key, and what it leaves open is asked for.
package checkpoint
