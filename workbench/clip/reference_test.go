package clip

import (
	"fmt"
	"math"

	"clipbench/workbench/config"
)

// reference is the model again, one sample at a time in plain loops of float64: what the graph is held to.
type reference struct {
	cfg     *config.Model
	weights map[string][]float64 // by path in Tensors
}

// rows is a matrix, by row.
type rows [][]float64

// times is x·w + bias for a weight [in, out] at path; without a bias there is none.
func (r *reference) times(x rows, path, bias string) rows {
	w, b := r.weights[path], r.weights[bias]
	out := len(w) / len(x[0])
	y := make(rows, len(x))
	for i, row := range x {
		y[i] = make([]float64, out)
		copy(y[i], b)
		for k, v := range row {
			for j := range out {
				y[i][j] += v * w[k*out+j]
			}
		}
	}
	return y
}

func (r *reference) dense(x rows, path string) rows { return r.times(x, path+"/weight", path+"/bias") }

func (r *reference) norm(x rows, path string, epsilon float64) rows {
	y := make(rows, len(x))
	for i, row := range x {
		var mean, variance float64
		for _, v := range row {
			mean += v / float64(len(row))
		}
		for _, v := range row {
			variance += (v - mean) * (v - mean) / float64(len(row))
		}
		for k, v := range row {
			y[i] = append(y[i], (v-mean)/math.Sqrt(variance+epsilon)*r.weights[path+"/weight"][k]+r.weights[path+"/bias"][k])
		}
	}
	return y
}

// add adds y, each column times gamma where there is one, to x.
func add(x, y rows, gamma []float64) {
	for i := range x {
		for k := range x[i] {
			v := y[i][k]
			if gamma != nil {
				v *= gamma[k]
			}
			x[i][k] += v
		}
	}
}

// blocks are the transformer's, in place.
func (r *reference) blocks(x rows, path string, t *config.Tower, causal bool) {
	for depth := range t.NumLayers {
		at := fmt.Sprintf("%s/resblocks/%d/", path, depth)
		y := r.attention(r.norm(x, at+"ln_1", t.LayerNormEpsilon), at+"attn", t.NumAttentionHeads, causal)
		add(x, y, r.weights[at+"ls_1/gamma"])
		h := r.dense(r.norm(x, at+"ln_2", t.LayerNormEpsilon), at+"mlp/c_fc")
		for _, row := range h {
			for k, v := range row {
				row[k] = nonlinear(t.Activation, v)
			}
		}
		add(x, r.dense(h, at+"mlp/c_proj"), r.weights[at+"ls_2/gamma"])
	}
}

func nonlinear(name string, x float64) float64 {
	switch name {
	case "quick_gelu":
		return x / (1 + math.Exp(-1.702*x))
	case "openai_gelu":
		return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
	}
	return x / 2 * math.Erfc(-x/math.Sqrt2)
}

func (r *reference) attention(x rows, path string, heads int, causal bool) rows {
	qkv := r.dense(x, path+"/in_proj")
	inner := len(qkv[0]) / 3
	width := inner / heads
	mixed := make(rows, len(x))
	for i := range x {
		mixed[i] = make([]float64, inner)
		for h := range heads {
			seen := len(x)
			if causal {
				seen = i + 1
			}
			scores, sum := make([]float64, seen), 0.0
			for j := range seen {
				for k := h * width; k < (h+1)*width; k++ {
					scores[j] += qkv[i][k] * qkv[j][inner+k] / math.Sqrt(float64(width))
				}
				scores[j] = math.Exp(scores[j])
				sum += scores[j]
			}
			for j, s := range scores {
				for k := h * width; k < (h+1)*width; k++ {
					mixed[i][k] += s / sum * qkv[j][2*inner+k]
				}
			}
		}
	}
	return r.dense(mixed, path+"/out_proj")
}

// image embeds a picture [height][width·channels].
func (r *reference) image(pixel func(row, column, channel int) float64) []float64 {
	v := &r.cfg.Vision
	x := rows{}
	for n := range v.ClassTokenLength {
		x = append(x, append([]float64{}, r.weights["visual/class_embedding"][n*v.HiddenSize:(n+1)*v.HiddenSize]...))
	}
	var patches rows
	for top := 0; top < v.ImgH; top += v.PatchDim {
		for left := 0; left < v.ImgW; left += v.PatchDim {
			var patch []float64
			for i := range v.PatchDim {
				for j := range v.PatchDim {
					for c := range v.NumChannels {
						patch = append(patch, pixel(top+i, left+j, c))
					}
				}
			}
			patches = append(patches, patch)
		}
	}
	x = append(x, r.dense(patches, "visual/conv1")...)
	for i, row := range x {
		for k := range row {
			row[k] += r.weights["visual/positional_embedding"][i*v.HiddenSize+k]
		}
	}
	if v.PreprocessLayerNorm {
		x = r.norm(x, "visual/ln_pre", v.LayerNormEpsilon)
	}
	r.blocks(x, "visual", &v.Tower, false)
	x = r.norm(x, "visual/ln_post", v.LayerNormEpsilon)
	pooled := x[0]
	if v.GlobalAveragePool {
		pooled = make([]float64, v.HiddenSize)
		for _, row := range x {
			for k := range row {
				pooled[k] += row[k] / float64(len(x))
			}
		}
	}
	return unit(r.times(rows{pooled}, "visual/proj", "")[0])
}

// text embeds ids.
func (r *reference) text(ids []int32) []float64 {
	t := &r.cfg.Text
	x := make(rows, len(ids))
	at := map[string]int{"first": 0, "last": len(ids) - 1}[t.Pool]
	for i, id := range ids {
		for k := range t.HiddenSize {
			x[i] = append(x[i], r.weights["text/token_embedding"][int(id)*t.HiddenSize+k]+r.weights["text/positional_embedding"][i*t.HiddenSize+k])
		}
		if t.Pool == "eot" && id > ids[at] {
			at = i
		}
	}
	r.blocks(x, "text", &t.Tower, true)
	x = r.norm(x, "text/ln_final", t.LayerNormEpsilon)
	return unit(r.times(x[at:at+1], "text/projection", "")[0])
}

func unit(x []float64) []float64 {
	var sum float64
	for _, v := range x {
		sum += v * v
	}
	for k := range x {
		x[k] /= math.Sqrt(sum)
	}
	return x
}
