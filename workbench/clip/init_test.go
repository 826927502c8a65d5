package clip

import (
	"math"
	"slices"
	"strings"
	"testing"

	"clipbench/workbench/config"
)

// initial are the starting values of a model, by path.
func initial(t *testing.T, method string) map[string][]float32 {
	t.Helper()
	cfg, err := config.Preset("tiny", "model.init_method="+method, "model.vision.hidden_size=96", "model.vision.ffn_hidden_size=320",
		"model.vision.num_layers=3", "model.text.hidden_size=80", "model.text.ffn_hidden_size=240", "model.text.num_layers=5", "model.vision.class_token_length=40")
	if err != nil {
		t.Fatal(err)
	}
	values := map[string][]float32{}
	for _, p := range New(&cfg.Model, 0).Tensors() {
		values[p.Path] = p.Init.Values(cfg.Model.Seed, p.Path, p.Size())
	}
	return values
}

// spread are the mean, the standard deviation and the largest absolute value.
func spread(values []float32) (mean, deviation, largest float64) {
	for _, v := range values {
		mean += float64(v) / float64(len(values))
		largest = max(largest, math.Abs(float64(v)))
	}
	for _, v := range values {
		deviation += (float64(v) - mean) * (float64(v) - mean) / float64(len(values))
	}
	return mean, math.Sqrt(deviation), largest
}

// start is how a tensor is to begin: normal or uniform about 0 with a standard deviation, or all the same.
type start struct {
	deviation float64
	uniform   bool
	constant  float64
}

func normally(deviation float64) start { return start{deviation: deviation} }
func uniformly(bound float64) start    { return start{deviation: bound / math.Sqrt(3), uniform: true} }
func always(v float64) start           { return start{constant: v} }

func (s start) holds(t *testing.T, path string, values []float32) {
	t.Helper()
	if s.deviation == 0 {
		if slices.Min(values) != float32(s.constant) || slices.Max(values) != float32(s.constant) {
			t.Errorf("%s: from %g to %g, want %g everywhere", path, slices.Min(values), slices.Max(values), s.constant)
		}
		return
	}
	mean, deviation, largest := spread(values)
	n := float64(len(values))
	if math.Abs(mean) > 5*s.deviation/math.Sqrt(n) || math.Abs(deviation/s.deviation-1) > 5/math.Sqrt(2*n) {
		t.Errorf("%s: mean %.3g and deviation %.4g, want 0 and %.4g", path, mean, deviation, s.deviation)
	}
	if isUniform := largest <= s.deviation*math.Sqrt(3)*1.0001; isUniform != s.uniform && n > 1000 {
		t.Errorf("%s: the largest value is %.2f deviations", path, largest/s.deviation)
	}
}

// want finds the rule of a tensor: that of the longest ending of its path within its tower.
func want(rules map[string]start, path string) (start, bool) {
	best, found := "", false
	for ending := range rules {
		tower, rest, _ := strings.Cut(ending, " ")
		if strings.HasPrefix(path, tower) && strings.HasSuffix(path, rest) && len(rest) >= len(best) {
			best, found = rest, true
		}
	}
	for _, tower := range []string{"visual", "text", "logit"} {
		if strings.HasPrefix(path, tower) {
			return rules[tower+" "+best], found
		}
	}
	return start{}, false
}

func TestWeightsBeginAsTheMethodSays(t *testing.T) {
	root := func(n float64) float64 { return 1 / math.Sqrt(n) }
	norms := map[string]start{
		"visual ln_pre/weight": always(1), "visual ln_post/weight": always(1), "visual ln_1/weight": always(1), "visual ln_2/weight": always(1),
		"text ln_1/weight": always(1), "text ln_2/weight": always(1), "text ln_final/weight": always(1),
		"visual bias": always(0), "text bias": always(0), "logit logit_scale": always(math.Log(1 / 0.07)),
	}
	methods := map[string]map[string]start{
		// Megatron: N(0, 0.02), and 0.02/√(2·layers) where a branch returns to the residual stream. NeMo's class tokens are zeros.
		"nemo": {
			"visual weight": normally(.02), "visual positional_embedding": normally(.02), "visual class_embedding": always(0), "visual proj": normally(.02),
			"visual out_proj/weight": normally(.02 * root(6)), "visual c_proj/weight": normally(.02 * root(6)),
			"text weight": normally(.02), "text positional_embedding": normally(.02), "text token_embedding": normally(.02), "text projection": normally(.02),
			"text out_proj/weight": normally(.02 * root(10)), "text c_proj/weight": normally(.02 * root(10)),
		},
		// open_clip's model.py and transformer.py: width 96 with PyTorch's own start of its layers, width 80 with OpenAI's.
		"open_clip": {
			"visual conv1/weight": uniformly(root(4 * 4 * 3)), "visual class_embedding": normally(root(96)), "visual positional_embedding": normally(root(96)),
			"visual proj": normally(root(96)), "visual in_proj/weight": uniformly(math.Sqrt(6 / (96 + 3*96.))), "visual out_proj/weight": uniformly(root(96)),
			"visual c_fc/weight": uniformly(root(96)), "visual c_fc/bias": uniformly(root(96)), "visual c_proj/weight": uniformly(root(320)), "visual c_proj/bias": uniformly(root(320)),
			"text token_embedding": normally(.02), "text positional_embedding": normally(.01), "text in_proj/weight": normally(root(80)),
			"text out_proj/weight": normally(root(80 * 10)), "text c_fc/weight": normally(root(160)), "text c_fc/bias": uniformly(root(80)),
			"text c_proj/weight": normally(root(80 * 10)), "text c_proj/bias": uniformly(root(240)), "text projection": normally(root(80)),
		},
	}
	for method, rules := range methods {
		for ending, rule := range norms {
			rules[ending] = rule
		}
		for path, values := range initial(t, method) {
			rule, ok := want(rules, path)
			if !ok {
				t.Errorf("%s: %s has no rule", method, path)
				continue
			}
			rule.holds(t, method+": "+path, values)
		}
	}
}
