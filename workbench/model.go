// Package workbench is what a notebook, a recipe or a command imports: open a run, train it, evaluate it, draw it. It puts
// the parts together and holds no model code of its own.
package workbench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"clipbench/workbench/checkpoint"
	"clipbench/workbench/clip"
	"clipbench/workbench/config"
	"clipbench/workbench/device"
	"clipbench/workbench/parallel"
	"clipbench/workbench/tokenizer"
	"clipbench/workbench/train"

	"github.com/gomlx/gomlx/ml/model"
)

// Model is a CLIP ready for use: configuration, vocabulary, weights and the device they lie on.
type Model struct {
	Config    *config.Config
	Device    *device.Device
	Tokenizer tokenizer.Tokenizer // nil: the model's files name none
	Notices   []string            // what opening found worth saying: one line each

	// Counted, if it is set, is told how many pictures or texts of all are embedded, after each batch.
	Counted func(what string, done, total int)

	clip   *clip.Model
	words  vocabulary
	store  *model.Store
	judged string          // prefix of the weights that are embedded with: the moving average's, if there is one
	meta   checkpoint.Meta // of the checkpoint that the weights come from; zero at the start
	mesh   *parallel.Mesh  // that the weights lie on; nil: one device
	images *parallel.Program
	texts  *parallel.Program
}

// Options say how a model or a run is opened. The zero value finds everything by itself.
type Options struct {
	Config   *config.Config // for a run that does not exist yet; of one that does it must say the same
	Root     string         // the folder of all runs; "" is exp_manager.exp_dir, or runs
	Backend  string         // xla:cuda, xla:cpu or go; "" is the first that works
	Resume   Resume
	Progress Progress           // follows training; nil is a bar on standard error
	Files    checkpoint.Options // what the files of another project's model do not say
}

// Resume says what becomes of a run that exists when a configuration is given for it.
type Resume int

// What may become of it.
const (
	ResumeAuto  Resume = iota // it goes on
	ResumeNever               // it is refused
)

// newModel opens the device and makes the state before the first step. words is what the vocabulary is opened by.
func newModel(cfg *config.Config, words, backend string) (*Model, error) {
	m := &Model{Config: cfg, judged: train.WeightPath}
	if ema := &cfg.ExpManager.EMA; ema.Enable && !ema.ValidateOriginalWeights {
		m.judged = train.EMAPath // as NeMo does
	}
	if words == "" {
		return nil, errors.New("model.tokenizer.type: texts need a vocabulary; name clip, a merges file or a tokenizer.json")
	}
	var err error
	if m.words, err = readVocabulary(words); err != nil {
		return nil, err
	}
	if err := m.open(words, backend); err != nil {
		return nil, err
	}
	m.store, err = train.NewState(cfg, m.clip)
	return m, err
}

// open opens the vocabulary, by its path or name, and the device of a model's configuration.
func (m *Model) open(words, backend string) (err error) {
	vocabulary := m.Config.Model.Text.VocabSize
	if words != "" {
		if m.Tokenizer, err = tokenizer.Load(words); err != nil {
			return fmt.Errorf("model.tokenizer: %w", err)
		}
		vocabulary = m.Tokenizer.Vocab()
	}
	if err := m.fits(); err != nil {
		return err
	}
	m.clip = clip.New(&m.Config.Model, vocabulary)
	if backend == "" && m.Config.Trainer.Accelerator == "gpu" {
		backend = "xla:cuda"
	}
	m.Device, err = device.Open(context.Background(), device.Options{Backend: backend})
	return err
}

// fits refuses a vocabulary with ids beyond the token embedding.
func (m *Model) fits() error {
	if m.Tokenizer == nil {
		return nil
	}
	if rows := m.Config.Model.Text.VocabSize; rows != 0 && rows < m.Tokenizer.Vocab() {
		return fmt.Errorf("model.text.vocab_size=%d: the tokenizer %s has %d entries; leave it out or raise it", rows, vocabularyName(m.Config), m.Tokenizer.Vocab())
	}
	return nil
}

// OpenModel opens the weights at path for use: a native checkpoint, the name or folder of a run, whose newest checkpoint
// is taken, or another project's files, as checkpoint.Open reads them.
func OpenModel(path string, o Options) (*Model, error) {
	read, err := ReadModel(path, o)
	if err != nil {
		return nil, err
	}
	m := &Model{Config: read.Config, Notices: read.Notices, judged: train.WeightPath}
	if err := m.open(vocabularyName(read.Config), o.Backend); err != nil {
		return nil, fmt.Errorf("%s: %w", read.Path, err)
	}
	m.store, err = read.Store(m.judged)
	return m, err
}

// ReadModel reads what OpenModel opens into host memory, to be exported or trained on.
func ReadModel(path string, o Options) (*checkpoint.Model, error) {
	dir, notices, err := modelPath(path, o)
	if err != nil {
		return nil, err
	}
	m, err := checkpoint.Open(dir, o.Files)
	if err == nil {
		m.Notices = append(notices, m.Notices...)
	}
	return m, err
}

func (m *Model) restore(saved *checkpoint.Saved) error {
	m.meta = saved.Meta
	return saved.Restore(m.store)
}

// take sets the weights before the first step, or of a model in use, to those of a model that was read.
func (m *Model) take(from *checkpoint.Model) error {
	for path, weight := range from.Weights {
		if err := train.SetWeight(m.store, path, weight); err != nil {
			return err
		}
	}
	return nil
}

// modelPath finds the files that path means: of a run its newest checkpoint that is whole, else path itself. The notices
// tell of those that are not.
func modelPath(path string, o Options) (dir string, notices []string, err error) {
	for _, dir := range []string{path, filepath.Join(runsRoot(o), path)} {
		if _, err := os.Stat(filepath.Join(dir, "checkpoint.json")); err == nil {
			return dir, nil, nil
		}
		if _, err := os.Stat(filepath.Join(dir, "run.json")); err != nil {
			continue
		}
		saved, skipped, err := checkpoint.Newest(filepath.Join(dir, "checkpoints"))
		if errors.Is(err, os.ErrNotExist) {
			return "", nil, fmt.Errorf("%s: the run has no checkpoint yet; train it first", dir)
		}
		if err != nil {
			return "", nil, err
		}
		return saved.Path, messages(skipped), saved.Close()
	}
	if _, err := os.Stat(path); err == nil {
		return path, nil, nil
	}
	return "", nil, fmt.Errorf("%s: no checkpoint and no run of that name in %s; see: clipbench runs list", path, runsRoot(o))
}

func messages(errs []error) (lines []string) {
	for _, err := range errs {
		lines = append(lines, err.Error())
	}
	return lines
}

func runsRoot(o Options) string {
	switch {
	case o.Root != "":
		return o.Root
	case o.Config != nil && o.Config.ExpManager.ExplicitLogDir != nil:
		return filepath.Dir(*o.Config.ExpManager.ExplicitLogDir)
	case o.Config != nil && o.Config.ExpManager.ExpDir != nil:
		return *o.Config.ExpManager.ExpDir
	}
	return "runs"
}

// Close frees the device.
func (m *Model) Close() { m.Device.Close() }
