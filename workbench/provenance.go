package workbench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"clipbench/workbench/checkpoint"
	"clipbench/workbench/config"
	"clipbench/workbench/train"
)

// preprocess is what is done to a picture, as it is recorded beside the weights.
func (m *Model) preprocess() checkpoint.Preprocess {
	v := &m.Config.Model.Vision
	return checkpoint.Preprocess{Mean: v.Mean(), Std: v.Std(), Size: [2]int{v.ImgH, v.ImgW}, Interpolation: "bicubic", ResizeMode: "shortest"}
}

// takeWeights copies another model's weights, path by path.
func (m *Model) takeWeights(from *Model) error {
	for _, t := range m.clip.Tensors() {
		value, err := train.Weight(from.store, t.Path)
		if err != nil {
			return fmt.Errorf("restore_from_path: %w", err)
		}
		target := m.store.GetVariable(train.WeightPath + t.Path)
		if !slices.Equal(value.Shape().Dimensions, target.Shape().Dimensions) {
			return fmt.Errorf("restore_from_path: %s is %s there and %s here", t.Path, value.Shape(), target.Shape())
		}
		if err := train.SetWeight(m.store, t.Path, value); err != nil {
			return err
		}
	}
	return nil
}

// gitCommit is the commit of the working folder, if it is in a repository.
func gitCommit() string {
	out, err := exec.Command("git", "rev-parse", "--short=12", "HEAD").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, module := range info.Deps {
		if module.Path == path {
			return module.Version
		}
	}
	return ""
}

// vocabularyFile is the vocabulary when it is a file of one's own: what a checkpoint calls its copy, and the content.
func vocabularyFile(cfg *config.Config) (name string, content []byte, err error) {
	path := vocabularyName(cfg)
	if path == cfg.Model.Tokenizer.Type {
		return "", nil, nil
	}
	content, err = os.ReadFile(path)
	if err != nil {
		return "", nil, fmt.Errorf("model.tokenizer: %w", err)
	}
	return "tokenizer" + filepath.Ext(path), content, nil
}
