package train

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"clipbench/workbench/clip"
	"clipbench/workbench/config"
)

// rule is what the configuration makes of one weight.
type rule struct {
	scale float64 // of the learning rate; 0: the weight stays as it is
	decay float64
}

func (r rule) frozen() bool { return r.scale == 0 }

// rulesOf applies model.optim.rules, in their order, to a weight. Before them weight decay is open_clip's and NeMo's: none
// of biases, norms, embeddings of position and class, and logit_scale.
func rulesOf(o *config.Optim, p clip.Tensor) rule {
	r := rule{scale: 1}
	if p.Decay {
		r.decay = o.WeightDecay
	}
	for _, change := range o.Rules {
		if !regexp.MustCompile(change.Match).MatchString(p.Path) {
			continue
		}
		if change.Freeze {
			return rule{}
		}
		if change.LRScale != nil {
			r.scale = *change.LRScale
		}
		if change.WeightDecay != nil {
			r.decay = *change.WeightDecay
		}
	}
	return r
}

// checkRules refuses rules that do nothing or leave nothing to do.
func checkRules(o *config.Optim, tensors []clip.Tensor) error {
	for _, change := range o.Rules {
		match := regexp.MustCompile(change.Match)
		if !slices.ContainsFunc(tensors, func(p clip.Tensor) bool { return match.MatchString(p.Path) }) {
			return fmt.Errorf("model.optim.rules: match: %q is found in no tensor's path; paths are such as %s", change.Match, tensors[0].Path)
		}
	}
	if len(trained(o, tensors)) == 0 {
		return errors.New("model.optim.rules: they freeze every tensor, and nothing is left to train")
	}
	return nil
}

// trained are the tensors that no rule freezes. The others have no gradient, no moments and no part in the global norm.
func trained(o *config.Optim, tensors []clip.Tensor) []clip.Tensor {
	var list []clip.Tensor
	for _, p := range tensors {
		if !rulesOf(o, p).frozen() {
			list = append(list, p)
		}
	}
	return list
}
