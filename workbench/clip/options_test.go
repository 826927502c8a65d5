package clip

import (
	"math"
	"testing"

	"clipbench/workbench/config"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// small is a model of two towers with two blocks each and weights that are none of them zero, on 3 pictures and texts.
type small struct {
	cfg    *config.Config
	model  *Model
	values map[string][]float32
	images []float32
	tokens []int32
}

const smallBatch = 3

func newSmall(t *testing.T, overrides ...string) *small {
	t.Helper()
	cfg, err := config.Preset("tiny", append([]string{
		"model.vision.num_layers=2", "model.text.num_layers=2", "model.vision.hidden_size=12", "model.vision.ffn_hidden_size=24",
		"model.text.hidden_size=10", "model.text.ffn_hidden_size=20", "model.text.vocab_size=30", "model.text.encoder_seq_length=6",
		"model.output_dim=7", "model.vision.img_h=8", "model.vision.img_w=8",
	}, overrides...)...)
	if err != nil {
		t.Fatal(err)
	}
	s := &small{cfg: cfg, model: New(&cfg.Model, 0), values: map[string][]float32{}}
	for _, p := range s.model.Tensors() {
		s.values[p.Path] = Init{mean: p.Init.mean, normal: 0.3}.Values(5, p.Path, p.Size())
	}
	v := &cfg.Model.Vision
	s.images = Init{normal: 1}.Values(6, "images", smallBatch*v.ImgH*v.ImgW*v.NumChannels)
	s.tokens = []int32{28, 3, 29, 0, 0, 0, 28, 5, 6, 7, 29, 0, 28, 9, 8, 7, 6, 29}
	return s
}

// run evaluates f on the model, its pictures and its texts.
func (s *small) run(t *testing.T, training bool, f func(p *Pass, images, tokens *Node) []*Node) [][]float32 {
	t.Helper()
	v := &s.cfg.Model.Vision
	e, err := NewExec(goBackend(t), func(images, tokens, rows *Node) []*Node {
		g := images.Graph()
		shapes := map[string][]int{}
		for _, p := range s.model.Tensors() {
			shapes[p.Path] = p.Dims
		}
		weights := func(path string) *Node {
			return Const(g, tensors.FromFlatDataAndDimensions(s.values[path], shapes[path]...))
		}
		p := &Pass{Weights: weights, DType: dtypes.Float32, Training: training}
		p.RNG = NewRNG(Const(g, uint64(1)), Const(g, int32(2)), rows)
		return f(p, images, tokens)
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := e.Call(
		tensors.FromFlatDataAndDimensions(s.images, smallBatch, v.ImgH, v.ImgW, v.NumChannels),
		tensors.FromFlatDataAndDimensions(s.tokens, smallBatch, len(s.tokens)/smallBatch), []int32{0, 1, 2})
	if err != nil {
		t.Fatal(err)
	}
	var all [][]float32
	for _, o := range out {
		all = append(all, tensors.MustCopyFlatData[float32](o))
	}
	return all
}

func (s *small) encode(t *testing.T, training bool) (image, text []float32) {
	t.Helper()
	out := s.run(t, training, func(p *Pass, images, tokens *Node) []*Node {
		f := s.model.Encode(p, images, tokens)
		return []*Node{f.Image, f.Text}
	})
	return out[0], out[1]
}

func (s *small) reference() *reference {
	r := &reference{cfg: &s.cfg.Model, weights: map[string][]float64{}}
	for path, values := range s.values {
		for _, v := range values {
			r.weights[path] = append(r.weights[path], float64(v))
		}
	}
	return r
}

func TestEveryOptionOfTheTowersComputesWhatPlainLoopsDo(t *testing.T) {
	for name, overrides := range map[string][]string{
		"as it is":                       nil,
		"patches of 2":                   {"model.vision.patch_dim=2"},
		"an oblong picture":              {"model.vision.img_w=16"},
		"a grey picture":                 {"model.vision.num_channels=1", "model.vision.image_mean=[0.5]", "model.vision.image_std=[0.5]"},
		"five class tokens":              {"model.vision.class_token_length=5"},
		"mean of all, no class token":    {"model.vision.class_token_length=0", "model.vision.global_average_pool=true"},
		"mean of all, two class tokens":  {"model.vision.class_token_length=2", "model.vision.global_average_pool=true"},
		"no norm before the blocks":      {"model.vision.preprocess_layernorm=false"},
		"a bias of the patches":          {"model.vision.patch_bias=true"},
		"layer scale":                    {"model.vision.layerscale=0.1", "model.text.layerscale=0.2"},
		"a free MLP":                     {"model.vision.ffn_hidden_size=17", "model.text.ffn_hidden_size=31"},
		"free heads":                     {"model.vision.kv_channels=5", "model.vision.num_attention_heads=3", "model.text.kv_channels=9"},
		"heads of 88":                    {"model.vision.hidden_size=176", "model.vision.num_attention_heads=2"},
		"heads of 104":                   {"model.vision.hidden_size=104", "model.vision.num_attention_heads=1"},
		"quick GELU":                     {"model.vision.activation=quick_gelu", "model.text.activation=quick_gelu"},
		"tanh GELU":                      {"model.vision.openai_gelu=true", "model.text.activation=openai_gelu"},
		"another epsilon":                {"model.vision.layernorm_epsilon=0.1", "model.text.layernorm_epsilon=0.2"},
		"text pooled at its first token": {"model.text.pool=first"},
		"text pooled at its last token":  {"model.text.pool=last"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSmall(t, overrides...)
			image, text := s.encode(t, false)
			r, v, dim := s.reference(), &s.cfg.Model.Vision, s.cfg.Model.OutputDim
			for i := range smallBatch {
				pixels := s.images[i*v.ImgH*v.ImgW*v.NumChannels:]
				want := r.image(func(row, column, channel int) float64 {
					return float64(pixels[(row*v.ImgW+column)*v.NumChannels+channel])
				})
				if d := furthest(image[i*dim:(i+1)*dim], want); !(d <= 5e-6) {
					t.Errorf("picture %d differs by %g", i, d)
				}
				length := len(s.tokens) / smallBatch
				if d := furthest(text[i*dim:(i+1)*dim], r.text(s.tokens[i*length:(i+1)*length])); !(d <= 5e-6) {
					t.Errorf("text %d differs by %g", i, d)
				}
			}
		})
	}
}

func furthest(got []float32, want []float64) (worst float64) {
	for i, v := range want {
		worst = math.Max(worst, math.Abs(float64(got[i])-v)) // NaN stays NaN
	}
	return worst
}

func TestDropsActInTrainingAlone(t *testing.T) {
	plain := newSmall(t)
	wantImage, wantText := plain.encode(t, true)
	for override, inText := range map[string]bool{
		"model.vision.drop_patch_rate=0.5": false, "model.vision.drop_path_rate=0.9": false, "model.vision.hidden_dropout=0.5": false,
		"model.vision.attention_dropout=0.5": false, "model.text.hidden_dropout=0.5": true, "model.text.attention_dropout=0.5": true,
	} {
		s := newSmall(t, override)
		image, text := s.encode(t, false)
		if different(image, wantImage)+different(text, wantText) > 0 {
			t.Errorf("%s: acts in evaluation", override)
		}
		image, text = s.encode(t, true)
		if moved, still := different(image, wantImage), different(text, wantText); inText && (still == 0 || moved > 0) || !inText && (moved == 0 || still > 0) {
			t.Errorf("%s: changes %d values of pictures and %d of texts", override, moved, still)
		}
	}
}

func different(a, b []float32) (n int) {
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

func TestDropPatchesKeepsTheClassTokensAndAShareOfThePatches(t *testing.T) {
	s := newSmall(t, "model.vision.drop_patch_rate=0.3", "model.vision.class_token_length=2", "model.vision.img_w=16") // 8 patches
	x := s.run(t, true, func(p *Pass, images, _ *Node) []*Node {
		return []*Node{s.model.dropPatches(p, IotaFull(images.Graph(), shapes.Make(dtypes.Float32, smallBatch, 10, 1)))}
	})[0]
	const kept = 2 + 5 // ⌊8·0.7⌋
	if len(x) != smallBatch*kept {
		t.Fatalf("%d positions are kept of each picture, want %d", len(x)/smallBatch, kept)
	}
	choices := map[[kept]float32]bool{}
	for i := range smallBatch {
		row, seen, choice := x[i*kept:(i+1)*kept], map[float32]bool{}, [kept]float32{}
		for k, v := range row {
			position := v - float32(10*i)
			choice[k] = position
			if k < 2 && position != float32(k) || k >= 2 && (position < 2 || position > 9) || seen[v] {
				t.Errorf("picture %d keeps the positions %v", i, row)
			}
			seen[v] = true
		}
		choices[choice] = true
	}
	if len(choices) < 2 {
		t.Error("every picture loses the same patches")
	}
}

func TestDropPathGrowsLinearlyWithDepth(t *testing.T) {
	cfg := newSmall(t, "model.vision.num_layers=5", "model.vision.drop_path_rate=0.4").cfg
	towers := New(&cfg.Model, 0)
	for depth, want := range []float64{0, 0.1, 0.2, 0.3, 0.4} {
		if got := towers.vision.dropPathAt(depth); math.Abs(got-want) > 1e-12 {
			t.Errorf("block %d drops %g, want %g", depth, got, want)
		}
		if got := towers.text.dropPathAt(depth); got != 0 {
			t.Errorf("block %d of the text tower drops %g", depth, got)
		}
	}
}

func TestDropoutKeepsTheMeanAndDropPathWholeSamples(t *testing.T) {
	s := newSmall(t)
	const width = 3000
	out := s.run(t, true, func(p *Pass, images, _ *Node) []*Node {
		p.RNG = NewRNG(Const(images.Graph(), uint64(1)), Const(images.Graph(), int32(2)), IotaFull(images.Graph(), shapes.Make(dtypes.Int32, width)))
		ones := Ones(images.Graph(), shapes.Make(dtypes.Float32, width, 2, 2))
		return []*Node{p.dropout(0.2, ones), p.dropPath(0.3, ones)}
	})
	for k, rate := range []float64{0.2, 0.3} {
		sum, zeros := 0.0, 0.0
		for _, v := range out[k] {
			sum += float64(v)
			if v == 0 {
				zeros++
			}
		}
		n := float64(len(out[k]))
		if math.Abs(sum/n-1) > 0.05 || math.Abs(zeros/n-rate) > 0.03 {
			t.Errorf("rate %g: a share of %.3f is zero and the mean is %.3f", rate, zeros/n, sum/n)
		}
	}
	for i := range width {
		for _, v := range out[1][4*i : 4*i+4] {
			if v != out[1][4*i] {
				t.Fatalf("sample %d is dropped in part", i)
			}
		}
	}
}
