package config

import (
	"errors"
	"testing"
)

func TestMistakesOnTheCommandLineAreNamed(t *testing.T) {
	for _, tc := range []struct{ override, want string }{
		{"model.optim.lrr=1", "command line: model.optim.lrr: unknown key (did you mean lr?)"},
		{"optim.lr=1", "command line: optim: unknown key (did you mean model.optim?)"},
		{"trainer.preset=tiny", "command line: trainer.preset: unknown key (did you mean model.preset?)"},
		{"model.vison.patch_dim=8", "command line: model.vison: unknown key (did you mean vision?)"},
		{"model.optim.lr=fast", "command line: model.optim.lr: wants a number, has fast"},
		{"model.optim.lr", `command line: "model.optim.lr" is not key=value, as in model.optim.lr=1e-3`},
		{"=1", `command line: "=1" is not key=value, as in model.optim.lr=1e-3`},
		{"~model.optim.lr=1", `command line: "~model.optim.lr=1" is not key=value, as in model.optim.lr=1e-3`},
		{"model..lr=1", `command line: "model..lr=1" is not key=value, as in model.optim.lr=1e-3`},
		{"model.optim.betas=1", "command line: model.optim.betas: wants a list of 2 numbers, has 1"},
		{"model.optim.lr.x=1", "command line: model.optim.lr: wants a number, has a table"},
		{"name={a: b", `command line: name: the value "{a: b" cannot be read as YAML (could not find flow mapping end token '}'); put it in quotes`},
		{"name=a: b: c", `command line: name: the value "a: b: c" cannot be read as YAML (mapping value is not allowed in this context); put it in quotes`},
		{"name=*x", `command line: name: the value "*x" cannot be read as YAML (anchors (&) and aliases (*) are not read; name the key instead, as in ${model.output_dim}); put it in quotes`},
		{"model.tensor_model_parallel_size=3", "command line: model.tensor_model_parallel_size=3: the text tower's 8 heads do not divide by 3; use 1, 2 or 4\n" +
			"command line: model.tensor_model_parallel_size=3: the text tower's MLP of 2048 does not divide by 3; use 1, 2 or 4\n" +
			"command line: model.tensor_model_parallel_size=3: trainer.devices is 1, which does not divide by 3"},
		{"trainer.devices=3", "command line: trainer.devices=3: model.global_batch_size=32: it is no multiple of 96, the micro batch of 32 on each of 3 data parallel devices; use 96, or null"},
	} {
		if _, err := LoadBytes("", nil, tc.override); err == nil || err.Error() != tc.want {
			t.Errorf("%s says\n%v\nwant\n%s", tc.override, err, tc.want)
		}
	}
}

// TestTheOverrideThatBreaksARuleIsNamedAndNotTheLineItBreaksItWith: the key that a rule names stands in the file, and what
// breaks the rule is on the command line.
func TestTheOverrideThatBreaksARuleIsNamedAndNotTheLineItBreaksItWith(t *testing.T) {
	const document = "trainer:\n  max_steps: -1\n  max_epochs: 3\nmodel:\n  optim:\n    lr: 1e-3\n    sched:\n      min_lr: 1e-4\n"
	const lower = "test.yaml:8: model.optim.sched.min_lr=0.0001: model.optim.lr is 1e-05, which is less"
	for _, tc := range []struct {
		overrides []string
		want      string
	}{
		{[]string{"model.optim.lr=1e-5"}, "command line: model.optim.lr=1e-5: " + lower},
		{[]string{"trainer.max_epochs=5", "+model.optim.lr=1e-5", "name=other"}, "command line: model.optim.lr=1e-5: " + lower},
		{[]string{"model.optim.lr=1e-6", "model.optim.lr=1e-3", "model.optim.lr=1e-5"}, "command line: model.optim.lr=1e-5: " + lower},
		{[]string{"trainer.max_epochs=-1"}, "command line: trainer.max_epochs=-1: test.yaml:2: trainer.max_steps=-1: nothing ends the learning rate's course, as max_time does not; set max_steps or max_epochs"},
		{[]string{"model.vision.patch_dim=15", "model.optim.lr=1e-5"}, "command line: model.optim.lr=1e-5: " + lower + "\n" +
			"command line: model.vision.patch_dim=15: model.vision.img_h=224: patches of 15 pixels do not fill it; use 210 or 225\n" +
			"command line: model.vision.patch_dim=15: model.vision.img_w=224: patches of 15 pixels do not fill it; use 210 or 225"},
	} {
		_, err := LoadBytes("test.yaml", []byte(document), tc.overrides...)
		if err == nil || err.Error() != tc.want {
			t.Errorf("%q says\n%v\nwant\n%s", tc.overrides, err, tc.want)
		}
		if problems := Problems(nil); !errors.As(err, &problems) || !problems.OnCommandLine() {
			t.Errorf("%q: not told as wrong use", tc.overrides)
		}
	}
	broken := document + "      constant_steps: 5\n      name: constant\n"
	want := "test.yaml:9: model.optim.sched.constant_steps=5: read only with name: CosineAnnealing"
	if _, err := LoadBytes("test.yaml", []byte(broken), "model.optim.lr=2e-3", "name=other"); err == nil || err.Error() != want {
		t.Errorf("what the file breaks alone says\n%v\nwant\n%s", err, want)
	}
}

func TestEachBadOverrideIsNamed(t *testing.T) {
	_, err := LoadBytes("", nil, "a", "model.optim.lr=1e-3", "b")
	want := `command line: "a" is not key=value, as in model.optim.lr=1e-3` + "\n" + `command line: "b" is not key=value, as in model.optim.lr=1e-3`
	if err == nil || err.Error() != want {
		t.Errorf("says\n%v\nwant\n%s", err, want)
	}
}

func TestAProblemOfAPresetNamesIt(t *testing.T) {
	_, err := Preset("ViT-g-14", "trainer.devices=32", "model.micro_batch_size=1", "model.tensor_model_parallel_size=32")
	want := "command line: model.tensor_model_parallel_size=32: the image tower's 16 heads do not divide by 32; use 1, 2, 4, 8 or 16\n" +
		"command line: model.tensor_model_parallel_size=32: the text tower's 16 heads do not divide by 32; use 1, 2, 4, 8 or 16"
	if err == nil || err.Error() != want {
		t.Errorf("says\n%v\nwant\n%s", err, want)
	}
	_, err = Preset("ViT-g-14", "model.vision.num_attention_heads=15")
	want = "command line: model.vision.num_attention_heads=15: the image tower's hidden_size of 1408 does not divide by 15 heads; change one, or name kv_channels"
	if err == nil || err.Error() != want {
		t.Errorf("says\n%v\nwant\n%s", err, want)
	}
}
