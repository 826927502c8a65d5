package config

import "testing"

func TestX(t *testing.T) {
	c, err := LoadBytes("x.yaml", nil)
	if err != nil { t.Fatal(err) }
	t.Log(string(c.YAML()))
	d, err := LoadBytes("y.yaml", c.YAML())
	if err != nil { t.Fatal(err) }
	t.Log(Diff(c,d))
	for _, p := range Presets() { if _, err := Preset(p); err != nil { t.Error(p, err) } }
	for _, s := range []string{"model.optim.lrr=1","model.optim.lr=a","model.tensor_model_parallel_size=8","model.lr=1", "model.vision.num_atention_heads=3", "optimizer=3","trainer.precision=bf17","model.vision.img_h=225","x","model.preset=ViT-B","trainer.precision=bf16-mixed","model.transformer_engine=True", "model.vision=3", "model.optim.betas=1", "model.optim.betas=[1,2,3]", "model.output_dim=${model.vison.patch_dim}","model.output_dim=${model.vision.output_dim}", "model.optim.lr={a: b", "model.vision.layerscale=True"} {
		_, err := LoadBytes("x.yaml", nil, s)
		t.Log(s, "->", err)
	}
}
